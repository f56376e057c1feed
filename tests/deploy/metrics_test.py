"""/metrics in both formats, read strictly; every declared family is there; what people see there adds
up; health and readiness say what SPEC 12 wants."""
import http.client
import json
import subprocess
import unittest

from deploy_support import Server, declared_families, need, until
from openmetrics import FormatError, parse

OPEN = {"Accept": "application/openmetrics-text; version=1.0.0"}
# Families that a server without credentials does not show.
NEEDS_CREDENTIALS = {"tickstock_auth_failures_total", "tickstock_auth_successes_total"}
# Before the first snapshot there is none to tell of.
NEEDS_SNAPSHOT = {"tickstock_snapshot_sequence", "tickstock_snapshot_age_seconds",
                  "tickstock_snapshot_last_seconds", "tickstock_snapshot_bytes"}
# Without the integrator only that it is not enabled is told.
NEEDS_INTEGRATOR = ("tickstock_integration_", "tickstock_rollout_")


def needs_integrator(name):
    return name.startswith(NEEDS_INTEGRATOR) and name != "tickstock_integration_enabled"


# (text, what the reader must say): each breaks one rule of OpenMetrics.
BROKEN = [
    ("# TYPE a gauge\n# HELP a x\na 1\n", "EOF"),
    ("# TYPE a_total counter\n# HELP a_total x\na_total 1\n# EOF\n", "no sample|_total belongs"),
    ("# TYPE a gauge\n# HELP a x\na 1\n\n# EOF\n", "empty line"),
    ("# TYPE a gauge\n# HELP a x\na  1\n# EOF\n", "one space"),
    ("# TYPE a gauge\n# HELP a x\na 1\na 2\n# EOF\n", "twice"),
    ("# TYPE a gauge\n# HELP a x\na{l=\"\\t\"} 1\n# EOF\n", "escape"),
    ("# TYPE a gauge\n# HELP a x\na{l=\"x} 1\n# EOF\n", "without end"),
    ("# TYPE a gauge\n# HELP a x\na{l=\"x\",} 1\n# EOF\n", "comma"),
    ("# TYPE a gauge\n# HELP a x\nb 1\n# EOF\n", "no sample of"),
    ("# TYPE a counter\n# HELP a x\na_total -1\n# EOF\n", "counts"),
    ("# TYPE a_seconds gauge\n# HELP a_seconds x\na_seconds 1\n# EOF\n", "no UNIT"),
    ("# TYPE a gauge\n# HELP a x\na 1\n# TYPE b gauge\n# HELP b x\nb 1\n# TYPE a gauge\n# EOF\n",
     "stands twice"),
    ("# TYPE a histogram\n# HELP a x\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\n"
     "a_count 1\n# EOF\n", "fall"),
    ("# TYPE a histogram\n# HELP a x\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\n"
     "a_count 2\n# EOF\n", "count is not"),
    ("# TYPE a histogram\n# HELP a x\na_bucket{le=\"1.0\"} 1\na_sum 1\na_count 1\n# EOF\n", "bounds"),
]


class Reader(unittest.TestCase):
    def test_refuses_what_is_not_allowed(self):
        for text, reason in BROKEN:
            with self.subTest(reason=reason), self.assertRaisesRegex(FormatError, reason):
                parse(text, True)

    def test_undoes_escapes(self):
        text = '# TYPE a gauge\n# HELP a x\\\\y\\nz\na{l="q\\"b\\\\n\\n"} 1\n# EOF\n'
        family = parse(text, True)["a"]
        self.assertEqual(family.help, "x\\y\nz")
        self.assertEqual(family.samples[0][1]["l"], 'q"b\\n\n')


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--symbols", "50", "--set", "source.synthetic.start_at=09:35:00",
                            "--set", "snapshot.interval_seconds=1")
        cls.addClassCleanup(cls.server.__exit__)
        until(lambda: cls.server.get("/readyz")[0] == 200, "ready")
        cls.listen(cls.server.port)
        until(lambda: cls.sample("tickstock_latency_seconds_count", stage="client"), "a client's event")
        until(lambda: cls.sample("tickstock_snapshot_sequence"), "a snapshot")

    @classmethod
    def listen(cls, port):
        """A client of the event stream, for as long as the class lasts."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/v1/events/stream")
        cls.stream = connection.getresponse()
        cls.addClassCleanup(connection.close)

    @classmethod
    def families(cls, is_open=True):
        status, headers, body = cls.server.get("/metrics", OPEN if is_open else {})
        assert status == 200, body
        wanted = "application/openmetrics-text; version=1.0.0" if is_open else "text/plain; version=0.0.4"
        assert headers["Content-Type"].startswith(wanted), headers
        return parse(body, is_open)

    @classmethod
    def sample(cls, sample_name, **labels):
        for family in cls.families().values():
            for name, has, value in family.samples:
                if name == sample_name and has == labels:
                    return value
        return None

    def test_both_formats_hold_the_same_families(self):
        plain, open_ = self.families(False), self.families(True)
        named = {f.name + ("_total" if f.type == "counter" else ""): f.type for f in open_.values()}
        self.assertEqual(named, {f.name: f.type for f in plain.values()})

    def test_every_declared_family_is_there_and_no_other(self):
        shown = {f.name: f.type for f in self.families(False).values()}
        declared = declared_families()
        self.assertEqual(set(shown) - set(declared), set())
        for name in NEEDS_CREDENTIALS:
            declared.pop(name)
        declared = {n: t for n, t in declared.items() if not needs_integrator(n)}
        alerts = {n for n in declared if n.startswith(("tickstock_alert", "tickstock_webhook"))}
        if not alerts & set(shown):  # monitoring.enabled = false
            declared = {n: t for n, t in declared.items() if n not in alerts}
        self.assertEqual(set(declared) - set(shown), set())
        self.assertEqual({n: shown[n] for n in declared}, declared)

    def test_latency_of_every_stage_adds_up(self):
        counts, sums = {}, {}
        for name, labels, value in self.families()["tickstock_latency_seconds"].samples:
            if name.endswith("_count"):
                counts[labels["stage"]] = value
            elif name.endswith("_sum"):
                sums[labels["stage"]] = value
        stages = ["admission", "journal", "detection", "publishing"]
        self.assertEqual(set(counts), {*stages, "client"})
        self.assertGreater(counts["publishing"], 0)
        self.assertGreaterEqual(counts["admission"], counts["publishing"])
        for one, other in (("admission", "journal"), ("journal", "publishing"),
                           ("detection", "publishing")):
            mean_one, mean_other = sums[one] / counts[one], sums[other] / counts[other]
            self.assertLessEqual(mean_one, mean_other * 1.01 + 1e-6, (one, other))
        self.assertGreater(counts["client"], 0)

    def test_what_the_process_uses(self):
        for name in ("process_resident_memory_bytes", "process_virtual_memory_bytes", "process_threads",
                     "process_open_fds", "process_max_fds", "tickstock_data_free_bytes"):
            self.assertGreater(self.sample(name), 0, name)
        self.assertGreater(self.sample("process_context_switches_total", type="voluntary"), 0)
        self.assertGreater(self.sample("process_page_faults_total", type="minor"), 0)
        self.assertGreater(self.sample("tickstock_data_bytes", folder="journal"), 0)
        self.assertGreater(self.sample("tickstock_data_bytes", folder="snapshots"), 0)
        self.assertEqual(self.sample("tickstock_thread_stalled", thread="server"), 0)

    def test_promtool_has_nothing_to_say(self):
        need("promtool")
        text = self.server.get("/metrics")[2]
        result = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                                capture_output=True, timeout=60, check=False)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_readiness_follows_a_paused_channel(self):
        """SPEC 12: every enabled channel is active, or the page names the one that is not."""
        self.assertEqual(self.server.get("/healthz")[0], 200)
        self.server.request("POST", "/api/v1/channels/ohlcv/pause")
        body = until(lambda: (lambda answer: answer[2] if answer[0] == 503 else None)(
            self.server.get("/readyz")), "not ready")
        self.assertEqual(json.loads(body), {"ready": False, "missing": ["channel ohlcv: paused"]})
        self.assertEqual(self.sample("tickstock_ready"), 0)
        self.assertEqual(self.server.get("/healthz")[0], 200, "alive all the same")
        self.server.request("POST", "/api/v1/channels/ohlcv/resume")
        until(lambda: self.server.get("/readyz")[0] == 200, "ready again")
        self.assertEqual(self.sample("tickstock_ready"), 1)


class Rollout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--symbols", "20", "--set", "source.synthetic.start_at=09:35:00",
                            "--set", "integration.installed=true")
        cls.addClassCleanup(cls.server.__exit__)
        until(lambda: cls.server.get("/readyz")[0] == 200, "ready")

    def families(self):
        return parse(self.server.get("/metrics", OPEN)[2], True)

    def test_an_integrator_shows_every_family_of_its_own(self):
        until(lambda: "tickstock_rollout_phase" in self.families(), "a status of the rollout")
        shown = {f.name + ("_total" if f.type == "counter" else ""): f.type
                 for f in self.families().values()}
        wanted = {n: t for n, t in declared_families().items() if n.startswith(NEEDS_INTEGRATOR)}
        self.assertGreater(len(wanted), 25)
        self.assertEqual({n: shown.get(n) for n in wanted}, wanted)

    def test_the_linear_path_works_every_trade(self):
        def counts():
            stages = {}
            for name, labels, value in self.families()["tickstock_stage_in"].samples:
                stages[labels["stage"]] = value
            return stages if stages["linear"] > 0 else None
        self.assertGreaterEqual(until(counts, "trades")["selection"], 0)

    def test_promtool_has_nothing_to_say(self):
        need("promtool")
        result = subprocess.run(["promtool", "check", "metrics"], text=True, timeout=60,
                                input=self.server.get("/metrics")[2], capture_output=True,
                                check=False)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
