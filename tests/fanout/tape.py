"""A made-up market of which nearly every trade is a new high or low of its session, so that a file
of N trades gives about N events. With EVERY_EXTREME's settings; deterministic."""
import random

START_NS = 1709649000 * 10**9  # Tuesday 2024-03-05 09:30 in New York


def symbol_name(number):
    """AAAA, AAAB, …: four letters, so that no name is the start of another."""
    letters = []
    for _ in range(4):
        number, letter = divmod(number, 26)
        letters.append(chr(ord("A") + letter))
    return "".join(reversed(letters))


def symbol_names(count):
    return [symbol_name(number * 7) for number in range(count)]


class Walk:
    """One symbol. Most widen their range every second, by turns up and down; some only rise or only
    fall, which makes trends; now and then one jumps on volume, which makes surges."""

    def __init__(self, number, rng):
        self.kind = "rises" if number % 10 == 3 else "falls" if number % 10 == 7 else "widens"
        self.base = int(10 ** rng.uniform(3.3, 9.0 - 3.0))  # 1/1000 USD: 2 to 1,000 USD
        self.base -= self.base % 10
        self.step = max(1, self.base // 20000)  # 0.005 %
        self.high = self.low = self.base
        self.jump_at = rng.randrange(60, 160)
        self.size = int(10 ** rng.uniform(0.5, 3.5))

    def trade(self, second, rng):
        """(price in 1/1000 USD, shares) of this second's trade."""
        size = max(1, int(self.size * rng.uniform(0.2, 2.0)))
        step = self.step
        since_jump = (second - self.jump_at) % 240
        if second >= self.jump_at and since_jump < 12:
            size *= 30
            if since_jump == 8:
                step = self.base * 15 // 1000
        up = self.kind == "rises" or (self.kind == "widens" and second % 2 == 0)
        if up:
            self.high += step
            return self.high, size
        self.low -= step
        return max(self.low, 1), size


def write(path, symbols, seconds, seed=1, quiet_seconds=0, fillers=0):
    """Writes `symbols` × `seconds` trades, evenly spread, a fair value of each symbol every 30 s and
    some halts. Before the first events come `quiet_seconds` without any. With each trade come
    `fillers` that make no event."""
    rng = random.Random(seed)
    names = symbol_names(symbols)
    walks = [Walk(number, rng) for number in range(symbols)]
    gap_ns = 10**9 // symbols
    with open(path, "w", encoding="ascii") as out:
        for number, name in enumerate(names):  # the session's open makes no event
            out.write(trade_line(name, walks[number].base, 100, START_NS + number))
        for second in range(1, seconds + 1):
            at = START_NS + (second + quiet_seconds) * 10**9
            for number, name in enumerate(names):
                ts = at + number * gap_ns
                walk = walks[number]
                price, size = walk.trade(second, rng)
                if second % 300 == 200 and number % 50 == 0:
                    out.write(halt_line(name, "halt", ts))
                if second % 300 == 203 and number % 50 == 0:
                    out.write(halt_line(name, "resume", ts))
                out.write(trade_line(name, price, size, ts + 1))
                for filler in range(fillers):
                    out.write(trade_line(name, walk.base, size, ts + 10 + filler * gap_ns // (fillers + 1)))
                if (second + number) % 30 == 0:
                    percent = (2 + (second // 30) % 3) * (1 if (second // 30) % 2 else -1)
                    fair = price * (1000 + 10 * percent)
                    out.write(f'{{"type":"fmv","symbol":"{name}","fmv":{fair / 1e6:.6f},'
                              f'"market_price":{price / 1e3:.3f},"confidence":0.9,'
                              f'"timestamp":{ts + gap_ns - 1}}}\n')


def trade_line(name, price, size, ts):
    return (f'{{"type":"trade","symbol":"{name}","price":{price // 1000}.{price % 1000:03d},'
            f'"size":{size},"timestamp":{ts}}}\n')


def halt_line(name, action, ts):
    return (f'{{"type":"halt","symbol":"{name}","action":"{action}","reason":"T1",'
            f'"timestamp":{ts}}}\n')
