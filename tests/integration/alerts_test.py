#!/usr/bin/python3
"""Alerts of the built binary, each by a real cause, until it is over; what a webhook receives, and
the cooldown. Those that need a fault inside the engine are in tests/monitoring/."""
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import unittest.mock

import vendor_double as vendor
from alert_support import PUSH, QUICK, SECRET, Alerts, Clock, Hook, push, take_rows, until
from support import PATIENCE, Server, binary, write_small_file


class Causes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_alerts_")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def secret_file(self):
        path = self.path / "secret"
        path.write_text(SECRET + "\n")
        path.chmod(0o600)
        return str(path)

    def serve(self, *arguments):
        server = Server(*QUICK, *arguments)
        self.addCleanup(server.__exit__)
        return server

    def command(self, server, target):
        code, answer = server.request("POST", target)
        self.assertEqual(code, 200, answer)

    def post(self, server, target, body):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        try:
            connection.request("POST", target, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200, answer.read())
        finally:
            connection.close()

    def test_emergency_fallback_holds_until_a_person_re_enables(self):
        server = self.serve(*PUSH, "--set", "integration.installed=true")
        alerts = Alerts(server)
        until(lambda: server.get("/readyz")[0] == 200, "ready")
        self.assertIsNone(alerts.active("EMERGENCY_FALLBACK"))
        self.post(server, "/api/v1/rollout/disable", {"reason": "a drill"})
        alert = alerts.raised("EMERGENCY_FALLBACK", severity="critical")
        incident = server.page("/api/v1/rollout/incidents")["incidents"][0]
        self.assertEqual((incident["cause"], incident["by"], incident["resolved"]),
                         ("manual", "api:local", None))
        self.assertIn(incident["id"], alert["message"])
        self.assertEqual(alert["runbook"], "emergency_fallback")
        self.post(server, "/api/v1/rollout/enable", {"reason": "the drill is over"})
        alerts.resolved("EMERGENCY_FALLBACK")
        self.assertIsNone(server.page("/api/v1/rollout")["incident"])

    def test_an_error_alert_keeps_a_rollout_in_its_first_phase(self):
        folder = self.path / "config" / "alerts"
        folder.mkdir(parents=True)
        (folder / "mine.json").write_text(json.dumps({"alerts": [
            {"name": "always", "condition": "system.symbols >= 0", "severity": "error"},
            {"name": "mild", "condition": "system.symbols >= 0", "severity": "warning"}]}))
        server = self.serve(*PUSH, "--set", "integration.installed=true",
                            "--config", str(folder.parent))

        def criterion():
            return next(one for one in server.page("/api/v1/rollout")["phase"]["criteria"]
                        if one["name"] == "error_alerts")

        Alerts(server).raised("always")
        until(lambda: criterion()["value"] == 1, "an error alert that counts")
        self.assertIs(criterion()["met"], False)

    def test_queue_overflow_the_webhook_and_the_cooldown(self):
        with Hook(plan=[500, 0]) as hook:
            server = self.serve(
                *PUSH, "--set", "channels.tick.queue_size=100",
                "--set", f"monitoring.webhook_urls=http://127.0.0.1:{hook.port}/hook?token=hidden",
                "--set", f"monitoring.webhook_secret_file={self.secret_file()}",
                "--set", "monitoring.cooldown_seconds=3600")
            alerts, clock = Alerts(server), Clock()
            take_rows(server)
            self.command(server, "/api/v1/channels/tick/pause")
            push(server, clock.trades(80))
            until(lambda: (alerts.active("QUEUE_OVERFLOW", "tick") or {}).get("value") == 80, "all rows wait")
            first = alerts.raised("QUEUE_OVERFLOW", "tick", "warning")
            self.assertEqual((first["value"], first["threshold"], first["runbook"], first["resolved"]),
                             (80, 75, "queue_overflow", None))
            self.assertEqual(first["message"], "the queue of channel default_tick holds 80 of 100 records")
            push(server, clock.trades(30))
            worse = alerts.raised("QUEUE_OVERFLOW", "tick", "error")
            self.assertEqual((worse["id"], worse["threshold"]), (first["id"], 95))
            in_status = next(one for one in server.status()["alerts"] if one["type"] == "queue_overflow")
            self.assertEqual((in_status["severity"], in_status["raised"]), ("error", None))
            self.command(server, "/api/v1/channels/tick/resume")
            over = alerts.resolved("QUEUE_OVERFLOW", "tick")
            self.assertEqual(over["id"], first["id"])
            self.assertAlmostEqual(over["duration_seconds"], (over["resolved"] - over["raised"]) / 1e9, 5)
            # Again, within the cooldown: suppressed, and raised as it ends.
            self.command(server, "/api/v1/channels/tick/pause")
            push(server, clock.trades(90))
            until(lambda: alerts.page()["suppressed"] == 1, "one that is suppressed")
            self.assertIsNone(alerts.active("QUEUE_OVERFLOW", "tick"))
            cooldown = (time.time_ns() - first["raised"]) // 10**9 + 3
            self.set(server, **{"monitoring.cooldown_seconds": cooldown})
            again = alerts.raised("QUEUE_OVERFLOW", "tick")
            self.assertGreater(again["id"], first["id"])
            self.assertGreaterEqual(again["raised"] - first["raised"], cooldown * 10**9)
            self.command(server, "/api/v1/channels/tick/resume")
            alerts.resolved("QUEUE_OVERFLOW", "tick")
            told = [("raised", "warning"), ("worsened", "error"), ("resolved", "error"),
                    ("raised", "warning"), ("resolved", "warning")]
            until(lambda: [(change, severity) for change, kind, severity in hook.taken()
                           if kind == "QUEUE_OVERFLOW"] == told, lambda: hook.taken())
            self.check_deliveries(hook, server)
            page = alerts.page("?type=QUEUE_OVERFLOW&channel=tick&limit=1&since_hours=1")
            self.assertEqual([one["id"] for one in page["recent"]], [again["id"]])
            self.assertEqual(page["webhook"]["failed"] + page["webhook"]["dropped"], 0)
            server.terminate()
            self.assertEqual(server.exit_code(), 0, server.lines)
            log = "".join(server.lines)
            self.assertIn("QUEUE_OVERFLOW (warning) tick: the queue of channel default_tick holds", log)
            self.assertIn("worsened: QUEUE_OVERFLOW (error) tick", log)
            self.assertRegex(log, r"resolved: QUEUE_OVERFLOW .*, after \d+\.\d s")
            self.assertNotIn("hidden", log)
            self.assertNotIn(SECRET, log)

    def check_deliveries(self, hook, server):
        """The first message came three times, with the same name; everything is signed."""
        first = [one for one in hook.received if one[1]["X-TickStock-Attempt"] == "1"][0]
        tries = [one for one in hook.received
                 if one[1]["X-TickStock-Delivery"] == first[1]["X-TickStock-Delivery"]]
        self.assertEqual([one[3] for one in tries], [500, 0, 204])
        self.assertEqual([one[1]["X-TickStock-Attempt"] for one in tries], ["1", "2", "3"])
        self.assertEqual(len({one[2] for one in tries}), 1, "the same body each time")
        for path, headers, body, _ in hook.received:
            self.assertEqual(path, "/hook?token=hidden")
            self.assertEqual(headers["Content-Type"], "application/json")
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-TickStock-Signature"], "sha256=" + digest)
        metrics = server.get("/metrics")[2]
        self.assertRegex(metrics, r'(?m)^tickstock_alerts_raised_total [1-9]')
        self.assertRegex(metrics, r'(?m)^tickstock_alerts_suppressed_total [1-9]')

    def test_a_webhook_over_tls_and_one_that_nobody_answers(self):
        certificate, key = self.path / "hook.pem", self.path / "hook.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and never listens
            nobody = taken.getsockname()[1]
            for trusted in (True, False):
                with Hook(context=context) as hook:
                    environment = {"SSL_CERT_FILE": str(certificate)} if trusted else {}
                    with unittest.mock.patch.dict(os.environ, environment):
                        server = self.serve(
                            *PUSH, "--set", "monitoring.memory_limit_bytes=1048576",
                            "--set", "monitoring.webhook_attempts=1", "--set",
                            f"monitoring.webhook_urls=https://127.0.0.1:{hook.port}/,http://127.0.0.1:{nobody}/")
                    until(lambda: Alerts(server).page()["webhook"]["failed"] >= (1 if trusted else 2),
                          "failures")
                    if trusted:
                        until(hook.taken, "a message over TLS")
                        self.assertEqual(hook.taken()[0], ("raised", "MEMORY_USAGE", "warning"))
                        self.assertNotIn("X-TickStock-Signature", hook.received[0][1])
                    else:
                        self.assertEqual(hook.received, [])
                        self.assertTrue(any("certificate" in line for line in server.lines), server.lines)
                    self.assertTrue(any("connecting: Connection refused" in line for line in server.lines))
                    server.terminate()
                    self.assertEqual(server.exit_code(), 0, server.lines)

    def test_what_cannot_be_is_refused_at_the_start(self):
        for setting, words in (("monitoring.webhook_urls=ftp://host/secret", "monitoring.webhook_urls"),
                               ("monitoring.webhook_urls=http://me:secret@host/", "monitoring.webhook_urls"),
                               ("monitoring.webhook_secret_file=/nonexistent/file", "/nonexistent/file")):
            result = subprocess.run([binary(), "serve", "--port", "0", "--data", str(self.path / "data"),
                                     *PUSH, "--set", setting], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(words, result.stderr)
            self.assertNotIn("secret@", result.stderr)
        config = self.path / "config"
        (config / "alerts").mkdir(parents=True)
        (config / "alerts" / "mine.json").write_text(
            '{"alerts":[\n{"name":"x","condition":"channel.queue_sise > 1"}]}')
        result = subprocess.run([binary(), "serve", "--port", "0", "--data", str(self.path / "data"), *PUSH,
                                 "--config", str(config)], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("alerts/mine.json:2: condition = \"channel.queue_sise > 1\": no metric is called "
                      "channel.queue_sise; the nearest are channel.queue_size", result.stderr)

    def test_memory_usage_and_rules_of_people_follow_the_configuration(self):
        config = self.path / "config"
        (config / "alerts").mkdir(parents=True)
        mine = config / "alerts" / "mine.json"
        mine.write_text(json.dumps({"alerts": [
            {"name": "busy", "condition": "system.symbols >= 1", "severity": "info",
             "description": "Somebody trades", "for": "1s"},
            {"name": "SYSTEM_HEALTH", "enabled": False}]}))
        server = self.serve(*PUSH, "--config", str(config))
        alerts = Alerts(server)
        take_rows(server)
        names = {one["name"]: one for one in alerts.page()["rules"]}
        self.assertNotIn("SYSTEM_HEALTH", names)
        self.assertEqual(names["busy"], {
            "name": "busy", "metric": "system.symbols", "op": ">=", "threshold": 1, "severity": "info",
            "description": "Somebody trades", "for_seconds": 1, "built_in": False})
        self.assertIsNone(alerts.active("busy"))
        push(server, Clock().trades(3))
        busy = alerts.raised("busy")
        self.assertEqual((busy["severity"], busy["runbook"]), ("info", None))
        self.assertIn("Somebody trades: system.symbols is 1", busy["message"])
        self.assertIsNone(alerts.active("MEMORY_USAGE"))
        self.set(server, **{"monitoring.memory_limit_bytes": 1048576})
        memory = alerts.raised("MEMORY_USAGE", None, "warning")
        self.assertGreater(memory["value"], memory["threshold"])
        self.assertEqual(memory["threshold"], 1048576)
        self.set(server, **{"monitoring.memory_limit_bytes": 10**12})
        alerts.resolved("MEMORY_USAGE")
        mine.write_text(json.dumps({"alerts": []}))
        code, answer = server.request("POST", "/api/v1/config/reload")
        self.assertEqual(code, 200, answer)
        alerts.resolved("busy")
        self.assertIn("SYSTEM_HEALTH", [one["name"] for one in alerts.page()["rules"]])
        self.set(server, **{"monitoring.memory_limit_bytes": 1048576, "monitoring.cooldown_seconds": 0})
        alerts.raised("MEMORY_USAGE")
        self.set(server, **{"monitoring.enabled": False})
        alerts.resolved("MEMORY_USAGE")

    def set(self, server, **settings):
        code, answer = server.request("PATCH", "/api/v1/config", {"settings": settings, "save": False})
        self.assertEqual(code, 200, answer)

    def test_low_confidence_a_silent_source_and_health(self):
        server = self.serve(*PUSH, "--set", "monitoring.feed_stale_seconds=2")
        alerts, clock = Alerts(server), Clock()
        take_rows(server)
        push(server, clock.trades(5))
        stale = alerts.raised("FEED_STALE", "push", "error")
        self.assertIn("source push has given no record for", stale["message"])
        push(server, clock.trades(5))
        alerts.resolved("FEED_STALE", "push")
        unsure = clock.values(40, 0.72)  # surer than rules.fmv.min_confidence
        push(server, unsure)
        low = alerts.raised("LOW_CONFIDENCE", "fmv", "info")
        self.assertAlmostEqual(low["value"], 0.72, 5)
        dashboard = server.page("/api/v1/dashboard")
        self.assertAlmostEqual(dashboard["channel_details"][2]["mean_confidence"], 0.72, 5)
        push(server, clock.values(400, 0.99))
        alerts.resolved("LOW_CONFIDENCE", "fmv")
        self.command(server, "/api/v1/channels/ohlcv/pause")
        health = alerts.raised("SYSTEM_HEALTH", "engine", "error")
        self.assertEqual(health["message"], "not ready: channel ohlcv: paused")
        self.assertEqual(server.page("/api/v1/dashboard")["system_overview"]["status"], "NOT_READY")
        self.command(server, "/api/v1/channels/ohlcv/resume")
        alerts.resolved("SYSTEM_HEALTH", "engine")

    def test_unknown_conditions_and_a_rule_that_fails(self):
        config = self.path / "config"
        (config / "rules").mkdir(parents=True)
        (config / "rules" / "mine.json").write_text(json.dumps(
            {"rules": [{"name": "broken", "kind": "event", "when": "price / (volume - volume) > 1"}]}))
        server = self.serve(*PUSH, "--config", str(config))
        alerts, clock = Alerts(server), Clock()
        take_rows(server)
        rows = clock.trades(30)
        rows[0]["conditions"] = [99]
        push(server, rows)
        unknown = alerts.seen("UNKNOWN_CONDITION", "code 99", "warning")
        self.assertIn("sale condition 99 is in no row of the table", unknown["message"])
        alerts.resolved("UNKNOWN_CONDITION", "code 99")
        self.assertIn("unknown_condition", [one["type"] for one in server.status()["alerts"]],
                      "the status still tells what has ever come")
        disabled = alerts.raised("RULE_DISABLED", "broken", "error")
        self.assertIn("rule broken is switched off for 1 symbol", disabled["message"])
        self.command(server, "/api/v1/rules/broken/off")
        alerts.resolved("RULE_DISABLED", "broken")

    def test_a_feed_with_a_gap_and_a_stall(self):
        tape, _ = vendor.write_trades(self.folder.name, 24000)
        with vendor.Double(tape, "--api-key", vendor.KEY, "--speed", "1", "--fault", "drop@4000:reset:400",
                           "--fault", "stall@12000:6000") as double:
            with unittest.mock.patch.dict(os.environ, {"TICKSTOCK_POLYGON_KEY": vendor.KEY}):
                settings = {"url": double.url, "certificate_file": double.certificate, "channels": "T",
                            "backfill": "false", "reconnect_seconds": 0.01, "delay_seconds": 0, "silence_seconds": 60}
                server = self.serve("--source", "polygon", "--set", "source.clock=event",
                                    "--set", "monitoring.feed_stale_seconds=2",
                                    *[part for name, value in settings.items()
                                      for part in ("--set", f"source.polygon.{name}={value}")])
            alerts = Alerts(server)
            gap = alerts.seen("FEED_GAP", "polygon", "warning")
            self.assertIn("source polygon has", gap["message"])
            alerts.resolved("FEED_GAP", "polygon")
            stale = alerts.seen("FEED_STALE", "polygon", "error")
            self.assertGreater(stale["value"], 2)
            alerts.resolved("FEED_STALE", "polygon")


class FullDisk(unittest.TestCase):
    """A tmpfs of 64 MiB; another file takes the room and gives it back."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_full_")
        self.disk = pathlib.Path(self.folder.name) / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(self.disk)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.folder.cleanup()
            self.skipTest("no tmpfs can be mounted here: " + mounted.stderr.strip())

    def tearDown(self):
        subprocess.run(["umount", str(self.disk)], check=True)
        self.folder.cleanup()

    def test_a_journal_that_cannot_write(self):
        mebibyte = 1 << 20
        with Server(*QUICK, "--source", "synthetic", "--symbols", "50", "--data", str(self.disk / "data"),
                    "--set", "source.synthetic.start_at=09:31:00",
                    "--set", "source.synthetic.trades_per_second=100",
                    "--set", f"journal.reserve_bytes={4 * mebibyte}",
                    "--set", f"journal.segment_bytes={mebibyte}") as server:
            alerts = Alerts(server)
            until(lambda: server.get("/readyz")[0] == 200, "ready")
            ballast = self.disk / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(64 * 1024))
                except OSError:
                    pass
            journal = alerts.raised("JOURNAL", None, "critical")
            self.assertIn("the journal does not write (disk_full)", journal["message"])
            ballast.unlink()
            alerts.resolved("JOURNAL")
            until(lambda: server.get("/readyz")[0] == 200, "ready again")
            server.terminate()
            self.assertEqual(server.exit_code(), 0, server.lines)


class Pages(unittest.TestCase):
    def test_the_dashboard_has_the_seeds_keys(self):
        with tempfile.TemporaryDirectory() as folder:
            with Server(*QUICK, "--source", "replay", "--file", write_small_file(folder), "--speed", "0",
                        "--no-loop") as server:
                until(lambda: server.status().get("sources", [{}])[0].get("state") == "ended", "the end")
                page = until(lambda: (lambda one: one if one["system_overview"]["total_processed"] >= 6000
                                      else None)(server.page("/api/v1/dashboard")), "all trades")
                self.assertEqual(list(page), ["system_overview", "channel_details", "active_alerts",
                                              "recent_alerts", "performance_thresholds"])
                overview = page["system_overview"]
                self.assertEqual(overview["status"], "READY")
                self.assertEqual(overview["active_symbols"], {"tick": 5, "ohlcv": 0, "fmv": 0})
                self.assertEqual(overview["memory_limit_bytes"], 2000000000)
                self.assertGreater(overview["memory_used_bytes"], 10**6)
                self.assertGreaterEqual(overview["uptime_seconds"], 0)
                self.assertLessEqual(overview["uptime_percent"], 100)
                self.assertEqual(overview["router"], {"success_rate": 100, "errors": 0, "circuit": "closed"})
                tick, ohlcv, fmv = page["channel_details"]
                self.assertEqual([one["name"] for one in (tick, ohlcv, fmv)], ["tick", "ohlcv", "fmv"])
                self.assertEqual((tick["status"], tick["healthy"], tick["success_rate"]), ("active", True, 100))
                self.assertGreater(tick["p99_ms"], 0)
                self.assertIsNone(fmv["mean_confidence"])
                self.assertEqual(page["performance_thresholds"]["latency_p99_ms"], 50)

    def test_parameters_are_checked(self):
        with Server(*QUICK, *PUSH) as server:
            for query in ("limit=0", "limit=1001", "limit=x", "since_hours=0", "since_hours=2161", "kind=x"):
                status, _, body = server.get("/api/v1/alerts?" + query)
                self.assertEqual(status, 400, query)
                self.assertIn(query.split("=")[0], json.loads(body)["error"]["message"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of pipes that the Server helper leaves to its end
