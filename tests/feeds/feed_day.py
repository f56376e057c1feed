#!/usr/bin/python3
"""A recorded day through the vendor's double with faults drawn by seed; README.md says what must
hold. Prints a line of figures a run; exit status 1 when something does not hold."""
import argparse
import collections
import pathlib
import sys
import tempfile
import time

import rig
import statement
import tape as tapes

# Faults that a client of the vendor meets; all of them leave a back-fill possible.
REPAIRABLE = "drop,stall,half-open,reorder,duplicate,split,slow-kill,max-connections,auth-timeout"


def play(folder, tape, faults, backfill, more=(), **polygon):
    """A whole tape through double and server: (run, the double's report, seconds)."""
    data = pathlib.Path(tempfile.mkdtemp(dir=folder))
    began = time.monotonic()
    with rig.vendor.Double(tape.file, "--speed", "0", "--settle", "5", *faults) as double:
        arguments = rig.serve_arguments(double, data, more, backfill=backfill, **polygon)
        with rig.support.Server(*arguments) as server:
            status = rig.wait_for_quiet(server, tape.times[-1])
            seconds = time.monotonic() - began
            stream = rig.stream_of(server)
            rig.stop(server)
        report = double.report()
    statement.must(report["ended"], "the double's tape did not end:",
                   {key: value for key, value in report.items() if key != "faults"})
    return statement.Run(data, stream, status), report, seconds


def check(folder, tape, run, filled, ended=True):
    """The statement of the README: filled = everything must be there; not ended = the feed went on
    to tell gaps after the last status. (lost rows, events)."""
    statement.check_once_and_in_order(tape, run.journal.keys)
    lost = statement.lost_rows(tape, run.journal.keys)
    if filled:
        statement.must(not lost, len(lost), "records are missing with back-fill on, the first",
                       [(tape.keys[at], tape.times[at]) for at in lost[:5]])
        statement.check_ties_only(tape, run.journal.keys)
    else:
        statement.check_lost_are_told(tape, lost, run.gaps)
    expected = statement.check_events(str(folder), tape, run, lost)
    statement.check_counts(run, ended)
    return lost, expected


def figures(report, run, tape, seconds):
    kinds = collections.Counter(one["kind"] for one in report["faults"])
    feed = run.feed
    lost = statement.lost_rows(tape, run.journal.keys)
    reasons = collections.Counter(reason for _, reason in run.gaps.told)
    return (f"faults {sum(kinds.values())} ({', '.join(f'{k} {n}' for k, n in sorted(kinds.items()))}), "
            f"connections {report['connections']}, duplicates {feed['duplicates']}, "
            f"out of order {feed['out_of_order']}, back-filled {feed['backfilled']}, "
            f"back-fills failed {feed['backfill_failed']}, gaps {feed['gaps']} "
            f"({', '.join(f'{k} {n}' for k, n in sorted(reasons.items()))}), of these filled "
            f"{feed['recovered']}, records lost {len(lost)}, {seconds:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, action="append", help="may be repeated (default 1)")
    parser.add_argument("--kinds", default=REPAIRABLE)
    parser.add_argument("--day", default=tapes.RECORDED)
    parser.add_argument("--made-up", action="store_true", help="a made-up market of 120 symbols")
    parser.add_argument("--slice", type=int, nargs=2, metavar=("FIRST", "COUNT"))
    parser.add_argument("--frame-records", type=int, default=50)
    parser.add_argument("--backfill", choices=("on", "off", "both"), default="both")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="tickstock_feeds_") as folder:
        tape = tapes.made_up(folder) if options.made_up else tapes.recorded_day(options.day)
        if tape is None:
            print("skipped: no recorded data")
            return 77
        if options.slice:
            tape = tape.slice(folder, *options.slice)
        clean = rig.by_symbol(rig.replayed(tape.file))
        print(f"{len(tape)} records, {sum(map(len, clean.values()))} events in the clean run", flush=True)
        for seed in options.seed or [1]:
            for backfill in ((False, True) if options.backfill == "both" else (options.backfill == "on",)):
                faults = ("--faults", str(options.faults), "--fault-seed", str(seed), "--fault-kinds",
                          options.kinds, "--frame-records", str(options.frame_records))
                name = f"seed {seed}, back-fill {'on' if backfill else 'off'}"
                try:
                    run, report, seconds = play(folder, tape, faults, backfill)
                    print(name + ":", figures(report, run, tape, seconds), flush=True)
                    _, events = check(folder, tape, run, backfill)
                    statement.check_before_first_gap(clean, events, run.gaps)
                    away, new = statement.events_that_differ(clean, events)
                    print(f"  holds; of the clean run's events {away} are not there, {new} are others",
                          flush=True)
                except statement.Violation as violation:
                    bad += 1
                    print(f"{name}: VIOLATION: {violation}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
