#!/usr/bin/python3
"""tickstock journal ls, cat, verify, on segments that this file writes by docs/reference/journal.md,
apart from the product's own writer."""
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

BINARY = os.environ["TICKSTOCK_BINARY"]
START = 1_709_649_000_000_000_000  # Tuesday 2024-03-05 14:30:00 UTC
TRADE, CLOCK_TICK, DECISION, SYMBOL, REFUSED, SYNCED, CLOSE, ROTATE = 1, 6, 8, 16, 17, 18, 32, 33


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def header(first, version=2, clock_before=0):
    head = struct.pack("<8sIII16sqQq", b"TSJOURNL", version, 64, 7, b"\1" * 16, START, first, clock_before)
    return head + struct.pack("<I", crc32c(head))


def frame(kind, sequence, payload=b""):
    rest = struct.pack("<IQB", len(payload), sequence, kind) + payload
    return struct.pack("<I", crc32c(rest)) + rest


def text(value, size="I"):
    return struct.pack("<" + size, len(value)) + value.encode()


def symbol(sequence, number, name):
    return frame(SYMBOL, sequence, struct.pack("<I", number) + text(name, "B"))


def record_head(number, clock):
    return struct.pack("<IHBqqqQ", number, 3, 0, clock, clock, clock, 0)


def trade(sequence, number, price):
    return frame(TRADE, sequence, record_head(number, START + sequence) +
                 struct.pack("<qqqBBBB", price, 2_500_000, 0, 4, 1, 0, 1) + bytes([37]) + text("t1", "B"))


def clock_tick(sequence):
    return frame(CLOCK_TICK, sequence, record_head(0xFFFFFFFF, START + sequence))


def decision(sequence, action, body, by="operator"):
    return frame(DECISION, sequence, struct.pack("<Bqq", action, START + sequence, START + 5) + text(by) + body)


def first_segment():
    return (header(1) + symbol(1, 0, "IBM") + trade(1, 0, 182_500_000_001) + symbol(2, 1, "SPY") +
            trade(2, 1, 500_000_000_000) + decision(3, 2, b"\2\2" + text("by hand")) +
            frame(REFUSED, 4, struct.pack("<HI", 3, 9) + text("queue_full", "B")) +
            frame(SYNCED, 4, struct.pack("<Q", 2)) + clock_tick(4) + frame(ROTATE, 5))


def second_segment():
    return (header(5, clock_before=START + 4) + symbol(5, 1, "SPY") +
            decision(5, 8, struct.pack("<IB", 1, 1) + text("news")) + trade(6, 1, 501_000_000_000) + frame(CLOSE, 7))


def run(*arguments):
    return subprocess.run([BINARY, "journal", *map(str, arguments)], capture_output=True, text=True, timeout=60)


class JournalCommand(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.first = self.path / "00000000000000000001.tsj"
        self.second = self.path / "00000000000000000005.tsj"
        self.first.write_bytes(first_segment())
        self.second.write_bytes(second_segment())

    def tearDown(self):
        self.folder.cleanup()

    def cat(self, *arguments):
        result = run("cat", self.path, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_ls_lists_segments_in_order(self):
        result = run("ls", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[1], [self.first.name, "1", "4", "4", str(self.first.stat().st_size),
                                   "2024-03-05T14:30:00.000000000Z", "rotated", "7"])
        self.assertEqual(rows[2][1:4] + rows[2][6:], ["5", "6", "2", "closed", "7"])

    def test_cat_prints_every_entry(self):
        lines = self.cat()
        self.assertEqual([line["sequence"] for line in lines], [1, 2, 3, 4, 5, 6])
        self.assertEqual([line["kind"] for line in lines],
                         ["trade", "trade", "decision", "clock_tick", "decision", "trade"])
        self.assertEqual(lines[0], {
            "sequence": 1, "kind": "trade", "symbol": "IBM", "clock": "2024-03-05T14:30:00.000000001Z",
            "ts_event": "2024-03-05T14:30:00.000000001Z", "ts_recv": "2024-03-05T14:30:00.000000001Z",
            "source": 3, "source_kind": "tick", "price": 182.500000001, "size": 2.5, "exchange": 4, "tape": 1,
            "conditions": [37], "id": "t1"})
        self.assertIn('"price":182.500000001,', run("cat", self.path, "--count", 1).stdout)
        self.assertEqual((lines[2]["action"], lines[2]["by"], lines[2]["clock"]),
                         ("channel_change", "operator", "2024-03-05T14:30:00.000000003Z"))
        self.assertIn("by hand", lines[2]["text"])
        self.assertEqual((lines[4]["action"], lines[4]["symbol"]), ("manual_halt", "SPY"))

    def test_every_action_stands_as_documented(self):
        place = struct.pack("<IIH", 1, 0, 3)
        gap = struct.pack("<HBqq", 7, 1, START, START + 1)
        bodies = [bytes(range(16)) + b"\2" + struct.pack("<Q", 1) + text("why") + text("a.csv"),
                  b"\2\1" + text(""), text("tick/0") + b"\2" + text("errors"), b"\1" + struct.pack("<IQQ", 2, 1, 3),
                  place, b"\4", text("tech") + b"\1\0" + struct.pack("<I", 2) + text("A", "B") + text("BC", "B"),
                  struct.pack("<IB", 0, 0) + text(""), text("big") + b"\0" + text("noisy"),
                  struct.pack("<Q", 77) + text("x" * 5000), gap + text("cut"), struct.pack("<q", -3_600_000_000_000), b"\1" + struct.pack("<H", 3),
                  struct.pack("<H", 2) + text("ann/feed"),
                  struct.pack("<I", 1) + struct.pack("<Iqqqqqq4I", 0, START, 10, 12, 9, START, START, 1, 2, 3, 4) + text("sqlite"),
                  b"\2\0\1\1\1\1\0" + struct.pack("<H", 150) + struct.pack("<I", 1) + text("A", "B") +
                  struct.pack("<I", 0) + struct.pack("<HHH", 9, 0, 0) + struct.pack("<III", 0, 0, 0) + b"\2" +
                  struct.pack("<q", START) + text("") + b"\0" + text("met"),
                  struct.pack("<I", 1) + struct.pack("<IQB", 0, 3, 1)]
        names = ["begin_epoch", "channel_change", "circuit_change", "skip_records", "place_symbols", "shed_change",
                 "universe_change", "manual_halt", "rule_switch", "configuration_change", "source_gap", "wall_step",
                 "engine_start", "pushed_by", "restore_sessions", "rollout_change", "path_fallback"]
        says = ["state warmed up (why)", "fmv active", "tick/0 half_open (errors)", "2 records of ohlcv", "1 symbols",
                "level 4", "tech: 2 symbols", "symbol id 0 goes on", "big off (noisy)", "5000 bytes of settings",
                f"source 7 recovered (cut) from {START} to {START + 1}", "-3600000000000 ns", "3 shards, events wait for the disk",
                "source 2 (ann/feed)", "1 sessions (sqlite)",
                "advance: phase_2_limited_rollout, linear at 1.50 % (met)", "1 symbol (timeout)"]
        alone = self.path / "alone.tsj"
        alone.write_bytes(header(5) + symbol(5, 0, "IBM") + b"".join(
            decision(5 + i, 1 + i, body) for i, body in enumerate(bodies)))
        result = run("cat", alone)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([line["action"] for line in lines], names)
        for line, name, words in zip(lines, names, says):
            self.assertEqual(line["text"], f"{name} {words}, by operator")

    def test_cat_chooses(self):
        self.assertEqual([line["sequence"] for line in self.cat("--from", 2, "--count", 2)], [2, 3])
        self.assertEqual([line["sequence"] for line in self.cat("--decisions")], [3, 5])
        self.assertEqual([line["sequence"] for line in self.cat("--symbol", "SPY")], [2, 5, 6])
        alone = run("cat", self.second)
        self.assertEqual(len(alone.stdout.splitlines()), 2, alone.stderr)
        too_old = run("cat", self.second, "--from", 2)
        self.assertEqual(too_old.returncode, 1)
        self.assertIn("holds entries from 5 on, 2 is wanted", too_old.stderr)

    def test_verify_counts_by_kind(self):
        result = run("verify", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        counts = dict(line.rsplit(None, 1) for line in result.stdout.splitlines()[:-1])
        self.assertEqual(counts, {"trade": "3", "clock_tick": "1", "decision channel_change": "1",
                                  "decision manual_halt": "1", "refused queue_full": "9", "symbols": "2"})
        self.assertEqual(result.stdout.splitlines()[-1], "OK: entries 1 to 6, closed")

    def test_verify_names_damage(self):
        data = bytearray(self.first.read_bytes())
        data[100] ^= 1
        self.first.write_bytes(data)
        result = run("verify", self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn("DAMAGED behind entry 0", result.stdout)
        self.assertRegex(result.stderr, r"00000000000000000001\.tsj: at byte \d+: ")
        self.assertEqual(run("ls", self.first).returncode, 1)

    def test_a_torn_tail_is_told_and_no_damage(self):
        self.second.write_bytes(second_segment()[:-30])
        result = run("verify", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"torn bytes at the end +\d+\n")
        self.assertIn("OK: entries 1 to 5, not closed", result.stdout)
        self.assertIn("torn (", run("ls", self.path).stdout)

    def test_a_missing_segment_and_a_newer_version(self):
        (self.path / "00000000000000000005.tsj").rename(self.path / "00000000000000000009.tsj")
        (self.path / "00000000000000000009.tsj").write_bytes(header(9))
        self.assertIn("behind a hole", run("verify", self.path).stderr)
        self.first.write_bytes(header(1, version=3) + first_segment()[64:])
        result = run("verify", self.first)
        self.assertEqual(result.returncode, 1)
        self.assertIn("written by a newer version: format 3; this program reads 1 and 2", result.stderr)

    def test_nothing_there(self):
        for arguments in (["ls"], ["cat"], ["verify"]):
            result = run(*arguments, self.path / "absent")
            self.assertEqual(result.returncode, 1)
            self.assertIn("no journal segment there", result.stderr)
        self.assertEqual(run("list").returncode, 2)


if __name__ == "__main__":
    unittest.main()
