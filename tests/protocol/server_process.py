"""The program under test: `tickstock serve` or the echo server, as a process."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

PATIENCE = 60  # seconds


def program(variable):
    path = os.environ.get(variable)
    if not path or not os.path.exists(path):
        print(f"skipped: {variable} names no file")
        sys.exit(77)
    return path


class Process:
    """Started at construction, ended with the `with` block. `lines`: what it said so far."""

    def __init__(self, arguments, environment=None):
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE,
                                        env={**os.environ, **(environment or {})})
        self.lines = []  # bytes each, without their end
        self.port = None
        self._told = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._told.wait(PATIENCE) or self.port is None:
            self.end()
            raise AssertionError(f"it did not start: {b' | '.join(self.lines[-20:])!r}")

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip(b"\n"))
            found = re.search(rb"listening on \w+://[^ ]*?:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                self._told.set()
        self._told.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def stop(self):
        """By SIGTERM; the exit code."""
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def is_alive(self):
        return self.process.poll() is None

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def command_line(self):
        return pathlib.Path(f"/proc/{self.process.pid}/cmdline").read_bytes()


# Every new extreme is an event, so that the good clients have something to miss.
BUSY = {"high_low.min_price_change": 0, "high_low.min_percent_change": 0,
        "high_low.cooldown_seconds": 0}
# Tests come from one address, and faster than people.
FREE_RATES = {"server.connections_per_second": 1000000,
              "server.connections_per_second_per_address": 1000000}


class Server(Process):
    """`tickstock serve` on a free port with a data directory of its own. `settings`: name ->
    value, beside FREE_RATES and BUSY. The synthetic market of 50 symbols at 20 times its pace,
    unless `source` says otherwise."""

    def __init__(self, settings=None, *, web="", source=(), environment=None):
        self._folder = tempfile.TemporaryDirectory(prefix="tickstock_protocol_")
        self.folder = self._folder.name
        source = source or ("--source", "synthetic", "--symbols", "50", "--speed", "20")
        arguments = [program("TICKSTOCK_BINARY"), "serve", "--port", "0",
                     "--data", f"{self._folder.name}/data",
                     "--web", web or f"{self._folder.name}/no-web", *source]
        for name, value in {**BUSY, **FREE_RATES, **(settings or {})}.items():
            arguments += ["--set", f"{name}={value}"]
        try:
            super().__init__(arguments, environment)
        except AssertionError:
            self._folder.cleanup()
            raise

    def end(self):
        super().end()
        self._folder.cleanup()


class EchoServer(Process):
    """The server's own WebSocket path with a session that echoes (ws_echo.cpp)."""

    def __init__(self):
        super().__init__([program("TICKSTOCK_WS_ECHO")])
