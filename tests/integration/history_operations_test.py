#!/usr/bin/python3
"""Flag audit, incidents and alerts of the built binary in its database and at /api/v1/history:
written at an interval, whole after a stop and after a kill, doubled by no restart, and alerts read
back by the next start. A database of schema version 1 is brought up by it. (Differences need a
fault inside the engine: src/history/history_operations_test.cpp.)"""
import json
import pathlib
import signal
import sqlite3
import tempfile
import unittest

from alert_support import PUSH, QUICK, Alerts, until
from support import Server

REASON = "a drill; it's \"quoted\" -- DROP TABLE alerts"
TABLES = ("comparison_differences", "flag_audit", "incidents", "alerts")


class Operations(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_operations_")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        rules = self.path / "config" / "alerts"
        rules.mkdir(parents=True)
        (rules / "mine.json").write_text(json.dumps({"alerts": [
            {"name": "always", "condition": "system.symbols >= 0", "severity": "error"}]}))

    def serve(self, *arguments):
        server = Server(*PUSH, *QUICK, "--set", "integration.installed=true",
                        "--set", "storage.interval_seconds=1", "--config", str(self.path / "config"),
                        "--data", str(self.path / "data"), *arguments)
        self.addCleanup(server.__exit__)
        until(lambda: server.request("GET", "/api/v1/rollout")[0] == 200, "an engine that has started")
        return server

    def stop(self, server):
        server.terminate()
        self.assertEqual(server.exit_code(), 0, "".join(server.lines))

    def history(self, server, name, query=""):
        return server.page(f"/api/v1/history/{name}?limit=1000{query}")[name]

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.path}/data/storage.db?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def post(self, server, command, **body):
        status, answer = server.request("POST", f"/api/v1/rollout/{command}",
                                        {"reason": REASON, **body})
        self.assertEqual(status, 200, answer)

    def drill(self, server):
        """An incident, and one alert that is over and one that stands, all in the database."""
        self.post(server, "disable")
        Alerts(server).raised("EMERGENCY_FALLBACK")
        until(lambda: self.history(server, "incidents", "&state=stands"), "an incident")
        self.post(server, "enable")
        Alerts(server).resolved("EMERGENCY_FALLBACK")
        Alerts(server).raised("always")
        until(lambda: self.history(server, "alerts", "&type=EMERGENCY_FALLBACK&state=resolved"),
              "an alert that is over")
        until(lambda: self.history(server, "alerts", "&type=always&state=stands"), "one that stands")
        until(lambda: self.history(server, "incidents", "&state=resolved"), "a resolved incident")

    def same_as_live(self, server):
        """The history has what the live pages have."""
        def live(name):
            return server.page(f"/api/v1/rollout/{name}?limit=1000")[name]

        self.assertGreaterEqual(len(live("audit")), 2)
        self.assertIn(REASON, [one["reason"] for one in live("audit")])
        self.assertEqual(len(live("incidents")), 1)
        for name in ("audit", "incidents"):
            until(lambda name=name: sorted(self.history(server, name), key=repr)
                  == sorted(live(name), key=repr), lambda name=name: (name, live(name)))

    def test_restarts_double_nothing_and_alerts_are_read_back(self):
        server = self.serve()
        self.drill(server)
        self.same_as_live(server)
        self.assertEqual(self.history(server, "differences"), [])
        before = Alerts(server).page()["recent"]
        status = server.status()["storage"]
        self.assertGreater(status["operations"], 3)
        self.assertEqual(status["operations_lost"], 0)
        self.stop(server)
        counts = [self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]
        (raised,), = self.rows("SELECT raised FROM alerts WHERE type = 'always' AND resolved IS NULL")

        server = self.serve()
        recent = Alerts(server).page()["recent"]
        for alert in before:
            self.assertIn((alert["type"], alert["raised"], alert["resolved"]),
                          [(one["type"], one["raised"], one["resolved"]) for one in recent])
        self.assertIn(raised, [one["raised"] for one in recent], "it was left standing")
        ids = [one["id"] for one in Alerts(server).page()["active"] + recent]
        self.assertEqual(len(ids), len(set(ids)))
        Alerts(server).raised("always")
        # The row of the process before stands until this one's first transaction.
        def standing():
            return [one["raised"] for one in
                    self.history(server, "alerts", "&type=always&state=stands")]
        until(lambda: len(now := standing()) == 1 and now != [raised],
              lambda: f"one of this process alone that stands: {standing()}")
        cut, = self.history(server, "alerts", "&type=always&state=resolved")
        self.assertEqual((cut["raised"], cut["cut_off"], cut["resolved"]), (raised, True, cut["seen"]))
        self.same_as_live(server)
        self.assertEqual(self.rows("SELECT count(*) FROM flag_audit")[0][0], counts[1])
        self.assertEqual(self.rows("SELECT count(*) FROM incidents")[0][0], counts[2])
        self.stop(server)

    def test_a_kill_loses_nothing_that_was_written(self):
        server = self.serve()
        self.drill(server)
        self.same_as_live(server)
        server.process.send_signal(signal.SIGKILL)
        server.exit_code()
        server = self.serve()
        self.same_as_live(server)
        self.assertEqual(len(self.history(server, "alerts", "&type=EMERGENCY_FALLBACK")), 1)
        self.stop(server)

    def test_a_database_of_version_1_is_brought_up(self):
        self.stop(self.serve())
        with sqlite3.connect(self.path / "data" / "storage.db") as database:
            for table in TABLES:
                database.execute(f"DROP TABLE {table}")
            database.execute("UPDATE schema_version SET version = 1")
        database.close()
        server = self.serve()
        self.drill(server)
        self.assertEqual(self.rows("SELECT version FROM schema_version"), [(2,)])
        self.stop(server)

    def test_pages_say_what_they_do_not_take(self):
        server = self.serve()
        for target, named in (("differences?kind=other", "missing, extra, near"),
                              ("audit?symbol=A", "none of that name"),
                              ("incidents?state=open", "stands, resolved"),
                              ("alerts?severity=bad", "info, warning, error, critical"),
                              ("alerts?limit=0", "an integer from 1 to 1000")):
            code, _, text = server.get(f"/api/v1/history/{target}")
            self.assertEqual(code, 400, text)
            self.assertIn(named, json.loads(text)["error"]["message"])
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
