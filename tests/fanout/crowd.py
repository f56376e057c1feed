"""Crowds for the load client: many clients with mixed filters, nearly all distinct; deterministic."""
import random

from tape import symbol_names


def mixed(count, symbols, seed=1):
    """`count` filters as words of the load client's lines. About 3 % of all events pass a filter on
    average: a hundred times more than one would, and the whole stream for one in a hundred."""
    rng = random.Random(seed)
    names = symbol_names(symbols)
    kinds = [(one_symbol, 38), (ten_symbols, 20), (one_type, 10), (score, 10), (volume, 8),
             (prices, 6), (hundred_symbols, 4), (two_kinds, 3), (all_symbols, 0.5), (everything, 0.5)]
    makers = [maker for maker, share in kinds for _ in range(round(share * 2))]
    return [makers[number * 7 % len(makers)](rng, names) for number in range(count)]


def one_symbol(rng, names):
    return f"symbols={rng.choice(names)}"


def ten_symbols(rng, names):
    picked = ",".join(sorted(rng.sample(names, min(10, len(names)))))
    return f"symbols={picked}" + rng.choice(["", " types=high,low", " directions=up", " types=low"])


def hundred_symbols(rng, names):
    picked = ",".join(rng.sample(names, max(2, len(names) // 10)))
    return f"symbols={picked} directions={rng.choice(['up', 'down'])} min_volume={rng.randint(1, 900)}"


def one_type(rng, _names):
    kind = rng.choice(["trend", "surge", "valuation", "control", "valuation,control", "trend,surge"])
    return f"types={kind} min_price={rng.randint(1, 40)}.{rng.randint(0, 99):02d}"


# Published doubles are rounded to the sixth decimal and the server compares before that; a limit that
# ends on half a unit of the sixth decimal is on the same side of both.
def score(rng, _names):
    kind = rng.choice(["high", "low", "high", "low", "trend", "surge", "valuation"])
    low, high = {"trend": (0.05, 0.4), "valuation": (0.18, 0.4), "surge": (50, 90)}.get(kind, (55, 90))
    return f"types={kind} sources={'fmv' if kind == 'valuation' else 'tick'} " \
           f"min_score={rng.uniform(low, high):.6f}5"


def volume(rng, _names):
    return f"min_volume={int(10 ** rng.uniform(3.9, 4.8))}"


def prices(rng, _names):
    low = 10 ** rng.uniform(0.5, 2.8)
    return f"min_price={low:.4f} max_price={low * rng.uniform(1.02, 1.1):.4f}"


def two_kinds(rng, names):
    low = 10 ** rng.uniform(1, 2.8)
    return f"types=high,trend directions=up min_price={low:.3f} max_price={low * 1.2:.3f} " \
           f"symbols={','.join(rng.sample(names, max(2, len(names) // 3)))}"


def all_symbols(_rng, names):
    return f"symbols={','.join(names)}"


def everything(_rng, _names):
    return ""


def write(path, filters, behaviour=lambda number: ""):
    """A line a client; `behaviour` adds words such as group=stalled stall_after=3."""
    with open(path, "w", encoding="ascii") as out:
        for number, words in enumerate(filters):
            out.write(f"{words} {behaviour(number)}\n")
