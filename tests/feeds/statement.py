"""The statement that the suite proves (README.md), as checks of a run that is over."""
import collections
import json

import rig


class Violation(AssertionError):
    """What was promised does not hold."""


def must(condition, *what):
    if not condition:
        raise Violation(" ".join(map(str, what)))


class Run:
    """A run's left-overs: journal, the event stream as a client got it, the last status."""

    def __init__(self, data, stream, status):
        self.journal, self.stream, self.status = rig.Journal(data), stream, status
        self.gaps = rig.Gaps(self.journal.gaps)

    @property
    def feed(self):
        return self.status["sources"][0]["feed"]


def check_once_and_in_order(tape, keys):
    """No record is there twice, none that the tape has not, each symbol's in the tape's order."""
    twice = [key for key, times in collections.Counter(keys).items() if times > 1]
    must(not twice, len(twice), "records are in the journal twice, the first", twice[:5])
    strange = [key for key in keys if key not in tape.index]
    must(not strange, "not of the tape:", strange[:5])
    last = {}
    for key in keys:
        at = tape.index[key]
        must(last.get(key[0], -1) < at, "out of order:", key, "behind row", last.get(key[0]))
        last[key[0]] = at


def lost_rows(tape, keys):
    there = set(keys)
    return [at for at, key in enumerate(tape.keys) if key not in there]


def check_lost_are_told(tape, lost, gaps):
    """Every record that is missing lies in a gap that was told and not filled."""
    intervals = gaps.intervals()
    untold = [at for at in lost
              if not any(begin <= tape.times[at] <= end for begin, end in intervals)]
    must(not untold, len(untold), "records are missing outside every gap told, the first",
         [(tape.keys[at], tape.times[at]) for at in untold[:5]])


def check_ties_only(tape, keys):
    """The journal's order is the tape's, but for symbols within one ms."""
    newest = 0
    for key in keys:
        time = tape.times[tape.index[key]]
        must(time >= newest, "comes", newest - time, "ns late:", key)
        newest = time


def check_events(folder, tape, run, lost):
    """The events are those of a replay of the tape without exactly the lost records, per symbol and
    byte for byte; and what the clients were told is that. Returns the expected events by symbol."""
    kept = tape.file
    if lost:
        missing = set(lost)
        kept = tape.write(folder + "/kept.csv", [at for at in range(len(tape)) if at not in missing])
    expected = rig.by_symbol(rig.replayed(kept))
    of_journal = rig.by_symbol(rig.replayed(run.journal.path))
    compare(expected, of_journal, "replay of the journal")
    # A replay ends by letting every deadline pass; live events may still be open then.
    told = rig.by_symbol(run.stream)
    for symbol, events in told.items():
        must(expected.get(symbol, [])[:len(events)] == events, "stream of", symbol,
             first_difference(expected.get(symbol, []), events))
    untold = sum(map(len, expected.values())) - sum(map(len, told.values()))
    must(0 <= untold <= 2 * len(expected), untold, "events were not told")
    return expected


def first_difference(expected, got):
    for at, (want, have) in enumerate(zip(expected, got)):
        if want != have:
            return f"event {at}:\n  expected {want}\n  got      {have}"
    return f"{len(expected)} events expected, {len(got)} got"


def compare(expected, got, what):
    for symbol in sorted(set(expected) | set(got)):
        want, have = expected.get(symbol, []), got.get(symbol, [])
        must(want == have, what, symbol, first_difference(want, have))


def check_control_events(run, ended=True):
    """Every decision about a gap is a control event, with the same interval, in the same order."""
    told = []
    for body in run.stream:
        if rig.is_control(body):
            data = json.loads(body)["data"]
            told.append((data["reason"], data.get("from"), data.get("to")))
    decided = [(found.group(3), int(found.group(4)), int(found.group(5)))
               for found in map(rig.GAP.fullmatch, run.journal.gaps)]
    if not ended:
        decided = decided[:len(told)]
    must(told == decided, "control events", told[:3], "decisions", decided[:3])


def check_counts(run, ended=True):
    """Every count closes, and gaps in the status = decisions in the journal = control events."""
    status = run.status
    must(status["accounting"]["closes"] is True, "accounting:", status["accounting"])
    for source in status["sources"]:
        rows = source["rows"]
        must(rows["in"] == rows["out"] + rows["held"] + sum(rows["dropped"].values()), rows)
    rows = status["sources"][0]["rows"]
    must(rows["held"] == 0 and rows["out"] == len(run.journal.keys), rows, len(run.journal.keys))
    must(rows["dropped"].get("duplicate", 0) == run.feed["duplicates"], rows, run.feed)
    check_control_events(run, ended)
    if not ended:
        return
    filled = sum(reason == "backfilled" for _, _, reason in run.gaps.recovered)
    must((len(run.gaps.told), filled) == (run.feed["gaps"], run.feed["recovered"]),
         "gaps in the journal:", len(run.gaps.told), filled, "the feed's status:", run.feed)


def events_that_differ(clean, run):
    """How many of the clean run's events are not in this one, and how many here are not there."""
    count = lambda events: collections.Counter(body for one in events.values() for body in one)
    a, b = count(clean), count(run)
    return sum((a - b).values()), sum((b - a).values())


def check_before_first_gap(clean, run, gaps):
    """No event before the first gap differs from the clean run."""
    if not gaps.told:
        return
    first = min(begin for begin, _ in gaps.told)
    early = lambda events: {symbol: [body for body in bodies if json.loads(body)["ts"] < first]
                            for symbol, bodies in events.items()}
    a, b = early(clean), early(run)
    for symbol in set(a) | set(b):
        must(a.get(symbol, []) == b.get(symbol, []), "before the first gap:", symbol,
             first_difference(a.get(symbol, []), b.get(symbol, [])))
