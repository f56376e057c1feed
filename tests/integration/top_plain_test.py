"""`tickstock top` without a screen: blocks, JSON, errors; tokens and TLS; and how it leaves a
terminal that it is ended in."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from support import EVERY_EXTREME, PATIENCE, Server, binary, replay_server, write_small_file


def environment(**variables):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("TICKSTOCK_") and k != "NO_COLOR"}
    return {**clean, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **variables}


def top(*arguments, **variables):
    return subprocess.run([binary(), "top", *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE, env=environment(**variables), stdin=subprocess.DEVNULL)


def url_of(server):
    return f"http://127.0.0.1:{server.port}"


class Pty:
    """The command in a terminal of 80×24 that only remembers what was written."""

    def __init__(self, *words, **variables):
        self.output = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
                signal.signal(number, signal.SIG_DFL)  # a runner may have them ignored
            os.execvpe(words[0], words, environment(**variables))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.fd)

    def read_until(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.output:
            assert time.monotonic() < end, self.output[-2000:]
            if select.select([self.fd], [], [], 0.1)[0]:
                self.output += os.read(self.fd, 65536)

    def _read_rest(self):
        """What it wrote right before its end."""
        try:
            while select.select([self.fd], [], [], 0)[0] and (part := os.read(self.fd, 65536)):
                self.output += part
        except OSError:
            pass  # the other side is closed

    def finish(self):
        """(exit code or -signal, the terminal's settings are as before)."""
        settings = None
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, self.output[-2000:]
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.fd, 65536)
                except OSError:
                    pass  # the other side is closed
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                settings = termios.tcgetattr(self.fd)
                self._read_rest()
                break
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status), settings == self.before


class Plain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_top_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.path = write_small_file(cls.folder)
        cls.server = replay_server(cls.path)
        cls.addClassCleanup(cls.server.__exit__)
        for _ in range(PATIENCE * 20):
            sources = cls.server.status().get("sources")
            if sources and all(one["state"] == "ended" for one in sources):
                break
            time.sleep(0.05)

    def test_the_address_may_come_without_a_name(self):
        result = top(url_of(self.server), "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(url_of(self.server), result.stdout)

    def test_one_block(self):
        result = top("--url", url_of(self.server), "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("\x1b", result.stdout)
        status = self.server.status()
        self.assertIn(f"TickStock {status['version']} at {url_of(self.server)}: ", result.stdout)
        newest = self.server.page("/api/v1/events?limit=1")["events"][0]
        self.assertRegex(result.stdout, rf"{newest['event']['symbol']} .* {newest['offset']}\n")
        for channel in ("tick", "ohlcv", "fmv"):
            self.assertRegex(result.stdout, rf"(?m)^{channel} +active ")
        for line in result.stdout.split("\n"):
            self.assertLessEqual(len(line), 100)

    def test_several_blocks_then_the_end(self):
        result = top("--url", url_of(self.server), "--count", 3, "--interval", "0.1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(re.findall("(?m)^TickStock ", result.stdout)), 3)

    def test_json_is_what_the_server_answers(self):
        result = top("--url", url_of(self.server), "--json", "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        line = json.loads(result.stdout)
        self.assertEqual(line["status"]["epoch"], self.server.status()["epoch"])
        self.assertEqual(line["events"]["epoch"], line["status"]["epoch"])
        self.assertEqual(set(line), {"time", "status", "dashboard", "alerts", "market", "events",
                                     "rollout", "errors"})
        for page in ("dashboard", "alerts", "market", "rollout"):
            self.assertNotEqual(line[page] is None, page not in line["errors"], line["errors"])

    def test_only_these_symbols(self):
        result = top("--url", url_of(self.server), "--once", "--symbols", "bbb")
        tape = result.stdout.split("Events")[-1]
        self.assertIn("BBB", tape)
        self.assertNotRegex(tape, "AAA|CCC|DDD|EEE")

    def test_a_server_that_is_not_there(self):
        result = top("--url", "http://127.0.0.1:1", "--once")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")
        self.assertIn("http://127.0.0.1:1: connecting: Connection refused", result.stderr)

    def test_wrong_options_are_named(self):
        empty = self.folder / "empty"
        empty.write_text("\n")
        token = self.folder / "token"
        token.write_text("abc\n")
        for arguments, words in (
                (("--url", "127.0.0.1:8080"), "--url = 127.0.0.1:8080: no address"),
                (("--url", "http://h:0"), "1 to 65535"),
                (("--token-file", self.folder / "none"), "cannot be read"),
                (("--token-file", empty), "holds no token"),
                (("--token-file", token, "--url", "http://192.0.2.1"), "in clear"),
                (("--ca-file", token), "https:// only"),
                (("--ca-file", token, "--url", "https://localhost"), "--ca-file = "),
                (("--interval", "0"), "--interval"),
                (("--count", "0"), "--count"),
                (("--once", "--count", "2"), "--once")):
            result = top(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(words, result.stderr, arguments)

    def test_a_reader_that_goes_ends_it(self):
        process = subprocess.Popen([binary(), "top", "--url", url_of(self.server), "--interval",
                                    "0.1"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=environment())
        self.assertTrue(process.stdout.readline().startswith(b"TickStock "))
        process.stdout.close()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_token_from_the_variable_or_a_file(self):
        secret = self.folder / "secret"
        data = self.folder / "data"
        data.mkdir()
        subprocess.run([binary(), "token", "secret", "--out", secret], check=True)
        settings = ("--set", "auth.jwt_algorithm=HS256", "--set", f"auth.jwt_key_file={secret}")
        token = subprocess.run([binary(), "token", "mint", "--user", "eve", "--role", "viewer",
                                "--data", data, *settings], check=True, capture_output=True,
                               text=True).stdout.strip()
        file = self.folder / "eve"
        file.write_text(token + "\n")
        with replay_server(self.path, "--data", str(data), "--set", "auth.mode=required",
                           *settings) as server:
            refused = top("--url", url_of(server), "--once")
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, r"refused \(401\): .*--token-file or TICKSTOCK_TOKEN")
            for result in (top("--url", url_of(server), "--once", TICKSTOCK_TOKEN=token),
                           top("--url", url_of(server), "--once", "--token-file", file)):
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertNotIn(token, result.stdout + result.stderr)

    @unittest.skipUnless(shutil.which("openssl"), "the program openssl is not installed")
    def test_tls(self):
        certificate, key = self.folder / "tls.pem", self.folder / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        key.chmod(0o600)
        with replay_server(self.path, "--set", f"server.tls_certificate_file={certificate}",
                           "--set", f"server.tls_key_file={key}") as server:
            url = f"https://localhost:{server.port}"
            result = top("--url", url, "--ca-file", certificate, "--once")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(f"at {url}: ", result.stdout)
            refused = top("--url", url, "--once")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("certificate", refused.stderr)


class Ends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_top_"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.server = Server("--source", "replay", "--file", write_small_file(folder), "--speed",
                            "60", "--set", "monitoring.enabled=false", *EVERY_EXTREME)
        cls.addClassCleanup(cls.server.__exit__)

    def terminal(self, **variables):
        terminal = Pty(binary(), "top", "--url", url_of(self.server), **variables)
        terminal.read_until(b"READY")
        self.assertIn(b"\x1b[?1049h", terminal.output)
        self.assertNotEqual(termios.tcgetattr(terminal.fd), terminal.before)
        return terminal

    def check_restored(self, terminal, code):
        self.assertEqual(terminal.finish(), (code, True))
        leaves = terminal.output.rfind(b"\x1b[?1049l")
        self.assertGreater(leaves, terminal.output.rfind(b"\x1b[?1049h"))
        self.assertGreater(terminal.output.rfind(b"\x1b[?25h"),
                           terminal.output.rfind(b"\x1b[?25l"))  # the cursor shows

    def test_a_key(self):
        terminal = self.terminal()
        os.write(terminal.fd, b"q")
        self.check_restored(terminal, 0)

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            terminal = self.terminal()
            os.kill(terminal.pid, number)
            self.check_restored(terminal, 0)
        terminal = self.terminal()
        os.write(terminal.fd, b"\x03")  # Ctrl-C
        self.check_restored(terminal, 0)

    def test_crashes(self):
        for number in (signal.SIGABRT, signal.SIGSEGV):
            terminal = self.terminal()
            os.kill(terminal.pid, number)
            self.check_restored(terminal, -number)

    def test_stopped_and_continued(self):
        # Only a shell with jobs lets a program be stopped.
        terminal = Pty("bash", "--norc", "--noprofile", "-i")
        command = f"{shlex.quote(binary())} top --url {url_of(self.server)}"
        os.write(terminal.fd, command.encode() + b"\n")
        terminal.read_until(b"READY")
        os.write(terminal.fd, b"\x1a")
        terminal.read_until(b"Stopped")
        self.assertGreater(terminal.output.rfind(b"\x1b[?1049l"),
                           terminal.output.rfind(b"\x1b[?1049h"))
        os.write(terminal.fd, b"stty -a | tr ' ' '\\n' | grep icanon; echo en''ded\n")
        terminal.read_until(b"ended")
        self.assertNotIn(b"-icanon", terminal.output)
        terminal.output = b""
        os.write(terminal.fd, b"fg\n")
        terminal.read_until(b"READY")
        os.write(terminal.fd, b"q")
        terminal.read_until(b"\x1b[?1049l")
        os.write(terminal.fd, b"exit\n")
        self.assertEqual(terminal.finish()[0], 0)

    def test_a_terminal_that_no_screen_can_be_drawn_on(self):
        for name in ("dumb", "no-such-terminal"):
            terminal = Pty(binary(), "top", "--url", url_of(self.server), TERM=name)
            terminal.read_until(b"--plain")
            self.assertIn(f"TERM = {name}".encode(), terminal.output)
            self.assertEqual(terminal.finish(), (1, True))


if __name__ == "__main__":
    unittest.main(verbosity=2)
