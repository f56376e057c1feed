#!/usr/bin/python3
"""kill -9 in a loop of the real binary (RELIABILITY 39): README.md in this folder."""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from ledger import Ledger
from life import PATIENCE, Life, Violation, Watcher
from tape import FORMATS, Tape

KILLS_OF_ROUND = 25
SLOW_RATE, FAST_RATE = 4_000, 50_000  # records a second
EVERY_EXTREME = ("--set", "high_low.min_price_change=0", "--set", "high_low.min_percent_change=0",
                 "--set", "high_low.cooldown_seconds=0")


class Round:
    """Some kills on one data directory, then the tape's end, and the whole compared."""

    def __init__(self, binary, seed, kills, fast):
        self.binary, self.seed, self.kills, self.fast = binary, seed, kills, fast
        self.random = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_crashloop_"))
        self.data = self.folder / "data"
        self.journal = self.data / "journal"
        self.ledger = Ledger()
        self.torn = self.started = 0
        self.snapshots = 0

    def run(self):
        rate = FAST_RATE if self.fast else SLOW_RATE
        # So many records that the kills meet a running tape.
        market_seconds, per_second = 60 + 24 * self.kills, 300 if self.fast else 25
        form = self.random.choice(list(FORMATS))
        self.tape = Tape(self.binary, self.folder, self.seed, form, market_seconds, per_second)
        self.speed = self.tape.speed(rate)
        self.snapshot_seconds = self.random.choice((0, 1, 1, 2))
        self.segment_bytes = self.random.choice((65536, 1 << 20, 64 << 20))
        for _ in range(self.kills):
            self.one_kill()
            self.check_journal()
        self.to_the_end()
        self.tape.must_be_in(self.journal)
        shutil.rmtree(self.folder)
        return self

    def arguments(self, speed):
        shards = self.random.choice((1, 2, 4))
        return ["--data", str(self.data), "--source", "replay", "--file", str(self.tape.file), "--no-loop",
                "--speed", f"{speed:.6f}", "--shards", str(shards),
                "--set", f"engine.threads={self.random.choice((1, shards + 1))}",
                "--set", f"journal.durability={self.random.choice(('always', 'interval', 'interval', 'none'))}",
                "--set", f"journal.segment_bytes={self.segment_bytes}",
                "--set", f"journal.reserve_bytes={self.random.choice((0, 1 << 20, 64 << 20))}",
                "--set", f"snapshot.interval_seconds={self.snapshot_seconds}",
                *(() if self.fast else EVERY_EXTREME)]

    def one_kill(self):
        life = Life(self.binary, self.arguments(self.speed))
        try:
            if self.random.random() < 0.2:  # in the middle of its start
                time.sleep(self.random.uniform(0, 0.1))
                life.must_run()
                life.kill()
                return
            life.wait_until_listening()
            self.started += 1
            watcher = Watcher(life, self.ledger, from_begin=self.random.random() < 0.25)
            watcher.start()
            longest = 2.5 if self.random.random() < 0.1 else 0.6
            time.sleep(self.random.uniform(0, longest))
            life.must_run()
            life.kill()
            watcher.finish()
        finally:
            if life.process.poll() is None:
                life.kill()

    def check_journal(self):
        """What it has said to have, it has; nothing is damaged before a torn tail."""
        if not self.journal.is_dir() or not list(self.journal.iterdir()):
            if self.ledger.acknowledged or self.ledger.last:
                raise Violation("the journal is gone")
            return
        result = subprocess.run([self.binary, "journal", "verify", self.journal], capture_output=True, text=True)
        found = re.search(r"^OK: entries \d+ to (\d+)", result.stdout, re.MULTILINE)
        if result.returncode != 0 and not (self.ledger.acknowledged == 0 and self.ledger.last == 0):
            raise Violation(f"journal verify: {result.stdout} {result.stderr}")
        last = int(found.group(1)) if found else 0
        if last < self.ledger.acknowledged:
            raise Violation(f"the journal ends with {last}; {self.ledger.acknowledged} was acknowledged")
        self.torn += "torn bytes" in result.stdout
        # Before anybody reads the tape again: the journal as it was left has the input of all that was told.
        replayed = self.replay()
        if replayed[: self.ledger.last] != self.ledger.bodies:
            raise Violation(f"{self.ledger.last} events were told; the journal that the kill left has "
                            f"{len(replayed)}, or others")

    def to_the_end(self):
        """The rest of the tape without a kill, then once more: a clean start from the snapshot."""
        for _ in range(2):
            life = Life(self.binary, self.arguments(0))
            try:
                life.wait_until_listening()
                watcher = Watcher(life, self.ledger, from_begin=True)
                watcher.start()
                give_up = time.monotonic() + PATIENCE
                while not life.has_read_everything():
                    life.must_run()
                    if time.monotonic() > give_up:
                        raise Violation("the tape does not end")
                    time.sleep(0.1)
                life.stop()
                watcher.finish()
            finally:
                if life.process.poll() is None:
                    life.kill()
            self.check_journal()
            self.compare_with_replay()

    def replay(self):
        """The bodies of all events that the journal says."""
        out = self.folder / "replayed.txt"
        subprocess.run([self.binary, "replay", self.journal, "--order", "stream", "--out", out, "--quiet",
                        *(() if self.fast else EVERY_EXTREME)], check=True, stderr=subprocess.PIPE)
        return out.read_bytes().splitlines()

    def compare_with_replay(self):
        """What was told is what an uninterrupted replay of the journal says, event by event."""
        replayed = self.replay()
        for offset, (told, again) in enumerate(zip(self.ledger.bodies, replayed), 1):
            if told != again:
                raise Violation(f"offset {offset} was told as {told!r}; the journal's replay says {again!r}")
        if len(replayed) != self.ledger.last:
            raise Violation(f"{self.ledger.last} events were told, the journal's replay has {len(replayed)}")


def run_round(binary, seed, kills, fast):
    one = Round(binary, seed, kills, fast)
    try:
        one.run()
        return {"kills": kills, "fast": kills if fast else 0, "torn": one.torn, "started": one.started,
                "told": one.ledger.last, "compared": one.ledger.compared, "records": one.tape.records}
    except (Violation, subprocess.SubprocessError, AssertionError, OSError) as violation:
        return {"violation": str(violation)[:4000], "folder": str(one.folder), "seed": seed, "kills": kills,
                "fast": fast}


def plan(kills, seed):
    """(seed, kills, fast) of each round: a twentieth of the kills under 50,000 records a second."""
    rounds = []
    for fast, left in ((True, max(1, kills // 20)), (False, kills - max(1, kills // 20))):
        while left > 0:
            rounds.append((seed + len(rounds), min(left, KILLS_OF_ROUND), fast))
            left -= rounds[-1][1]
    return rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="of the first round (default: random)")
    parser.add_argument("--round", nargs=3, metavar=("SEED", "KILLS", "FAST"), help="this one round only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="rounds at a time")
    parser.add_argument("--binary", default=os.environ.get("TICKSTOCK_BINARY", "build/release/tickstock"))
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 30)
    rounds = plan(options.kills, seed)
    if options.round:
        rounds = [(int(options.round[0]), int(options.round[1]), options.round[2] == "True")]
    began = time.monotonic()
    done = []
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run_round, options.binary, *one) for one in rounds]):
            result = future.result()
            if "violation" in result:
                pool.shutdown(cancel_futures=True)
                sys.exit(f"VIOLATED: {result['violation']}\n  kept: {result['folder']}\n  the same plan again: "
                         f"./dev crashloop --round {result['seed']} {result['kills']} {result['fast']}")
            done.append(result)
            if sys.stderr.isatty() or len(rounds) > 4:
                print(f"{sum(one['kills'] for one in done)} kills of {options.kills}", file=sys.stderr, flush=True)
    total = {key: sum(one[key] for one in done) for key in done[0]}
    print(f"{total['kills']} kills ({total['fast']} under {FAST_RATE:,} records/s; {total['started']} of a server that "
          f"listened) in {time.monotonic() - began:.0f} s, seed {seed}: {total['records']:,} records, each once; "
          f"{total['told']:,} events equal to the journal's replay, {total['compared']:,} told again the same; "
          f"{total['torn']} torn tails; 0 acknowledged lost")


if __name__ == "__main__":
    main()
