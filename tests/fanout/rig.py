"""The built server and the load client as processes, for the tests of this folder and bench/fanout."""
import functools
import http.client
import json
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 120  # seconds until a wait counts as a failure

# With the thresholds as shipped a tape has some dozen events, without any one a trade.
EVERY_EXTREME = ("high_low.min_price_change=0", "high_low.min_percent_change=0",
                 "high_low.cooldown_seconds=0")
MANY_CLIENTS = ("server.max_connections=100000", "server.max_connections_per_address=100000",
                "server.max_connections_per_user=100000",
                "server.connections_per_second=1000000",
                "server.connections_per_second_per_address=1000000")


def program(variable):
    path = os.environ.get(variable)
    if not path or not os.path.exists(path):
        print(f"skipped: {variable} names no file")
        sys.exit(77)
    return path


@functools.cache
def known_settings():
    text = subprocess.run([program("TICKSTOCK_BINARY"), "config", "docs"], check=True,
                          capture_output=True, text=True).stdout
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def settings_words(settings):
    """--set words for those settings that this binary has."""
    return [word for one in settings if one.split("=")[0] in known_settings()
            for word in ("--set", one)]


def replay(tape, out):
    """What the stream of that tape must be: a body a line. Number of lines."""
    subprocess.run([program("TICKSTOCK_BINARY"), "replay", tape, "--order", "stream", "--out", out,
                    "--quiet", *settings_words(EVERY_EXTREME)], check=True, timeout=1800)
    with open(out, "rb") as lines:
        return sum(1 for _ in lines)


def busy_seconds():
    """Processor time that this machine has spent so far, all processes together."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")  # without idle and iowait


class Server:
    """`tickstock serve` that may be killed and started again on its port and data."""

    def __init__(self, *arguments, settings=(), command=None):
        self._folder = tempfile.TemporaryDirectory(prefix="tickstock_fanout_")
        self._arguments = [*arguments, *settings_words([*EVERY_EXTREME, *MANY_CLIENTS, *settings])]
        self._command = command
        self.port = 0
        self.cpu_before = 0.0  # seconds of the processes that were killed
        self.lines = []
        self.process = None
        self.start()

    def start(self):
        command = self._command or [
            program("TICKSTOCK_BINARY"), "serve", "--web", "/nonexistent", "--port", str(self.port),
            "--data", str(pathlib.Path(self._folder.name) / "data"), *self._arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        text=True)
        listening = threading.Event()
        threading.Thread(target=self._read, args=(self.process, listening), daemon=True).start()
        if not listening.wait(PATIENCE) or self.process.poll() is not None:
            raise AssertionError("the server did not start:\n" + "".join(self.lines[-20:]))

    def _read(self, process, listening):
        for line in process.stderr:
            if len(self.lines) < 5000:
                self.lines.append(line)
            found = re.search(r"listening on http://[^:]+:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                listening.set()
        listening.set()

    def kill(self):
        self.cpu_before += self.cpu_seconds()
        self.process.kill()
        self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._folder.cleanup()

    def status(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/api/v1/status")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def cpu_seconds(self):
        """User and system time of the process now running."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def anonymous_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) * 1024
        return 0


class Load:
    """The load client; see README.md."""

    def __init__(self, port, clients, **options):
        words = [word for name, value in options.items() if value is not None
                 for word in (f"--{name.replace('_', '-')}", str(value))]
        self.process = subprocess.Popen(
            [program("TICKSTOCK_LOADCLIENT"), "--port", str(port), "--clients", clients, *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def wait_for(self, key, seconds):
        """The line that has this member; None when it does not come in time."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                return None
            if line is None:
                raise AssertionError("the load client ended")
            if key in line:
                return line

    def mark(self, name="mark"):
        """What happened since the last mark."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        while True:
            line = self.wait_for("mark", PATIENCE * 5)
            if line is None:
                raise AssertionError("the load client does not answer")
            if line["mark"] == name:
                return line

    def quit(self):
        """Compares with the truth; the last report."""
        report = self.mark("quit")
        self.process.wait(PATIENCE)
        return report

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
