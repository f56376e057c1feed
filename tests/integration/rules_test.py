#!/usr/bin/python3
"""Rules on the command line: check, fields, replay --rule, and what rules do to a replay."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from support import PATIENCE, Server

BINARY = os.environ["TICKSTOCK_BINARY"]
START = 1_709_649_000  # Tuesday 2024-03-05 09:30:00 in New York


def run(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={k: v for k, v in os.environ.items() if not k.startswith("TICKSTOCK__")})


def stream_hash(result):
    return re.search(r"stream hash: ([0-9a-f]{16})", result.stderr).group(1)


class Rules(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.config = self.path / "config"
        (self.config / "rules").mkdir(parents=True)
        self.csv = self.path / "trades.csv"
        rows = ["symbol,price,size,timestamp"]
        for second in range(300):
            wave = second % 100 if second % 200 < 100 else 100 - second % 100
            rows.append(f"ABC,{100 + wave / 20:.2f},{100 + second},{START + second}")
            rows.append(f"XYZ,{50 - wave / 100:.2f},10,{START + second}")
        self.csv.write_text("\n".join(rows) + "\n")

    def tearDown(self):
        self.folder.cleanup()

    def write_rules(self, *rules):
        (self.config / "rules" / "mine.json").write_text(json.dumps({"rules": rules}, indent=1))

    def replay(self, *more):
        result = run("replay", self.csv, "--config", self.config, "--order", "stream", "--out", "-", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("DOES NOT CLOSE", result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()], result

    def test_check_lists_built_in_and_user_rules(self):
        self.write_rules({"name": "big", "kind": "event", "when": "percent_change > 3", "enabled": False})
        result = run("rules", "check", "--config", self.config)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"fmv +rules\.fmv\.min_confidence = 0\.7")
        self.assertRegex(result.stdout, r"ohlcv +rules\.ohlcv\.required_volume_multiple = 1\.5")
        self.assertRegex(result.stdout, r"all +rules\.freshness_seconds = 300")
        self.assertRegex(result.stdout, r"big +event +sources all .*rules/mine\.json:3  OFF")
        self.assertIn("when percent_change > 3", result.stdout)

    def test_check_names_file_line_and_column(self):
        self.write_rules({"name": "bad", "kind": "event", "when": "prize > 3"})
        result = run("rules", "check", "--config", self.config)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r'rules/mine\.json:6: when = "prize > 3": column 1: unknown '
                                        r'field "prize"; accepted are price, volume, vwap')
        self.assertEqual(run("replay", self.csv, "--config", self.config).returncode, 2)

    def test_check_takes_files(self):
        good = self.path / "good.json"
        good.write_text('{"rules":[{"name":"a","kind":"filter","when":"price > 1"}]}')
        result = run("rules", "check", good)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 user rule\n", result.stdout)
        result = run("rules", "check", good, self.path / "none.json")
        self.assertEqual(result.returncode, 2)
        self.assertIn("none.json: cannot be read", result.stderr)

    def test_fields_are_listed(self):
        result = run("rules", "fields")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"vwap_divergence +number +price against vwap, percent")

    def test_replay_with_a_rule_tells_what_it_found(self):
        result = run("replay", self.csv, "--rule", "percent_change > 2", "--rule", "price < 0",
                     "--rule-cooldown", "0")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"rule rule: percent_change > 2\n"
                                        r"  2 events, 2024-03-05 09:30:42 to 2024-03-05 09:34:02 ET\n"
                                        r"  on 1 symbol: ABC 2\n")
        self.assertRegex(result.stderr, r"rule rule-2: price < 0\n  never\n")

    def test_replay_points_at_an_error_in_a_rule(self):
        result = run("replay", self.csv, "--rule", "price > 5 and volum > 3")
        self.assertEqual(result.returncode, 2)
        lines = result.stderr.splitlines()
        self.assertTrue(lines[0].startswith('tickstock: --rule: column 15: unknown field "volum"'), lines)
        self.assertEqual(lines[1:], ["price > 5 and volum > 3", " " * 14 + "^"])
        self.assertEqual(run("replay", self.csv, "--rule", "").returncode, 2)
        self.assertEqual(run("replay", self.csv, "--rule", "price > 1", "--rule-cooldown", "-1").returncode, 2)

    def test_rules_change_nothing_but_what_they_say(self):
        plain, before = self.replay()
        self.write_rules({"name": "all-pass", "kind": "validate", "when": "size > 0"})
        same, after = self.replay()
        self.assertEqual(plain, same)
        self.assertEqual(stream_hash(before), stream_hash(after))
        with_rule, _ = self.replay("--rule", "price > 103")
        self.assertEqual([e for e in with_rule if e["type"] != "rule"], plain)
        self.assertGreater(len(with_rule), len(plain))

    def test_every_kind_acts_the_same_for_any_number_of_shards(self):
        self.write_rules(
            {"name": "big-prints", "kind": "validate", "sources": ["tick"], "when": "size >= 10"},
            {"name": "abc-prices", "kind": "filter", "types": ["high", "low"], "when": "price >= 60"},
            {"name": "half", "kind": "transform", "types": ["high"], "field": "confidence",
             "value": "confidence / 2"},
            {"name": "notional", "kind": "enrich", "types": ["high"], "field": "usd", "value": "price * volume"},
            {"name": "up", "kind": "event", "when": "percent_change > 1"})
        events, result = self.replay()
        self.assertNotIn("XYZ", {e["symbol"] for e in events if e["type"] in ("high", "low")})
        self.assertRegex(result.stderr, r"rules .*rule_filtered \d")
        high = next(e for e in events if e["type"] == "high")
        self.assertEqual(high["confidence"], 0.5)
        marks = {mark["rule"]: mark for mark in high["evidence"]["rules"]}
        self.assertEqual(list(marks), ["abc-prices", "half", "notional"])
        self.assertAlmostEqual(marks["notional"]["value"], high["price"] * high["volume"], places=5)
        rules = [e for e in events if e["type"] == "rule"]
        self.assertTrue(rules)
        self.assertEqual(rules[0]["data"], {"rule": "up", "count": 1})
        for shards in (2, 5):
            other, more = self.replay("--shards", shards)
            self.assertEqual(other, events)
            self.assertEqual(stream_hash(more), stream_hash(result))

    def test_a_rejected_record_has_no_effect(self):
        self.write_rules({"name": "no-abc", "kind": "validate", "when": "price < 60"})
        events, result = self.replay()
        self.assertEqual({e["symbol"] for e in events}, {"XYZ"})
        self.assertRegex(result.stderr, r"intake .*rule_rejected 300")
        kept = self.csv.read_text().splitlines()
        self.csv.write_text("\n".join(line for line in kept if not line.startswith("ABC")) + "\n")
        alone, _ = self.replay()
        self.assertEqual(alone, events)

    def test_the_status_tells_what_rules_and_sources_did(self):
        self.write_rules(
            {"name": "no-xyz", "kind": "validate", "when": "price >= 60"},
            {"name": "broken", "kind": "event", "when": "1 / (price - price) > 0"},
            {"name": "up", "kind": "event", "when": "percent_change > 1"})
        with Server("--config", str(self.config), "--source", "replay", "--file", str(self.csv),
                    "--speed", "0", "--no-loop") as server:
            until = time.monotonic() + PATIENCE
            while True:
                status = server.status()
                if status.get("sources") and status["sources"][0]["state"] == "ended":
                    break
                self.assertLess(time.monotonic(), until)
                time.sleep(0.05)
        (context,) = [c for c in status["source_contexts"] if c["kind"] == "tick"]
        self.assertEqual((context["records"], context["rejected"]), (600, 300))
        self.assertEqual(context["last_seen"], (START + 299) * 1_000_000_000)
        rules = {rule["name"]: rule for rule in status["rules"]}
        self.assertEqual(rules["no-xyz"], {"name": "no-xyz", "kind": "validate", "on": True,
                                           "evaluated": 600, "acted": 300, "failed": 0, "disabled_symbols": 0})
        self.assertEqual((rules["broken"]["failed"], rules["broken"]["disabled_symbols"]), (10, 1))
        self.assertEqual(rules["up"]["acted"], status["events_by_type"]["rule"])
        published = sum(c["events"] for c in status["source_contexts"])
        self.assertEqual(published, status["offset"])
        self.assertEqual([a["message"] for a in status["alerts"]],
                         ["rule broken is switched off for 1 symbol: it failed ten times in a row"])
        self.assertEqual(status["accounting"]["rules"]["in"], status["accounting"]["rules"]["out"])
        self.assertTrue(any("rule broken is switched off" in line for line in server.lines))


if __name__ == "__main__":
    unittest.main()
