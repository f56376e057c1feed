#!/usr/bin/python3
"""tickstock trace, and the pages trace and candles, of a server that runs and of one that has
stopped, held against the server's own ledgers and events."""
import asyncio
import json
import pathlib
import subprocess
import tempfile
import unittest

from support import PATIENCE, Server, binary, wait_for_end


def trace(*arguments, status=0):
    done = subprocess.run([binary(), "trace", *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE * 4)
    assert done.returncode == status, (arguments, done.returncode, done.stderr[-500:])
    return done.stdout if status == 0 else done.stderr


def make_day(folder):
    path = pathlib.Path(folder) / "day.ndjson"
    subprocess.run([binary(), "generate", "--out", path, "--symbols", "12", "--from", "09:30",
                    "--to", "10:00", "--trades-per-second", "40", "--date", "2024-03-05"],
                   check=True, timeout=PATIENCE, capture_output=True)
    return str(path)


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tickstock_trace_")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.day = make_day(cls.folder.name)
        cls.data = str(pathlib.Path(cls.folder.name) / "data")

    def events_of(self, server):
        bodies, position = {}, None
        while True:
            since = f"&since={position}" if position else f"&since={self.epoch}:0"
            page = server.page(f"/api/v1/events?limit=1000{since}")
            if not page["events"]:
                return bodies
            for item in page["events"]:
                bodies.setdefault(item["event"]["symbol"], []).append(item["event"])
            position = page["next"]

    def test_the_same_running_stopped_and_from_the_file(self):
        with Server("--source", "replay", "--file", self.day, "--speed", "0", "--no-loop",
                    "--data", self.data) as server:
            status = asyncio.run(wait_for_end(server))
            self.epoch = status["epoch"]
            told = self.events_of(server)
            symbols = sorted(symbol for symbol in told if symbol)
            self.assertGreater(len(symbols), 5)
            total = {}
            for symbol in symbols:
                live = json.loads(trace(symbol, "--data", self.data, "--limit", 0, "--json"))
                self.assertTrue(live["closes"], live.get("wrong"))
                found = [event["body"] for record in live["records"] for event in record["events"]]
                self.assertEqual(sorted(found, key=json.dumps),
                                 sorted(told[symbol], key=json.dumps), symbol)
                page = server.page(f"/api/v1/symbols/{symbol}/trace?limit=50")
                self.assertEqual([record["text"] for record in page["records"]],
                                 [record["text"] for record in live["records"][-50:]])
                self.check_candles(server, symbol, live)
                total[symbol] = live["traced"]
            self.assertLessEqual(sum(total.values()), status["accounting"]["sequencer"]["in"])
        # The few records behind events are looked for among all of them.
        for symbol in symbols[:3]:
            lines = trace(symbol, "--data", self.data, "--events-only").splitlines()
            every = trace(symbol, "--data", self.data, "--events-only", "--limit", 0).splitlines()
            self.assertEqual(lines, every)
            self.assertGreater(len(every), len(
                trace(symbol, "--data", self.data, "--events-only", "--limit", 1).splitlines()))
        for symbol in symbols[:3]:
            stopped = json.loads(trace(symbol, "--data", self.data, "--json", "--limit", 20))
            self.assertEqual(stopped["begin"]["kind"], "epoch")
            file = json.loads(trace(symbol, self.day, "--json", "--limit", 0))
            self.assertEqual(file["traced"], total[symbol])
            self.assertTrue(file["closes"])

    def check_candles(self, server, symbol, live):
        """Every print that updates the volume is in one candle, and no other."""
        page = server.page(f"/api/v1/symbols/{symbol}/candles?interval=60&limit=1000")
        self.assertLessEqual(page["complete_from"], page["through"])
        starts = [candle["t"] for candle in page["candles"]]
        self.assertEqual(starts, sorted(set(starts)))
        taken = 0
        for record in live["records"]:
            reached = [step["stage"] for step in record["fate"] if step["outcome"] == "out"]
            if record["kind"] == "trade" and "detectors" in reached and \
                    not record["text"].startswith("correction"):
                taken += 1
        self.assertEqual(sum(candle["n"] for candle in page["candles"]), taken, symbol)
        for candle in page["candles"]:
            self.assertLessEqual(candle["l"], min(candle["o"], candle["c"]))
            self.assertGreaterEqual(candle["h"], max(candle["o"], candle["c"]))
        five = server.page(f"/api/v1/symbols/{symbol}/candles?interval=300&limit=1000")
        self.assertAlmostEqual(sum(candle["v"] for candle in five["candles"]),
                               sum(candle["v"] for candle in page["candles"]), places=3)
        self.assertEqual(five["session"], page["session"])

    def test_errors_say_what_is_accepted(self):
        self.assertIn("no record of", trace("ZZZZZZ", self.day, status=1))
        self.assertIn("--data", trace("A", "--data", "/nowhere", status=2))
        self.assertIn("printable", trace("A" * 17, self.day, status=2))
        self.assertIn("accepted are", trace("A", self.day, "--since", "yesterday", status=2))
        self.assertIn("--limit: x: accepted is an integer",
                      trace("A", self.day, "--limit", "x", status=2))
        self.assertIn("behind --to", trace("A", self.day, "--from", 9, "--to", 3, status=2))

    def test_people_get_a_table_without_colours_in_a_pipe(self):
        symbol = json.loads(pathlib.Path(self.day).read_text().splitlines()[0])
        symbol = symbol.get("symbol") or symbol.get("sym")
        text = trace(symbol, self.day, "--limit", 5)
        self.assertNotIn("\x1b", text)
        self.assertRegex(text, r"(?m)^  intake +[\d,]+ +[\d,]+ +0")
        typo = symbol[:-1] + ("X" if symbol[-1] != "X" else "Y")
        self.assertIn("spelt most like it", trace(typo, self.day, status=1))


if __name__ == "__main__":
    unittest.main()
