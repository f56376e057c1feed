"""The subscription's state machine without sockets: positions, gaps, duplicates, faults; and
thousands of random lives against the judge."""
import random
import unittest

from stream_world import (Judge, Session, World, body, events_frame, gap_frame, snapshot_frame,
                          subscribed_frame)
from tickstock import Event, FiltersChanged, Gap, Position, ProtocolFault, Snapshot, Subscribed
from tickstock._flow import Flow
from tickstock._frames import decode


def flow_from(since="now", dedupe=1000):
    flow = Flow({}, since, dedupe)
    flow.subscribe_message()
    return flow


def taken(flow, *frames):
    for frame in frames:
        flow.take(decode(frame))
    items = []
    while flow.queue:
        items.append(flow.next_item())
    return items


def event(offset, id=None):
    return offset, body(id or f"{offset:x}")


class Positions(unittest.TestCase):
    def test_follows_frames_and_bookmarks(self):
        flow = flow_from()
        self.assertIsNone(flow.handed)
        taken(flow, subscribed_frame("s1", "e", 10))
        self.assertEqual(flow.handed, Position("e", 10))
        flow.take(decode(events_frame("s1", "e", 11, 15, [event(12), event(14)])))
        flow.take(decode(events_frame("s1", "e", 16, 20, [])))
        self.assertEqual(flow.handed, Position("e", 10))
        self.assertEqual(flow.next_item().offset, 12)
        self.assertEqual(flow.handed, Position("e", 12))
        self.assertEqual(flow.next_item().offset, 14)
        self.assertEqual(flow.handed, Position("e", 20), "the bookmark goes with the last event")
        self.assertEqual(flow.subscribe_message()["since"], {"epoch": "e", "offset": 20})

    def test_a_snapshot_counts_when_it_is_whole(self):
        flow = flow_from("snapshot")
        flow.take(decode(subscribed_frame("s1", "e", 10)))
        flow.take(decode(snapshot_frame("s1", "e", 10, True, [event(3)])))
        self.assertEqual(flow.subscribe_message()["since"], "snapshot", "it broke off")
        items = taken(flow, subscribed_frame("s1", "e", 12),
                      snapshot_frame("s1", "e", 12, True, [event(3)]),
                      snapshot_frame("s1", "e", 12, False, [event(11)]),
                      events_frame("s1", "e", 13, 13, [event(13)]))
        self.assertEqual([type(one) for one in items], [Subscribed, Subscribed, Snapshot, Event])
        self.assertEqual([one.offset for one in items[2].events], [3, 11])
        self.assertEqual(flow.handed, Position("e", 13))

    def test_position_texts(self):
        self.assertEqual(Position.parse(str(Position("a:b", 7))), Position("a:b", 7))
        for bad in ("", "e", "e:", ":7", "e:-1", "e:²", "e:1.5"):
            with self.assertRaises(ValueError):
                Position.parse(bad)


class Gaps(unittest.TestCase):
    def test_eviction_moves_the_position(self):
        flow = flow_from(Position("e", 5))
        items = taken(flow, subscribed_frame("s1", "e", 9, False, "evicted"),
                      gap_frame("s1", "e", 6, 9, "evicted"),
                      events_frame("s1", "e", 10, 10, [event(10)]))
        self.assertEqual(items[1], Gap("e", 6, 9, "evicted"))
        self.assertEqual(flow.handed, Position("e", 10))

    def test_a_break_before_the_gap_forgets_nothing(self):
        flow = flow_from(Position("old", 5))
        for _ in range(2):
            flow.take(decode(subscribed_frame("s1", "new", 9, False, "epoch_changed")))
            self.assertEqual(flow.subscribe_message()["since"], {"epoch": "old", "offset": 5})
        flow.take(decode(subscribed_frame("s1", "new", 9, False, "epoch_changed")))
        flow.take(decode(gap_frame("s1", "old", 6, None, "epoch_changed")))
        # 1…9 of the new epoch are gone too, and nobody said so yet.
        self.assertEqual(flow.subscribe_message()["since"], {"epoch": "new", "offset": 0})

    def test_an_epoch_that_ends_live(self):
        flow = flow_from(Position("e0", 5))
        items = taken(flow, subscribed_frame("s1", "e0", 5, True),
                      gap_frame("s1", "e0", 6, None, "epoch_changed"))
        self.assertEqual(items[-1], Gap("e0", 6, None, "epoch_changed"))
        self.assertEqual(flow.handed, Position("e0", 5), "the new epoch has no name yet")
        taken(flow, gap_frame("s1", "e1", 1, 4, "evicted"),
              events_frame("s1", "e1", 5, 6, [event(5)]))
        self.assertEqual(flow.handed, Position("e1", 6))

    def test_ahead_is_told_as_a_gap(self):
        flow = flow_from(Position("e", 9))
        items = taken(flow, subscribed_frame("s1", "e", 7, False, "ahead"),
                      events_frame("s1", "e", 8, 8, [event(8)]))
        self.assertEqual(items[1], Gap("e", 8, 9, "ahead"))
        self.assertEqual(items[2].offset, 8)


class Duplicates(unittest.TestCase):
    def test_offsets_that_were_told(self):
        for dedupe in (1000, 0):  # by the offset alone, too
            flow = flow_from(Position("e", 0), dedupe)
            frame = events_frame("s1", "e", 1, 3, [event(1), event(3)])
            items = taken(flow, subscribed_frame("s1", "e", 0, True), frame, frame,
                          events_frame("s1", "e", 2, 5, [event(3), event(5)]))
            self.assertEqual([one.offset for one in items[1:]], [1, 3, 5])
            self.assertEqual(flow.duplicates, 3)

    def test_ids_in_a_new_epoch(self):
        for dedupe, expected in ((1000, [1, 3, 2]), (0, [1, 3, 1, 2])):
            flow = flow_from(Position("e", 0), dedupe)
            first = taken(flow, subscribed_frame("s1", "e", 0, True),
                          events_frame("s1", "e", 1, 3, [event(1, "a"), event(3, "b")]))
            flow.subscribe_message()
            second = taken(flow, subscribed_frame("s1", "f", 0, False, "epoch_changed"),
                           gap_frame("s1", "e", 4, None, "epoch_changed"),
                           events_frame("s1", "f", 1, 2, [event(1, "a"), event(2, "c")]))
            offsets = [one.offset for one in first + second if isinstance(one, Event)]
            self.assertEqual(offsets, expected)

    def test_a_stream_that_begins_anew_live_is_told_again(self):
        flow = flow_from(Position("e", 0))
        items = taken(flow, subscribed_frame("s1", "e", 0, True),
                      events_frame("s1", "e", 1, 1, [event(1, "a")]),
                      gap_frame("s1", "e", 2, None, "epoch_changed"),
                      events_frame("s1", "f", 1, 1, [event(1, "a")]))
        self.assertEqual([one.epoch for one in items if isinstance(one, Event)], ["e", "f"])

    def test_a_correction_is_no_duplicate(self):
        flow = flow_from(Position("e", 0))
        items = taken(flow, subscribed_frame("s1", "e", 0, True),
                      events_frame("s1", "e", 1, 2, [(1, body("a", 0)), (2, body("a", 1))]))
        self.assertEqual([one.rev for one in items[1:]], [0, 1])


class UserFilters(unittest.TestCase):
    def test_are_told(self):
        frame = subscribed_frame("s1", "e", 5, True)[:-1] + ',"user_filters":["mine"]}'
        for request, told in (({}, True), ({"user_filters": False}, False)):
            flow = Flow(request, Position("e", 5), 10)
            flow.take_user_filters(("early",))
            flow.subscribe_message()
            flow.take(decode(frame))
            self.assertEqual(flow.next_item().user_filters, ("mine",))
            for names in (("mine", "new"), ("new",)):
                flow.take_user_filters(names)
            self.assertEqual(bool(flow.queue), told)
            if told:
                self.assertEqual(flow.next_item(), FiltersChanged(("new",)))
                self.assertEqual(flow.handed, Position("e", 5))


class Faults(unittest.TestCase):
    def test_each_is_raised_and_changes_nothing(self):
        for frame in (events_frame("s1", "e", 7, 8, []),  # hole: 6
                      events_frame("s1", "e", 6, 5, []),
                      events_frame("s1", "f", 1, 8, []),  # epoch without notice
                      events_frame("s1", "e", 6, 8, [event(9)]),
                      events_frame("s1", "e", 6, 8, [event(7), event(7)]),
                      events_frame("s1", "e", 6, 8, [event(8), event(7)]),
                      gap_frame("s1", "e", 7, 9, "evicted"),
                      gap_frame("s1", "f", 1, 9, "evicted"),
                      snapshot_frame("s1", "e", 5, False, []),
                      '{"op":"events","id":"s1","epoch":"e","events":[]}',
                      '{"op":"gap","id":"s1","epoch":"e","from":"6","to":9,"reason":"x"}',
                      '{"op":"subscribed","id":"s1","position":7}',
                      subscribed_frame("s1", "e", 6, True)):
            flow = flow_from(Position("e", 5))
            taken(flow, subscribed_frame("s1", "e", 5, True))
            with self.assertRaises(ProtocolFault, msg=frame):
                flow.take(decode(frame))
            self.assertEqual(flow.received, Position("e", 5), frame)
            self.assertFalse(flow.queue, frame)

    def test_nothing_before_subscribed(self):
        with self.assertRaises(ProtocolFault):
            taken(flow_from(Position("e", 5)), events_frame("s1", "e", 6, 6, []))

    def test_an_ended_epoch_does_not_go_on(self):
        flow = flow_from(Position("e", 5))
        taken(flow, subscribed_frame("s1", "e", 5, True),
              gap_frame("s1", "e", 6, None, "epoch_changed"))
        with self.assertRaises(ProtocolFault):
            flow.take(decode(events_frame("s1", "e", 6, 6, [])))


class Life:
    """A random life of a subscription: breaks, evictions, restarts, repeated frames, processes."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.world = World(self.random)
        self.world.publish(self.random.randint(0, 30))
        start = Position(self.world.epoch, self.random.randint(0, self.world.last))
        self.judge = Judge(self.world, start)
        self.flow = Flow({}, start, 100_000)
        self.connect()

    def connect(self):
        self.session = Session(self.world, self.flow.subscribe_message())

    def step(self):
        act = self.random.choices(
            ("serve", "hand", "publish", "break", "evict", "restart", "loop", "process"),
            (40, 30, 20, 6, 3, 1, 1, 1))[0]
        if act == "serve":
            self.serve()
        elif act == "hand":
            self.hand(self.random.randint(1, 30))
        elif act == "publish":
            self.world.publish(self.random.randint(1, 40))
        elif act == "break":
            self.connect()
        elif act == "evict":
            self.world.evict(self.random.randint(1, 60))
        elif act == "restart":
            self.world.restart()
            self.connect()
        elif act == "loop":  # while the connection stays
            self.world.restart()
            self.judge.may_repeat = True
        else:  # another process goes on from the position that was saved
            if self.flow.handed is not None:
                self.judge.may_repeat = True
                self.flow = Flow({}, self.flow.handed, 100_000)
                self.connect()

    def serve(self):
        frame = self.session.next_frame()
        if frame is None:
            return False
        self.flow.take(decode(frame))
        if self.random.random() < 0.1 and '"op":"events"' in frame:
            self.flow.take(decode(frame))
        return True

    def hand(self, count):
        while count and self.flow.queue:
            self.judge.give(self.flow.next_item())
            count -= 1

    def end(self):
        self.world.publish(1)
        while self.serve():
            self.hand(1000)
        self.hand(1_000_000)
        self.judge.verdict(self.flow.handed)


class RandomLives(unittest.TestCase):
    def test_no_silent_hole_and_nothing_twice(self):
        given = 0
        for seed in range(1500):
            with self.subTest(seed=seed):
                life = Life(seed)
                for _ in range(life.random.randint(1, 120)):
                    life.step()
                life.end()
                given += len(life.judge.given)
        self.assertGreater(given, 50_000)

    def test_a_hole_of_the_server_is_found(self):
        for seed in range(200):
            life = Life(seed)
            while life.serve():
                pass
            life.world.publish(10)
            life.session.told += 1 + life.random.randrange(5)  # it forgets some
            with self.assertRaises(ProtocolFault):
                life.serve()


if __name__ == "__main__":
    unittest.main()
