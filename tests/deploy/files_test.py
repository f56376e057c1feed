"""What is in deploy/ fits the program: every expression of the dashboard and the rules names metrics
that there are, every built-in alert has a rule and a runbook, the unit is sound and closed."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from deploy_support import DEPLOY, ROOT, binary, declared_families, need

RULES = DEPLOY / "prometheus" / "tickstock.rules.yml"
RUNBOOKS = ROOT / "docs" / "runbooks"
METRIC = re.compile(r"(?<![\w:$])(tickstock:[\w:]+|(?:tickstock|process)_\w+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
# Alerts that no metric says by itself, or that stand for more than one rule.
ALERT = re.compile(r'table\.(?:above|below|add)\(\s*"(\w+)"')
SECTIONS = ["What it means", "See it", "Causes", "What to do", "When it is over"]


def known_series():
    return {name + suffix for name, kind in declared_families().items()
            for suffix in SUFFIXES[kind]}


def expressions(value):
    """Every `expr` and every variable's query in a dashboard."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("expr", "definition") and isinstance(inner, str):
                yield inner
            else:
                yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


def rule_lines(key):
    """The values of a key in the rules: the file is written a line a value."""
    return re.findall(rf"^\s+(?:- )?{key}: (.+)$", RULES.read_text(), re.M)


class Expressions(unittest.TestCase):
    def names_of(self, text):
        return set(METRIC.findall(re.sub(r'"[^"]*"', '""', text)))

    def test_the_dashboard_asks_for_what_there_is(self):
        known, asked = known_series(), set()
        for expression in expressions(json.loads((DEPLOY / "grafana" / "tickstock.json").read_text())):
            names = self.names_of(expression)
            self.assertTrue(names or "ALERTS" in expression, expression)
            asked |= names
        self.assertEqual(asked - known, set())
        self.assertGreater(len(asked), 80)

    def test_the_dashboard_has_its_rows(self):
        board = json.loads((DEPLOY / "grafana" / "tickstock.json").read_text())
        rows = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
        self.assertEqual(rows, ["Overview", "Latency", "Channels", "Router and shards",
                                "Journal and snapshots", "Feeds", "Clients", "Rollout", "Alerts", "Process"])
        ids = [panel["id"] for panel in board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        cells = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            for y in range(place["y"], place["y"] + place["h"]):
                for x in range(place["x"], place["x"] + place["w"]):
                    self.assertLess(x, 24)
                    self.assertNotIn((x, y), cells, panel["title"] + " lies over another")
                    cells.add((x, y))

    def test_the_rules_ask_for_what_there_is(self):
        known = known_series() | set(rule_lines("record"))
        expressions_ = rule_lines("expr")
        self.assertEqual(len(expressions_), len(rule_lines("alert")) + len(rule_lines("record")))
        for expression in expressions_:
            names = self.names_of(expression) - known
            self.assertEqual(names, set(), expression)

    def test_every_built_in_alert_has_a_rule_and_a_runbook(self):
        source = ROOT / "src" / "monitoring" / "built_in_rules.cpp"
        types = set(ALERT.findall(source.read_text()))
        self.assertGreater(len(types), 15)
        ruled = set(re.findall(r"alert_type: (\w+)", RULES.read_text()))
        self.assertEqual(types - ruled, set())
        for name in types:
            self.assertTrue((RUNBOOKS / f"{name.lower()}.md").exists(), name)

    def test_every_rule_names_a_page_that_exists(self):
        pages = rule_lines("runbook")
        self.assertEqual(len(pages), len(rule_lines("alert")))
        for page in pages:
            self.assertTrue((ROOT / page).exists(), page)

    def test_every_runbook_has_its_parts_and_is_in_the_index(self):
        index = (RUNBOOKS / "README.md").read_text()
        pages = sorted(set(RUNBOOKS.glob("*.md")) - {RUNBOOKS / "README.md"})
        self.assertGreater(len(pages), 20)
        for page in pages:
            headings = re.findall(r"^## (.+)$", page.read_text(), re.M)
            self.assertEqual(headings, SECTIONS, page.name)
            self.assertIn(f"({page.name})", index)


class Prometheus(unittest.TestCase):
    def promtool(self, *arguments):
        need("promtool")
        result = subprocess.run(["promtool", *arguments], cwd=DEPLOY / "prometheus", text=True,
                                capture_output=True, timeout=120, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_rules_are_right(self):
        self.promtool("check", "rules", "--lint=all", "--lint-fatal", "tickstock.rules.yml")

    def test_the_example_is_right(self):
        self.promtool("check", "config", "prometheus.yml")

    def test_rules_raise_and_resolve(self):
        self.promtool("test", "rules", "tickstock.rules.test.yml")


class Unit(unittest.TestCase):
    UNIT = DEPLOY / "systemd" / "tickstock.service"

    def run_systemd(self, *arguments):
        need("systemd-analyze")
        return subprocess.run(["systemd-analyze", *arguments], text=True, capture_output=True,
                              timeout=120, check=False)

    def test_systemd_reads_it_without_complaint(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "tickstock.service"
            unit.write_text(self.UNIT.read_text().replace("/usr/bin/tickstock", binary()))
            result = self.run_systemd("verify", str(unit))
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_it_is_closed(self):
        result = self.run_systemd("security", "--offline=true", str(self.UNIT))
        found = re.search(r"exposure level for tickstock\.service: ([\d.]+)", result.stdout)
        self.assertIsNotNone(found, result.stdout + result.stderr)
        self.assertLessEqual(float(found.group(1)), 1.5)

    def test_the_watchdogs_end_is_a_restart_and_a_wrong_setting_is_not(self):
        text = self.UNIT.read_text()
        stuck = re.search(r"exit_stuck = (\d+)", (ROOT / "src/engine/watchdog.hpp").read_text())
        self.assertIn(f"\nRestartForceExitStatus={stuck.group(1)}\n", text)
        self.assertIn("\nRestartPreventExitStatus=2\n", text)
        result = subprocess.run([binary(), "serve", "--set", "server.port=no"], timeout=60,
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
