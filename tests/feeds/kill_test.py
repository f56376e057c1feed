#!/usr/bin/python3
"""kill -9 of the server in the middle of the day, several times, and starts on the same data: the
statement of the README holds over the restarts, with back-fill and without."""
import argparse
import pathlib
import random
import sys
import tempfile
import time

import feed_day
import rig
import statement
import tape as tapes


# Name: back-fill, delay in s. With a delay the clock lies behind the records' own time, so that
# events are not those of a file's replay; the records are.
MODES = {"off": (False, 0), "on": (True, 0), "delayed": (True, 0.25)}
LAST_LOGS = []


def admitted(server):
    return server.status().get("sequence") or 0


def live_until(server, entries, patience=rig.PATIENCE):
    """Until so many entries more are in the journal, or none come any more."""
    rig.wait_until_live(server)
    begin = last = admitted(server)
    since = time.monotonic()
    while last < begin + entries and time.monotonic() - since < min(3, patience):
        time.sleep(0.02)
        now = admitted(server)
        if now != last:
            last, since = now, time.monotonic()


def play_with_kills(folder, tape, seed, kills, backfill, speed, faults=(), **polygon):
    data = pathlib.Path(tempfile.mkdtemp(dir=folder))
    draw = random.Random(seed)
    lives = []
    with rig.vendor.Double(tape.file, "--speed", str(speed), "--settle", "5", *faults) as double:
        arguments = rig.serve_arguments(double, data, backfill=backfill, **polygon)
        for life in range(kills + 1):
            with rig.support.Server(*arguments) as server:
                if life < kills:
                    live_until(server, draw.randrange(1, len(tape) // (kills + 1)))
                    server.process.kill()
                    server.process.wait(rig.PATIENCE)
                    time.sleep(0.05)  # its last lines
                    lives.append(list(server.lines))
                    continue
                status = rig.wait_for_quiet(server, tape.times[-1])
                stream = rig.stream_of(server)
                rig.stop(server)
                lives.append(list(server.lines))
        report = double.report()
    LAST_LOGS[:] = [line for lines in lives for line in [*lines, "---\n"]]
    return statement.Run(data, stream, status), report


def check(folder, tape, run, filled, whole_events=True):
    statement.check_once_and_in_order(tape, run.journal.keys)
    lost = statement.lost_rows(tape, run.journal.keys)
    if filled:
        statement.must(not lost, len(lost), "records are missing with back-fill on, the first",
                       [(tape.keys[at], tape.times[at]) for at in lost[:5]])
    statement.check_lost_are_told(tape, lost, run.gaps)
    if whole_events:
        statement.check_events(str(folder), tape, run, lost)
    statement.must(run.status["accounting"]["closes"] is True, run.status["accounting"])
    statement.check_control_events(run)
    return lost


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--slice", type=int, nargs=2, default=(100000, 40000))
    parser.add_argument("--speed", type=float, default=300)
    parser.add_argument("--coarse", action="store_true", help="times cut to seconds: kills within one")
    parser.add_argument("--modes", default="off,on,delayed")
    parser.add_argument("--keep-logs", metavar="FILE", help="of a run that does not hold")
    parser.add_argument("--faults", type=int, default=0)
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="tickstock_feeds_") as folder:
        day = tapes.recorded_day()
        if day is None:
            print("skipped: no recorded data")
            return 77
        tape = day.slice(folder, *options.slice)
        if options.coarse:
            tape = tape.coarse(folder)
        for seed in options.seed or [1]:
            for mode in options.modes.split(","):
                backfill, delay = MODES[mode]
                faults = ("--faults", str(options.faults), "--fault-seed", str(seed), "--fault-kinds",
                          feed_day.REPAIRABLE) if options.faults else ()
                name = f"seed {seed}, back-fill {'on' if backfill else 'off'}, delay {delay} s"
                try:
                    run, report = play_with_kills(folder, tape, seed, options.kills, backfill,
                                                  options.speed, faults,
                                                  delay_seconds=delay)
                    reasons = [reason for _, reason in run.gaps.told]
                    print(f"{name}: kills {options.kills}, connections {report['connections']}, gaps "
                          f"{len(reasons)} ({reasons.count('start')} start)", flush=True)
                    lost = check(folder, tape, run, backfill, delay == 0)
                    print(f"  holds; records lost {len(lost)}", flush=True)
                except statement.Violation as violation:
                    bad += 1
                    if options.keep_logs:
                        pathlib.Path(options.keep_logs).write_text("".join(LAST_LOGS))
                    print(f"{name}: VIOLATION: {violation}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
