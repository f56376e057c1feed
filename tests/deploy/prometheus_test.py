"""Debian's Prometheus scrapes a running server, loads the rules of deploy/, and answers what the
dashboard asks; an alert fires from a real cause."""
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from deploy_support import DEPLOY, Server, need, until


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Prometheus:
    """The example configuration with a faster clock and this server's port."""

    def __init__(self, folder, target):
        folder = pathlib.Path(folder)
        text = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
        text = re.sub(r"_interval: 15s", "_interval: 1s", text)
        text = text.replace("localhost:8080", f"127.0.0.1:{target}")
        (folder / "prometheus.yml").write_text(text)
        rules = (DEPLOY / "prometheus" / "tickstock.rules.yml").read_text()
        (folder / "tickstock.rules.yml").write_text(
            re.sub(r"\bfor: \w+", "for: 1s", rules.replace("interval: 15s", "interval: 1s")))
        self.log = folder / "log"
        for _ in range(3):  # a port that was free may be taken a moment later
            self.port = free_port()
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml",
                 f"--storage.tsdb.path={folder}/data", "--log.level=warn",
                 f"--web.listen-address=127.0.0.1:{self.port}"],
                stdout=subprocess.DEVNULL, stderr=self.log.open("w"))
            if self.is_up():
                return
            self.stop()
        raise AssertionError("prometheus did not start:\n" + self.log.read_text())

    def is_up(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).status == 200:
                    return True
            except OSError:
                pass
            time.sleep(0.1)
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def ask(self, path, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?" + urllib.parse.urlencode(query)
        answer = json.loads(urllib.request.urlopen(url, timeout=30).read())
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(self, expression):
        """Of an expression with one series; None without."""
        result = self.ask("query", query=expression)["result"]
        return float(result[0]["value"][1]) if result else None


class Scrape(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need("prometheus")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.server = Server("--symbols", "50", "--set", "source.synthetic.start_at=09:35:00",
                            "--set", "integration.installed=true")
        cls.addClassCleanup(cls.server.__exit__)
        until(lambda: cls.server.get("/readyz")[0] == 200, "ready")
        cls.prometheus = Prometheus(folder.name, cls.server.port)
        cls.addClassCleanup(cls.prometheus.stop)
        until(lambda: (cls.prometheus.value("count_over_time(tickstock_ready[1m])") or 0) >= 3, "scrapes")

    def test_the_target_is_up_and_every_sample_is_taken(self):
        target, = self.prometheus.ask("targets")["activeTargets"]
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))
        self.assertGreater(self.prometheus.value("scrape_samples_scraped"), 500)
        # In one question: the next scrape may have more.
        dropped = "scrape_samples_scraped - scrape_samples_post_metric_relabeling"
        self.assertEqual(self.prometheus.value(dropped), 0)
        self.assertNotIn("Error on ingesting", self.prometheus.log.read_text())

    def test_series_say_what_the_server_says(self):
        until(lambda: self.prometheus.value("sum(rate(tickstock_records_total[10s]))"), "records")
        until(lambda: self.prometheus.value("tickstock_engine_symbols") == 50, "every symbol")
        series = self.prometheus.ask("query", query="tickstock_latency_seconds_count")["result"]
        self.assertEqual({one["metric"]["stage"] for one in series},
                         {"admission", "journal", "detection", "publishing", "client"})
        kinds = self.prometheus.ask("metadata", metric="tickstock_channel_processing_seconds")
        self.assertEqual(kinds["tickstock_channel_processing_seconds"][0]["type"], "histogram")

    def test_rules_load_and_are_evaluated(self):
        groups = self.prometheus.ask("rules")["groups"]
        self.assertEqual({group["name"] for group in groups}, {"tickstock", "tickstock-recorded"})
        until(lambda: all(rule["health"] == "ok" for group in self.prometheus.ask("rules")["groups"]
                          for rule in group["rules"]), "every rule evaluated")
        until(lambda: self.prometheus.value("count(tickstock:processing_p99_seconds:1m)"), "a recorded series")

    def test_every_question_of_the_dashboard_can_be_asked(self):
        board = json.loads((DEPLOY / "grafana" / "tickstock.json").read_text())
        empty = []
        for panel in board["panels"]:
            answers = 0
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "10s")
                expression = expression.replace("$job", ".*").replace("$instance", ".*")
                answers += len(self.prometheus.ask("query", query=expression)["result"])
            if panel.get("targets") and answers == 0:
                empty.append(panel["title"])
        # Nothing wrong here, no live feed, no client, no snapshot yet: those panels may be empty.
        self.assertLess(len(empty), 16, empty)
        for title in ("Ready", "Events by type", "Queue, of its limit", "Symbols on a shard", "Memory",
                      "Data directory", "The same, median"):
            self.assertNotIn(title, empty)

    def test_an_alert_fires_and_goes(self):
        """A channel is paused, so the server is not ready."""
        def firing():
            alerts = self.prometheus.ask("alerts")["alerts"]
            return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

        self.assertNotIn("TickStockNotReady", firing())
        self.server.request("POST", "/api/v1/channels/tick/pause")
        until(lambda: "TickStockNotReady" in firing(), "TickStockNotReady")
        self.server.request("POST", "/api/v1/channels/tick/resume")
        until(lambda: "TickStockNotReady" not in firing(), "the end of TickStockNotReady")


if __name__ == "__main__":
    unittest.main(verbosity=2)
