#!/usr/bin/python3
"""The command line as a stranger meets it: exit codes, messages, formats, the same events every way."""
import gzip
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BINARY = os.environ["TICKSTOCK_BINARY"]

# 2024-03-05 10:00:00 New York, in ns.
TEN = 1_709_650_800_000_000_000
ROWS = """symbol,price,size,timestamp
ABC,100.00,100,{t0}
ABC,100.50,100,{t1}
ABC,not-a-price,100,{t1}
XYZ,20.00,50,{t2}
XYZ,-1,50,{t2}
XYZ,19.90,50,{t3}
ABC,99.00,100,{t4}
""".format(**{f"t{i}": TEN + i * 1_000_000_000 for i in range(5)})


def run(*arguments, stdin=None, env=None):
    return subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, timeout=60,
                          env={**os.environ, **(env or {})})


def stream_hash(result):
    return re.search(r"stream hash: ([0-9a-f]{16})", result.stderr.decode()).group(1)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.csv = self.path / "trades.csv"
        self.csv.write_text(ROWS)

    def tearDown(self):
        self.folder.cleanup()

    def test_version_help_and_usage(self):
        self.assertIn(b"tickstock", run("--version").stdout)
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("replay").returncode, 2)
        self.assertEqual(run("replay", "--no-such-option").returncode, 2)
        for words, names in ((("no-such-command",), b"replay"), (("config", "no-such"), b"explain")):
            unknown = run(*words)
            self.assertEqual(unknown.returncode, 2)
            self.assertIn(words[-1].encode() + b": no such command; accepted are", unknown.stderr)
            self.assertIn(names, unknown.stderr)
        folder = run("serve", "--config", str(self.csv))
        self.assertEqual(folder.returncode, 2)
        self.assertNotIn(b"is made", folder.stderr)

    def test_replay_finds_the_events_and_names_bad_rows(self):
        result = run("replay", str(self.csv), "--out", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(e["symbol"], e["type"], e["price"]) for e in events],
                         [("ABC", "high", 100.5), ("XYZ", "low", 19.9), ("ABC", "low", 99)])
        errors = result.stderr.decode()
        self.assertRegex(errors, r"trades\.csv:4: bad_number")
        self.assertRegex(errors, r"trades\.csv:6: price_out_of_range")
        self.assertIn("bad_number 1", errors)
        self.assertNotIn("DOES NOT CLOSE", errors)

    def test_every_way_of_reading_gives_the_same_stream(self):
        expected = stream_hash(run("replay", str(self.csv)))
        packed = self.path / "trades.csv.gz"
        packed.write_bytes(gzip.compress(ROWS.encode()))
        self.assertEqual(stream_hash(run("replay", str(packed))), expected)
        self.assertEqual(stream_hash(run("replay", "-", stdin=ROWS.encode())), expected)
        self.assertEqual(stream_hash(run("replay", "-", stdin=packed.read_bytes())), expected)
        for shards in ("2", "3", "8"):
            self.assertEqual(stream_hash(run("replay", str(self.csv), "--shards", shards)),
                             expected)
        rows = [row.split(",") for row in ROWS.split()[1:]]
        objects = self.path / "trades.ndjson"
        objects.write_text("".join(
            json.dumps({"ticker": r[0], "price": float(r[1]), "size": int(r[2]),
                        "timestamp": int(r[3])}) + "\n" for r in rows if r[1] != "not-a-price"))
        self.assertEqual(stream_hash(run("replay", str(objects))), expected)

    def test_two_files_merge_by_time(self):
        header, *rows = ROWS.splitlines()
        expected = stream_hash(run("replay", str(self.csv)))
        for name, symbol in (("a.csv", "ABC"), ("x.csv", "XYZ")):
            lines = [header] + [row for row in rows if row.startswith(symbol)]
            (self.path / name).write_text("\n".join(lines) + "\n")
        merged = run("replay", str(self.path / "a.csv"), str(self.path / "x.csv"))
        self.assertEqual(stream_hash(merged), expected)

    def test_output_filters_leave_the_hash_alone(self):
        whole = run("replay", str(self.csv), "--out", "-")
        some = run("replay", str(self.csv), "--out", "-", "--types", "low", "--symbols", "ABC")
        self.assertEqual(stream_hash(some), stream_hash(whole))
        self.assertEqual([json.loads(line)["price"] for line in some.stdout.splitlines()], [99])

    def test_what_was_held_back_and_not_known_is_told(self):
        header = "symbol,price,size,timestamp,conditions,exchange,id\n"
        prices = [(15.96, "", 0), (7.613, "3", 4), (15.97, "99", 4), (30, "", 4), (30.1, "99", 4),
                  (30.2, "", 4)]
        self.csv.write_text(header + "".join(
            f'UBS,{price},100,{TEN + i * 1_000_000_000},{codes},{exchange},t{i}\n'
            for i, (price, codes, exchange) in enumerate(prices)))
        result = run("replay", str(self.csv), "--quarantine", "-", "--shards", "3")
        self.assertEqual(result.returncode, 0, result.stderr)
        trades = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(t["price"], t["outcome"]) for t in trades],
                         [(7.613, "held_back"), (30, "third_accepted"),
                          (30.1, "third_accepted")])
        self.assertEqual(trades[0], {
            "symbol": "UBS", "ts": TEN + 1_000_000_000, "price": 7.613, "size": 100,
            "level": 15.96, "limit_percent": 20, "reason": "52.3 % from 15.96, limit 20 %",
            "outcome": "held_back", "session": "regular", "conditions": [3], "exchange": 4,
            "trade_id": "t1"})
        errors = result.stderr.decode()
        self.assertEqual(len(re.findall(r"warn .*condition 99 is in no row", errors)), 1)
        self.assertIn("condition 99 is in no row of the table: 2 trades, first of UBS", errors)
        small = run("replay", str(self.csv), "--set", "intake.quarantine_list=1", "--quarantine",
                    str(self.path / "q"))
        self.assertEqual(small.returncode, 0, small.stderr)
        self.assertEqual((self.path / "q").read_bytes(), result.stdout, "every one, in order")
        self.assertEqual(run("replay", str(self.csv), "--quarantine", str(self.csv)).returncode, 2)
        self.assertEqual(run("replay", str(self.csv), "--quarantine", "/no/such/file").returncode,
                         2)
        self.assertEqual(run("replay", str(self.csv), "--quarantine", "/dev/full").returncode, 1)

    def test_failures_say_what_and_where(self):
        missing = run("replay", str(self.path / "missing.csv"))
        self.assertEqual(missing.returncode, 2)
        self.assertIn(b"missing.csv", missing.stderr)
        unknown = run("replay", str(self.csv), "--format", "polygon")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn(b"polygon-trades-csv", unknown.stderr)
        full = run("replay", str(self.csv), "--out", "/dev/full")
        self.assertEqual(full.returncode, 1)
        self.assertIn(b"/dev/full", full.stderr)

    def test_what_a_slip_of_the_hand_does(self):
        before = self.csv.read_bytes()
        own = run("replay", str(self.csv), "--out", str(self.csv))
        self.assertEqual((own.returncode, self.csv.read_bytes()), (2, before))
        typo = run("replay", str(self.csv), "--types", "hihg", "--out", "-")
        self.assertEqual(typo.returncode, 2)
        self.assertIn(b"valuation", typo.stderr)
        before_file = run("replay", "--types", "high", str(self.csv), "--out", "-")
        self.assertEqual(len(before_file.stdout.splitlines()), 1, before_file.stderr)
        unseen = run("replay", str(self.csv), "--symbols", "abc", "--out", "-")
        self.assertIn(b"--symbols abc", unseen.stderr)
        self.assertIn(b"written: 0 of 3", unseen.stderr)
        folder = self.path / "no-such-folder"
        missing = run("config", "check", "--config", str(folder))
        self.assertEqual((missing.returncode, folder.exists()), (2, False))
        noise = run("replay", "-", "--format", "ndjson", stdin=bytes(range(1, 256)) * 9)
        self.assertEqual(noise.returncode, 1)
        self.assertNotIn(b"\x1b", noise.stderr)

    def test_configuration_errors_name_file_line_key_value_and_range(self):
        flag = run("config", "check", "--set", "server.port=99999")
        self.assertEqual(flag.returncode, 2)
        self.assertRegex(flag.stderr.decode(), r"server\.port.*99999.*65535")
        folder = self.path / "config"
        folder.mkdir()
        self.assertEqual(run("config", "check", "--config", str(folder)).returncode, 0)
        settings = folder / "tickstock.json"
        settings.write_text('{\n  "server": {\n    "prot": 1\n  }\n}\n')
        unknown = run("config", "check", "--config", str(folder))
        self.assertEqual(unknown.returncode, 2)
        self.assertRegex(unknown.stderr.decode(), r"tickstock\.json:3: .*prot")
        settings.write_text('{"server": {"port": 9123}}\n')
        shown = run("config", "show", "--config", str(folder)).stdout.decode()
        self.assertRegex(shown, r"server\.port\s+9123\s+.*tickstock\.json")
        environment = run("config", "show", env={"TICKSTOCK__SERVER__PORT": "9124"}).stdout.decode()
        self.assertRegex(environment, r"server\.port\s+9124\s+environment")

    def test_the_reference_page_is_the_binarys_own(self):
        page = pathlib.Path(__file__).parents[2] / "docs/reference/configuration.md"
        self.assertEqual(run("config", "docs").stdout.decode(), page.read_text(),
                         "run: tickstock config docs > docs/reference/configuration.md")
        self.assertIn("properties", json.loads(run("config", "schema").stdout))

    def test_serve_refuses_what_it_cannot_protect(self):
        result = run("serve", "--port", "0", "--set", "server.address=0.0.0.0")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"server.address", result.stderr)

    def test_a_generated_day_replays_the_same_from_every_format_that_holds_it(self):
        base = ["--symbols", "20", "--date", "2024-03-05", "--from", "09:30", "--to", "09:40",
                "--trades-per-second", "50", "--no-quotes", "--no-bars", "--no-fair-values"]
        hashes = set()
        for name in ("day.trades.csv", "day.trades.csv.gz", "day.trades.csv.zst"):
            out = self.path / name
            made = run("generate", "--out", str(out), "--format", "polygon-trades-csv", *base)
            self.assertEqual(made.returncode, 0, made.stderr)
            replayed = run("replay", str(out))
            self.assertEqual(replayed.returncode, 0, replayed.stderr)
            hashes.add(stream_hash(replayed))
        self.assertEqual(len(hashes), 1)

    def test_a_journal_is_an_input_like_any_other(self):
        journal = self.path / "day.journal"
        made = run("generate", "--out", str(journal), "--format", "journal", "--symbols", "20",
                   "--date", "2024-03-05", "--from", "09:30", "--to", "09:40",
                   "--trades-per-second", "50")
        self.assertEqual(made.returncode, 0, made.stderr)
        whole = run("replay", str(journal))
        self.assertEqual(whole.returncode, 0, whole.stderr)
        packed = self.path / "packed.gz"
        packed.write_bytes(gzip.compress(journal.read_bytes()))
        self.assertEqual(stream_hash(run("replay", str(packed))), stream_hash(whole))
        data = bytearray(journal.read_bytes())
        data[len(data) // 2] ^= 0x40
        journal.write_bytes(data)
        damaged = run("replay", str(journal))
        self.assertEqual(damaged.returncode, 1)
        self.assertIn(b"day.journal", damaged.stderr)


if __name__ == "__main__":
    unittest.main()
