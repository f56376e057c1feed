"""`tickstock rollout`: against a server of our own that remembers what it was asked, and against the
real one with the integrator."""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from support import PATIENCE, Server, binary

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "config"


def rollout(*arguments, **variables):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TICKSTOCK_") and k != "NO_COLOR"}
    return subprocess.run([binary(), "rollout", *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL,
                          env={**clean, "LC_ALL": "C.UTF-8", **variables})


class FakeServer:
    """Answers as `answers[target]` says, (status, body); remembers (method, target, headers, body)."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def reply(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                fake.asked.append((self.command, self.path, dict(self.headers), body))
                status, answer = fake.answers.get(self.path, (404, {"error": {"code": "not_found", "message": "?"}}))
                data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = reply

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


DONE = (200, {"done": True, "text": "phase 1 -> 2", "sequence": 812})
REFUSED = (409, {"error": {"code": "refused", "message":
                           "phase 1 (phase_1_parallel_processing) is not over: duration: 1 h of at least 72 h; "
                           "pairs: no timed pairs of both paths so far"}})
STATUS = (200, {"installed": True, "flags": {"rollout_tickers": ["BBB"], "excluded_tickers": ["CCC"]}})


class Commands(unittest.TestCase):
    def sent(self, *arguments, answers=None, code=0, **variables):
        every = {f"/api/v1/rollout/{what}": DONE for what in ("advance", "flags", "disable", "enable", "phase")}
        with FakeServer({**every, "/api/v1/rollout": STATUS, **(answers or {})}) as server:
            result = rollout(*arguments, "--url", server.url, **variables)
            self.assertEqual(result.returncode, code, result.stdout + result.stderr)
            self.result = result
            self.asked = server.asked
            posts = [(target, json.loads(body)) for method, target, _, body in server.asked if method == "POST"]
            self.assertLessEqual(len(posts), 1, "a command is sent once")
            return posts[0] if posts else None

    def test_each_command_sends_what_it_says(self):
        why = ("--reason", "all is well")
        for arguments, what, body in (
                (("advance",), "advance", {}),
                (("disable",), "disable", {"uninstall": False}),
                (("disable", "--uninstall"), "disable", {"uninstall": True}),
                (("enable",), "enable", {}),
                (("enable", "--percentage", "2.5"), "enable", {"percentage": 2.5}),
                (("phase", "1"), "phase", {"phase": 1}),
                (("percentage", "10"), "flags", {"flags": {"rollout_percentage": 10}}),
                (("flags", "router_enabled=on", "tick_channel_enabled=false", "excluded_tickers=A,B"), "flags",
                 {"flags": {"router_enabled": True, "tick_channel_enabled": False, "excluded_tickers": ["A", "B"]}}),
                (("set", "rollout_tickers="), "flags", {"flags": {"rollout_tickers": []}}),
                (("symbols", "add", "CCC", "AAA"), "flags",
                 {"flags": {"add_rollout_tickers": ["CCC", "AAA"]}}),
                (("symbols", "remove", "BBB"), "flags", {"flags": {"remove_rollout_tickers": ["BBB"]}}),
                (("symbols", "exclude", "BBB"), "flags", {"flags": {"add_excluded_tickers": ["BBB"]}}),
                (("symbols", "include", "CCC"), "flags", {"flags": {"remove_excluded_tickers": ["CCC"]}})):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.sent(*arguments, *why),
                                 (f"/api/v1/rollout/{what}", {**body, "reason": "all is well"}))
                self.assertEqual(self.result.stdout, "phase 1 -> 2 (decision 812)\n")
                self.assertEqual([method for method, *_ in self.asked], ["POST"], "nothing is read before")

    def test_a_refusal_names_each_reason(self):
        self.sent("advance", "--reason", "x", answers={"/api/v1/rollout/advance": REFUSED}, code=1)
        self.assertEqual(self.result.stderr,
                         "tickstock: rollout advance is refused: phase 1 (phase_1_parallel_processing) is not over:\n"
                         "  - duration: 1 h of at least 72 h\n"
                         "  - pairs: no timed pairs of both paths so far\n")
        self.sent("advance", "--reason", "x", "--json", answers={"/api/v1/rollout/advance": REFUSED}, code=1)
        self.assertEqual(json.loads(self.result.stdout), REFUSED[1])
        # A command that may have acted is not sent again.
        self.sent("advance", "--reason", "x", answers={"/api/v1/rollout/advance": (503, "busy")}, code=1)
        self.sent("advance", "--reason", "x", code=1,
                  answers={"/api/v1/rollout/advance": (403, {"error": {"code": "forbidden", "message": "no"}})})
        self.assertIn("--token-file", self.result.stderr)

    def test_the_token_is_sent_and_not_shown(self):
        self.sent("disable", "--reason", "x", TICKSTOCK_TOKEN="CANARY")
        self.assertEqual(self.asked[0][2]["Authorization"], "Bearer CANARY")
        self.assertEqual(self.asked[0][2]["Content-Type"], "application/json")
        self.assertNotIn("CANARY", self.result.stdout + self.result.stderr)

    def test_wrong_use_sends_nothing(self):
        for arguments, said in (
                (("advance",), "--reason TEXT is needed"),
                (("advance", "--reason", "  "), "--reason TEXT is needed"),
                (("advance", "--reason", "x" * 201), "1 to 200 bytes"),
                (("flags", "router=on", "--reason", "x"), "nearest is router_enabled"),
                (("flags", "router_enabled=maybe", "--reason", "x"), "accepted is on or off"),
                (("flags", "router_enabled", "--reason", "x"), "accepted is NAME=VALUE"),
                (("percentage", "101", "--reason", "x"), "0 to 100"),
                (("enable", "--percentage", "many", "--reason", "x"), "0 to 100"),
                (("phase", "5", "--reason", "x"), "5"),
                (("differences", "--limit", "0"), "limit"),
                (("status", "--token-file", "/nonexistent/token"), "cannot be read"),
                (("sideways",), "no such command; accepted are status")):
            with self.subTest(arguments=arguments):
                self.assertIsNone(self.sent(*arguments, code=2))
                self.assertIn(said, self.result.stderr + self.result.stdout)
                self.assertEqual(self.asked, [])

    def test_a_server_that_is_away_or_another(self):
        gone = rollout("status", "--url", "http://127.0.0.1:1")
        self.assertEqual(gone.returncode, 1)
        self.assertIn("connecting", gone.stderr)
        self.sent("status", answers={"/api/v1/rollout": (200, "<html>")}, code=1)
        self.assertIn("not that of a TickStock server", self.result.stderr)


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_rollout_"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(SHIPPED, self.folder / "conf")
        self.config = self.folder / "conf"

    def test_init_and_uninstall(self):
        before = (self.config / "tickstock.json").read_text()
        dry = rollout("init", "--config", self.config, "--dry-run")
        self.assertEqual((dry.returncode, (self.config / "tickstock.json").read_text()), (0, before), dry.stderr)
        done = rollout("init", "--config", self.config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("restart the server", done.stdout)
        after = (self.config / "tickstock.json").read_text()
        self.assertEqual(after, (SHIPPED / "migration" / "tickstock.json").read_text())
        again = rollout("init", "--config", self.config)
        self.assertEqual(again.returncode, 1)
        self.assertRegex(again.stderr, r"installed already \(.*tickstock.json:\d+: integration.installed = true\)")
        back = rollout("uninstall", "--config", self.config)
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertEqual((self.config / "tickstock.json").read_text(), before)
        self.assertEqual(rollout("uninstall", "--config", self.config).returncode, 1)
        self.assertEqual(rollout("init").returncode, 2)
        self.assertEqual(rollout("init", "--config", self.folder / "none").returncode, 2)


class RealServer(unittest.TestCase):
    def url(self, server):
        return ("--url", f"http://127.0.0.1:{server.port}")

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while True:
            answer = condition()
            if answer:
                return answer
            self.assertLess(time.monotonic(), end, "it did not come true")
            time.sleep(0.1)

    def test_a_whole_way_with_the_integrator(self):
        with Server("--source", "synthetic", "--set", "integration.installed=true") as server:
            url = self.url(server)

            def status():
                result = rollout("status", "--json", *url)
                return json.loads(result.stdout) if result.returncode == 0 else None

            self.until(lambda: (status() or {}).get("installed"))
            shown = rollout("status", *url)
            self.assertIn("phase_0_installation", shown.stdout, shown.stderr)
            self.assertIn("✗ not met  duration", shown.stdout)
            self.assertNotIn("\x1b", shown.stdout)
            plain = rollout("status", *url, LC_ALL="C")
            self.assertTrue(plain.stdout.isascii())
            self.assertIn("! not met", plain.stdout)
            twice = rollout("watch", "--count", 2, "--interval", "0.1", *url)
            self.assertEqual((twice.returncode, twice.stdout.count("Criteria of this phase")), (0, 2))

            refused = rollout("advance", "--reason", "too early", *url)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("  - duration: ", refused.stderr)

            flags = rollout("flags", "router_enabled=on", "tick_channel_enabled=on", "--reason", "a try", *url)
            self.assertEqual(flags.returncode, 0, flags.stderr)
            self.until(lambda: status()["flags"]["router_enabled"])
            system = rollout("flags", "multichannel_system_enabled=on", "--reason", "a try", *url)
            self.assertEqual(system.returncode, 0, system.stderr)
            some = rollout("symbols", "add", "SYN0001", "SYN0002", "--reason", "a try", *url)
            self.assertEqual(some.returncode, 0, some.stderr)
            self.until(lambda: status()["flags"]["rollout_tickers"] == ["SYN0001", "SYN0002"])

            off = rollout("disable", "--reason", "a drill", *url)
            self.assertEqual(off.returncode, 0, off.stderr)
            self.until(lambda: status()["incident"])
            incidents = rollout("incidents", *url)
            self.assertIn("manual", incidents.stdout)
            self.assertIn("no: it holds", incidents.stdout)
            on = rollout("enable", "--percentage", "1", "--reason", "drill over", *url)
            self.assertEqual(on.returncode, 0, on.stderr)
            self.until(lambda: status()["incident"] is None)

            audit = rollout("audit", *url)
            for part in ("a drill", "drill over", "a try", "api:local", "disable", "re_enable"):
                self.assertIn(part, audit.stdout)
            self.assertEqual(rollout("differences", *url).returncode, 0)
            self.assertIn("Readiness", rollout("report", *url).stdout)
            self.assertIn("rollout_readiness", json.loads(rollout("report", "--json", *url).stdout))

    def test_lists_that_many_change_at_once(self):
        with Server("--source", "synthetic", "--set", "integration.installed=true") as server:
            url = self.url(server)

            def flags():
                result = rollout("status", "--json", *url)
                return json.loads(result.stdout).get("flags") if result.returncode == 0 else None

            self.until(flags)
            # Right behind each other: the second one sees the first one.
            first = rollout("symbols", "exclude", "OGGL", "GONE", "--reason", "x", *url)
            self.assertEqual(first.returncode, 0, first.stderr)
            self.assertIn("; excluded_tickers +GONE +OGGL (decision", first.stdout)
            again = rollout("symbols", "exclude", "OGGL", "--reason", "x", *url)
            self.assertEqual(again.returncode, 1, again.stdout)
            self.assertIn("the flags stand so already", again.stderr)
            # At once: all stand.
            names = [f"OP{i}" for i in range(6)]
            clients = [subprocess.Popen([binary(), "rollout", "symbols", "add", name, "--reason", "x", *url],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for name in names]
            for name, client in zip(names, clients):
                out, err = client.communicate(timeout=PATIENCE)
                self.assertEqual(client.returncode, 0, err)
                self.assertIn(f"; rollout_tickers +{name} (decision", out)
            self.until(lambda: flags()["rollout_tickers"] == names)
            self.assertEqual(flags()["excluded_tickers"], ["GONE", "OGGL"])
            moved = rollout("symbols", "add", "GONE", "--reason", "x", *url)
            self.assertIn("; rollout_tickers +GONE, excluded_tickers -GONE", moved.stdout, moved.stderr)

    def test_without_the_integrator(self):
        with Server("--source", "synthetic") as server:
            shown = self.until(lambda: next((r for r in [rollout("status", *self.url(server))]
                                             if r.returncode == 0), None))
            self.assertIn("Not installed", shown.stdout)
            self.assertIn("rollout init", shown.stdout)
            for command in (("advance",), ("disable",), ("symbols", "add", "AAA")):
                refused = rollout(*command, "--reason", "x", *self.url(server))
                self.assertEqual(refused.returncode, 1, refused.stdout)
                self.assertIn("not installed", refused.stderr)


if __name__ == "__main__":
    unittest.main()
