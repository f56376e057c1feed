#!/usr/bin/python3
"""A data directory that lost its journal, but not the history: what was told of the open session is
no news again, and counts go on."""
import http.client
import json
import pathlib
import shutil
import tempfile
import time
import unittest

from support import PATIENCE, Server

PUSH = ("--source", "push", "--set", "source.clock=event", "--set", "storage.interval_seconds=0.2")
EVERY_HIGH = ("--set", "high_low.min_price_change=0", "--set", "high_low.min_percent_change=0",
              "--set", "high_low.cooldown_seconds=0")
START_MS = 1709650800000  # 2024-03-05 10:00 in New York


def push(server, *trades):
    """(seconds after the start, price) each; waits until the engine has them."""
    body = "".join(json.dumps({"symbol": "AAA", "price": price, "size": 100,
                               "timestamp": START_MS + 1000 * second}) + "\n"
                   for second, price in trades)
    for _ in range(PATIENCE * 10):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("POST", "/api/v1/ingest", body,
                           {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status == 200:
            return
        time.sleep(0.1)
    raise AssertionError("no rows are taken")


def highs_and_lows(server):
    """(type, price, count) of each, oldest first."""
    events = server.page("/api/v1/events?limit=1000")["events"]
    found = []
    for item in events:
        event = item["event"]
        if event["type"] in ("high", "low"):
            count = "count_up" if event["type"] == "high" else "count_down"
            found.append((event["type"], event["price"], event["data"][count]))
    return found


def until(condition):
    for _ in range(PATIENCE * 20):
        if condition():
            return True
        time.sleep(0.05)
    return False


class Restore(unittest.TestCase):
    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="tickstock-restore-"))
        self.addCleanup(shutil.rmtree, self.data, ignore_errors=True)

    def serve(self, *more):
        return Server(*PUSH, *EVERY_HIGH, "--data", str(self.data), *more)

    def first_day(self):
        with self.serve() as server:
            push(server, (0, 100), (1, 101), (2, 102), (3, 99))
            self.assertTrue(until(lambda: len(highs_and_lows(server)) == 3))
            self.assertEqual(highs_and_lows(server),
                             [("high", 101, 1), ("high", 102, 2), ("low", 99, 1)])
            self.assertTrue(until(lambda: server.status()["storage"]["events"] >= 3))
        for lost in ("journal", "snapshots", "stream", "spill"):
            shutil.rmtree(self.data / lost)

    def test_what_was_told_is_no_news(self):
        self.first_day()
        with self.serve() as server:
            push(server, (10, 100.5), (11, 101.5), (12, 99.5), (13, 103), (14, 98))
            self.assertTrue(until(lambda: len(highs_and_lows(server)) == 2))
            self.assertEqual(highs_and_lows(server), [("high", 103, 3), ("low", 98, 2)])
            event = server.page("/api/v1/events?limit=1000&type=high")["events"][0]["event"]
            self.assertEqual(event["data"]["percent_change"], 3, "from the first day's open")
            kinds = [one["kind"] for one in server.status()["decisions"]]
            self.assertIn("restore_sessions", kinds)

    def test_without_it_the_session_begins_anew(self):
        self.first_day()
        with self.serve("--set", "storage.restore=false") as server:
            push(server, (10, 100.5), (11, 101.5))
            self.assertTrue(until(lambda: len(highs_and_lows(server)) == 1))
            self.assertEqual(highs_and_lows(server), [("high", 101.5, 1)])


if __name__ == "__main__":
    unittest.main()
