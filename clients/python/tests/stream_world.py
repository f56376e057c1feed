"""A made-up event stream and the server's side of a subscription to it, written from the protocol
page's sentences; and the judge of what a client was given. Shared by the tests."""
import json

import fake_server  # noqa: F401, the path of the package
from tickstock import Event, Gap, Position


def body(id, rev=0, symbol="IBM", kind="high"):
    """A body as the server writes it, as text."""
    return json.dumps({
        "id": id, "rev": rev, "type": kind, "symbol": symbol, "direction": "up",
        "price": 100.25, "ts": 1709649001000000001, "session": "regular", "source": "tick",
        "confidence": 1, "priority": 2, "volume": 100, "data": {"significance": 12.5},
        "evidence": {"conditions": []}}, separators=(",", ":"))


def item(offset, text):
    return f'{{"offset":{offset},"ts_pub":1709649002000000002,"event":{text}}}'


def events_frame(id, epoch, first, last, events):
    """`events`: (offset, body) pairs."""
    items = ",".join(item(offset, text) for offset, text in events)
    return (f'{{"op":"events","id":{json.dumps(id)},"epoch":"{epoch}","first":{first},'
            f'"last":{last},"events":[{items}]}}')


def frame(first, last, epoch="e", id="s1"):
    """A frame with an event at every offset, whose id says the offset."""
    return events_frame(id, epoch, first, last,
                        [(one, body(f"{one:x}")) for one in range(first, last + 1)])


def snapshot_frame(id, epoch, offset, more, events):
    items = ",".join(item(number, text) for number, text in events)
    return (f'{{"op":"snapshot","id":{json.dumps(id)},"epoch":"{epoch}","offset":{offset},'
            f'"more":{json.dumps(more)},"events":[{items}]}}')


def subscribed_frame(id, epoch, offset, recovered=False, reason=None):
    return json.dumps({"op": "subscribed", "id": id,
                       "position": {"epoch": epoch, "offset": offset},
                       "recovered": recovered, "reason": reason})


def gap_frame(id, epoch, first, last, reason):
    return json.dumps({"op": "gap", "id": id, "epoch": epoch, "from": first, "to": last,
                       "reason": reason})


class World:
    """The stream of now, and all that ever was in it. Every second event is for the client."""

    def __init__(self, random):
        self.random = random
        self.epochs = []
        self.history = {}  # epoch -> [(id, accepted)] by offset - 1
        self.made = 0
        self.begin_epoch([])

    @property
    def epoch(self):
        return self.epochs[-1]

    @property
    def last(self):
        return len(self.history[self.epoch])

    def begin_epoch(self, events):
        self.epochs.append(f"epoch{len(self.epochs)}")
        self.history[self.epoch] = list(events)
        self.first = 1  # oldest offset in memory

    def publish(self, count):
        for _ in range(count):
            self.made += 1
            self.history[self.epoch].append((f"{self.made:016x}", self.random.random() < 0.5))

    def evict(self, count):
        self.first = min(self.first + count, self.last + 1)

    def restart(self):
        """A new epoch, as after a recovery that could not be proven: some of the same events come
        again under other offsets."""
        again = [one for one in self.history[self.epoch] if self.random.random() < 0.7]
        self.begin_epoch(again)

    def accepted(self, first, last):
        return [(offset, body(id)) for offset, (id, accepted)
                in enumerate(self.history[self.epoch], 1)
                if accepted and first <= offset <= last]


class Session:
    """One subscription on one connection, as the server would serve it."""

    def __init__(self, world, request):
        self.world = world
        self.id = request["id"]
        self.waiting = []
        self.begin(request["since"])

    def begin(self, since):
        world = self.world
        self.epoch = world.epoch
        oldest = world.first - 1
        if isinstance(since, str):
            self.told = world.last
            self.waiting.append(subscribed_frame(self.id, self.epoch, self.told))
            if since == "snapshot":
                known = world.accepted(world.first, self.told)
                half = len(known) // 2
                for part, more in ((known[:half], True), (known[half:], False)):
                    self.waiting.append(
                        snapshot_frame(self.id, self.epoch, self.told, more, part))
            return
        epoch, offset = since["epoch"], since["offset"]
        recovered, reason = False, None
        gaps = []
        if epoch != world.epoch:
            reason, self.told = "epoch_changed", oldest
            gaps.append(gap_frame(self.id, epoch, offset + 1, None, reason))
            if oldest > 0:
                gaps.append(gap_frame(self.id, world.epoch, 1, oldest, "evicted"))
        elif offset > world.last:
            reason, self.told = "ahead", world.last
        elif offset < oldest:
            reason, self.told = "evicted", oldest
            gaps.append(gap_frame(self.id, epoch, offset + 1, oldest, reason))
        else:
            recovered, self.told = True, offset
        self.waiting.append(
            subscribed_frame(self.id, world.epoch, self.told, recovered, reason))
        self.waiting += gaps

    def next_frame(self):
        """The next frame's text, None when there is nothing to tell now."""
        world = self.world
        if self.waiting:
            return self.waiting.pop(0)
        if self.epoch != world.epoch:
            gap = gap_frame(self.id, self.epoch, self.told + 1, None, "epoch_changed")
            self.epoch, self.told = world.epoch, 0
            return gap
        if self.told + 1 < world.first:
            first, self.told = self.told + 1, world.first - 1
            return gap_frame(self.id, self.epoch, first, self.told, "evicted")
        if self.told < world.last:
            first = self.told + 1
            self.told = min(world.last, self.told + world.random.randint(1, 20))
            return events_frame(self.id, self.epoch, first, self.told,
                                world.accepted(first, self.told))
        return None


class Judge:
    """What users were given, one run of items after the other, against the history."""

    def __init__(self, world, start):
        self.world = world
        self.covered = {start.epoch: set(range(1, start.offset + 1))}
        self.newest = dict([(start.epoch, start.offset)])
        self.given = []
        self.ids = set()
        self.may_repeat = False  # ids come again: another process, or a stream begun anew

    def give(self, one):
        if isinstance(one, Event):
            self.given.append((one.epoch, one.offset))
            assert one.offset > self.newest.get(one.epoch, 0), f"again or out of order: {one}"
            self.newest[one.epoch] = one.offset
            assert self.world.history[one.epoch][one.offset - 1] == (one.id, True), one
            assert self.may_repeat or one.id not in self.ids, f"twice: {one}"
            self.ids.add(one.id)
            self.covered.setdefault(one.epoch, set()).add(one.offset)
        elif isinstance(one, Gap):
            last = one.last or len(self.world.history[one.epoch])
            self.covered.setdefault(one.epoch, set()).update(range(one.first, last + 1))

    def verdict(self, end):
        """Every offset of every epoch that the client was in: told, gone by notice, not accepted,
        or known by its id. `end`: the client's last position."""
        assert end == Position(self.world.epoch, self.world.last), end
        self.covered.setdefault(end.epoch, set())
        for epoch, covered in self.covered.items():
            for offset, (id, accepted) in enumerate(self.world.history[epoch], 1):
                assert offset in covered or not accepted or id in self.ids, \
                    f"silent hole: {epoch}:{offset}"
