"""Frames are read exactly, whatever the order of their members, and what is none is a fault."""
import json
import random
import unittest
from datetime import datetime, timezone
from decimal import Decimal

from stream_world import body, events_frame
from tickstock import ProtocolFault
from tickstock._frames import decode


class Frames(unittest.TestCase):
    def test_an_event_has_its_members_and_its_text(self):
        text = body("9a0b").replace("100.25", "100.123456789012345678")
        frame = decode(events_frame("s1", "e", 4712, 4714, [(4713, text)]))
        [event] = frame["events"]
        self.assertEqual(event.price, Decimal("100.123456789012345678"))
        self.assertEqual(event.raw, text)
        self.assertEqual((event.epoch, event.offset, event.ts_pub_ns),
                         ("e", 4713, 1709649002000000002))
        self.assertEqual(event.ts_ns, 1709649001000000001)
        self.assertEqual(event.ts, datetime(2024, 3, 5, 14, 30, 1, tzinfo=timezone.utc))
        self.assertEqual(event.volume, Decimal(100))
        self.assertEqual(event.data["significance"], Decimal("12.5"))
        with self.assertRaises(AttributeError):
            event.price = 1  # immutable

    def test_control_events_have_no_price(self):
        members = json.loads(body("1"))
        members.update(price=None, volume=None, direction=None, evidence=None, type="control")
        frame = decode(events_frame("s1", "e", 1, 1, [(1, json.dumps(members))]))
        [event] = frame["events"]
        self.assertEqual((event.price, event.volume, event.direction, event.evidence),
                         (None, None, None, None))

    def test_order_of_members_and_white_space_do_not_matter(self):
        generator = random.Random(7)

        def shuffled(value):
            if isinstance(value, dict):
                pairs = [(name, shuffled(one)) for name, one in value.items()]
                generator.shuffle(pairs)
                return dict(pairs)
            return [shuffled(one) for one in value] if isinstance(value, list) else value

        for indent in (None, 1, 3):
            for _ in range(50):
                bodies = [json.loads(body(f"{number:x}", symbol='A"]}\\')) for number in range(3)]
                frame = json.loads(events_frame("s1", "e", 1, 3, [
                    (number + 1, json.dumps(one)) for number, one in enumerate(bodies)]))
                frame["more_of_later_versions"] = {"events": [1, {"event": "]"}]}
                text = json.dumps(shuffled(frame), indent=indent)
                read = decode(f" {text}\n")
                self.assertEqual([json.loads(event.raw) for event in read["events"]], bodies)
                self.assertTrue(all(event.raw in text for event in read["events"]))

    def test_what_is_no_frame_is_a_fault(self):
        good = events_frame("s1", "e", 1, 2, [(1, body("a")), (2, body("b"))])
        decode(good)
        for end in range(len(good)):
            with self.assertRaises(ProtocolFault, msg=good[:end]):
                decode(good[:end])
        for bad in ("", "null", "[]", "{}", '{"op":1}', '{"op" "x"}', '{"op":"x"} {}', b"\x01",
                    '{"op":"events","epoch":"e","events":{}}', '{"op":"events","events":[]}',
                    '{"op":"events","epoch":"e","events":[{"offset":1}]}',
                    '{"op":"events","epoch":"e","events":[{"offset":1 "ts_pub":1}]}',
                    good.replace('"rev":0,', ""), "[" * 100_000,
                    '{"op":"x","deep":' + "[" * 100_000):
            with self.assertRaises(ProtocolFault, msg=bad[:80]):
                decode(bad)

    def test_random_damage_is_a_fault_or_a_frame(self):
        generator = random.Random(11)
        good = events_frame("s1", "e", 1, 2, [(1, body("a")), (2, body("b"))])
        for _ in range(5000):
            at = generator.randrange(len(good))
            damaged = good[:at] + generator.choice('{}[]",:0\\ eé') + good[at + 1:]
            try:
                decode(damaged)
            except ProtocolFault:
                pass


if __name__ == "__main__":
    unittest.main()
