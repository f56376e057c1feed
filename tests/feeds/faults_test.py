#!/usr/bin/python3
"""Slices of a day with faults by seed, back-fill off and on; faults that a back-fill cannot repair;
silence; a clean run. README.md says what must hold."""
import sys
import tempfile

import feed_day
import rig
import statement
import tape as tapes

must = statement.must


def clean_run(folder, tape):
    """Every record once, in order, as the tape has it; the events are those of the file's replay."""
    run, _, _ = feed_day.play(folder, tape, (), False)
    must(run.journal.keys == tape.keys, "the journal is not the tape")
    for at, body in enumerate(map(run.journal.body, run.journal.trades)):
        must(body == tape.body(at), "record", at, "is", body, "and was", tape.body(at))
    lost, _ = feed_day.check(folder, tape, run, filled=True)
    must(not lost and not run.journal.gaps, "a gap in a clean run:", run.journal.gaps)


def by_seed(folder, tape, seed, faults, backfill):
    drawn = ("--faults", str(faults), "--fault-seed", str(seed), "--fault-kinds", feed_day.REPAIRABLE)
    run, report, seconds = feed_day.play(folder, tape, drawn, backfill)
    print(feed_day.figures(report, run, tape, seconds))
    feed_day.check(folder, tape, run, backfill)
    must(len(report["faults"]) > faults // 2, "few faults struck:", len(report["faults"]))
    if not backfill:
        must(run.gaps.told, "no fault made a gap")


def can_fail(folder, tape):
    """The checks themselves: evidence that was tampered with must not pass."""
    run, _, _ = feed_day.play(folder, tape, ("--fault", f"drop@{len(tape) // 2}:fin:300"), False)
    feed_day.check(folder, tape, run, filled=False)
    keys, gaps, stream = run.journal.keys, run.gaps, run.stream
    event = next(at for at, body in enumerate(stream) if not rig.is_control(body))
    control = next(at for at, body in enumerate(stream) if rig.is_control(body))
    shorter = rig.Gaps([text.replace("recovered (resumed)", "recovered (backfilled)")
                        for text in run.journal.gaps])
    tampered = {
        "a record twice": {"keys": [*keys[:100], keys[99], *keys[100:]]},
        "a record missing": {"keys": keys[:100] + keys[101:]},
        "two of a symbol changed places": {"keys": [keys[1], keys[0], *keys[2:]]},
        "a gap not told": {"gaps": shorter},
        "an event not told": {"stream": stream[:event] + stream[event + 1:]},
        "an event altered": {"stream": [*stream[:event], stream[event].replace('"price":', '"price":1'),
                                        *stream[event + 1:]]},
        "a control event missing": {"stream": stream[:control] + stream[control + 1:]}}
    must(keys[0][0] == keys[1][0], "the tape begins with two symbols")
    for name, change in tampered.items():
        run.journal.keys = change.get("keys", keys)
        run.gaps = change.get("gaps", gaps)
        run.stream = change.get("stream", stream)
        try:
            feed_day.check(folder, tape, run, filled=False)
        except statement.Violation:
            continue
        must(False, "passes although it should not:", name)


def rejected_fetches(folder, tape):
    """The vendor's REST service refuses everything for a while: the first outage stays a gap
    ("resumed"), with all that was lost in it; the second one is filled."""
    first, second = len(tape) // 3, 2 * len(tape) // 3
    faults = ["--fault", f"drop@{first}:reset:500", "--fault", f"drop@{second}:fin:500"]
    for _ in range(4):  # so often a request is tried
        faults += ["--fault", f"reject-rest@{first}"]
    run, report, seconds = feed_day.play(folder, tape, faults, True)
    print(feed_day.figures(report, run, tape, seconds))
    lost, _ = feed_day.check(folder, tape, run, filled=False)
    must(lost == list(range(first, first + 500)), "lost are", lost[:1], "to", lost[-1:])
    reasons = [reason for _, _, reason in run.gaps.recovered]
    must(reasons.count("resumed") == 1 and reasons.count("backfilled") >= 1, "gaps end:", reasons)
    must(run.feed["backfill_failed"] == 1, run.feed)


def one_rejection(folder, tape):
    """A refusal now and then is asked again: nothing is missing."""
    faults = ["--fault", f"drop@{len(tape) // 2}:close:300", "--fault", f"reject-rest@{len(tape) // 2}:429",
              "--fault", f"reject-rest@{len(tape) // 2}:500"]
    run, report, seconds = feed_day.play(folder, tape, faults, True)
    print(feed_day.figures(report, run, tape, seconds))
    must(report["rest_rejected"] == 2, report)
    feed_day.check(folder, tape, run, filled=True)


def silence(folder, tape):
    """A connection that answers pings and brings nothing is given up; told as "silent"."""
    for backfill in (False, True):
        run, report, seconds = feed_day.play(
            folder, tape, ("--fault", f"stall@{len(tape) // 2}:20000"), backfill, silence_seconds=1)
        print(feed_day.figures(report, run, tape, seconds))
        must("silent" in [reason for _, reason in run.gaps.told], "silence was not told")
        # After the tape's end it is silent again and again.
        feed_day.check(folder, tape, run, backfill, ended=False)


def end_of_tape(folder, tape):
    """An outage that no record ends: what the vendor had until then is fetched all the same."""
    faults = ("--fault", f"drop@{len(tape) - 700}:reset:700")
    run, report, seconds = feed_day.play(folder, tape, faults, True)
    print(feed_day.figures(report, run, tape, seconds))
    feed_day.check(folder, tape, run, filled=True)


def main():
    bad = 0
    with tempfile.TemporaryDirectory(prefix="tickstock_feeds_") as folder:
        busy = tapes.any_tape(folder, 100000, 60000)
        short = tapes.any_tape(folder, 0, 20000)
        symbols = tapes.made_up(folder, until="09:40")
        for name, test in {
                "clean": lambda: clean_run(folder, busy),
                "clean, many symbols": lambda: clean_run(folder, symbols),
                "seed 1, off": lambda: by_seed(folder, busy, 1, 30, False),
                "seed 1, on": lambda: by_seed(folder, busy, 1, 30, True),
                "seed 2, many symbols, off": lambda: by_seed(folder, symbols, 2, 30, False),
                "seed 2, many symbols, on": lambda: by_seed(folder, symbols, 2, 30, True),
                "checks can fail": lambda: can_fail(folder, short),
                "rejected fetches": lambda: rejected_fetches(folder, short),
                "one rejection": lambda: one_rejection(folder, short),
                "silence": lambda: silence(folder, short),
                "end of the tape": lambda: end_of_tape(folder, short)}.items():
            if len(sys.argv) > 1 and sys.argv[1] not in name:
                continue
            try:
                test()
                print("ok:", name, flush=True)
            except statement.Violation as violation:
                bad += 1
                print(f"VIOLATION: {name}: {violation}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
