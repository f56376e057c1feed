#!/usr/bin/python3
"""`tickstock validate` run as a person would: the quick run is whole and its report reads; what is
broken on purpose fails with words that say what; an interrupted run leaves nothing behind."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from support import binary

PATIENCE = 280  # seconds for a run


def children_of(parent):
    children = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may hold anything: state, parent, …
            if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(entry.parent.name))
        except (OSError, ValueError, IndexError):
            pass  # it has ended
    return children


class Validate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_validate_test_")
        self.path = pathlib.Path(self.folder.name)
        self.scratch = self.path / "tmp"
        self.scratch.mkdir()

    def tearDown(self):
        self.folder.cleanup()

    def command(self, *arguments):
        return [binary(), "validate", *arguments]

    def environment(self):
        return {**os.environ, "TMPDIR": str(self.scratch)}

    def run_it(self, *arguments):
        result = subprocess.run(self.command(*arguments), capture_output=True, text=True,
                                timeout=PATIENCE, env=self.environment())
        self.assertEqual(list(self.scratch.iterdir()), [], "temporary files are left behind")
        return result

    def report(self, *arguments):
        """(exit code, report as JSON, gates by full name)."""
        target = self.path / "report.md"
        result = self.run_it(*arguments, "--figures-only", "--report", str(target))
        self.assertTrue(target.exists(), result.stderr)
        report = json.loads((self.path / "report.json").read_text())
        self.assertEqual(result.stdout, target.read_text())
        gates = {f"{gate['group']}.{gate['name']}": gate for gate in report["gates"]}
        return result.returncode, report, gates

    def test_the_quick_run_passes_and_reports_every_gate(self):
        code, report, gates = self.report("--quick")
        blocking = {name: gate["detail"] for name, gate in gates.items()
                    if gate["decides"] and gate["verdict"] != "PASS"}
        self.assertEqual(blocking, {})
        self.assertEqual(code, 0)
        self.assertTrue(report["passed"])
        self.assertGreater(report["machine"]["cores"], 0)
        listed = self.run_it("--list").stdout
        for name, gate in gates.items():
            self.assertIn(f"  {gate['name']} ", listed)
            self.assertIn(gate["source"], listed)
            self.assertNotEqual(gate["verdict"], "SKIP", name)
            if gate["comparison"] != "holds":
                self.assertIsNotNone(gate["figure"], (name, gate["detail"]))
        self.assertEqual({gate["group"] for gate in gates.values()},
                         {"functional", "load", "latency", "memory", "integrity", "websocket",
                          "monitoring", "recovery"})

    def test_a_detector_that_is_off_fails_the_functional_gates_by_name(self):
        config = self.path / "config"
        config.mkdir()
        text = '{"high_low": {"enabled": false}}'
        (config / "tickstock.json").write_text(text)
        code, report, gates = self.report("functional", "--config", str(config))
        self.assertEqual(code, 1)
        self.assertFalse(report["passed"])
        gate = gates["functional.event_types"]
        self.assertEqual(gate["verdict"], "FAIL")
        self.assertIn("high_low.enabled is false", gate["detail"])
        # The program itself is still right, and the file as it was.
        self.assertEqual(gates["functional.known_tape"]["verdict"], "PASS")
        self.assertEqual((config / "tickstock.json").read_text(), text)
        self.assertEqual(set(gates), {"functional." + name for name in
                                      ("known_tape", "event_types", "channels", "over_the_wire")})

    def test_a_channel_that_is_off_fails_the_functional_gates_by_name(self):
        code, _, gates = self.report("functional", "--set", "channels.ohlcv.enabled=false")
        self.assertEqual(code, 1)
        self.assertEqual(gates["functional.channels"]["verdict"], "FAIL")
        self.assertIn("channels.ohlcv.enabled is false", gates["functional.channels"]["detail"])

    def test_a_server_that_does_not_start_fails_what_needs_it(self):
        code, _, gates = self.report("websocket", "--set", "source.push.queue_bytes=65536",
                                     "--set", "intake.condition_table=/nonexistent")
        self.assertEqual(code, 1)
        for gate in gates.values():
            self.assertEqual(gate["verdict"], "FAIL")
            self.assertIn("the server did not start", gate["detail"])

    def test_usage_errors_are_told(self):
        result = self.run_it("speed")
        self.assertEqual(result.returncode, 2)
        self.assertIn("accepted are functional, load", result.stderr)
        self.assertEqual(self.run_it("--quick", "--full").returncode, 2)
        self.assertEqual(self.run_it("--set", "server.prt=1").returncode, 2)

    def test_an_interrupted_run_leaves_nothing_behind(self):
        process = subprocess.Popen(self.command("recovery", "--full"), stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, env=self.environment())
        children = []
        end = time.monotonic() + PATIENCE
        while not children and time.monotonic() < end:
            children = children_of(process.pid)
            time.sleep(0.05)
        self.assertTrue(children)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn("interrupted", out)
        self.assertEqual(list(self.scratch.iterdir()), [])
        for child in children:
            self.assertFalse(pathlib.Path(f"/proc/{child}").exists())


if __name__ == "__main__":
    unittest.main()
