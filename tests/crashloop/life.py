"""One life of the real binary, and a client that watches it: plain sockets, apart from the server's code."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

PATIENCE = 60  # seconds until a wait counts as a failure


class Violation(Exception):
    """An invariant does not hold."""


class Life:
    """`tickstock serve` as a process. Lines of its log are kept."""

    def __init__(self, binary, arguments):
        self.lines = []
        self.port = None
        self.listening = threading.Event()
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--web", "/nonexistent", *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "TICKSTOCK__SERVER__PORT": "0"})
        self._log = threading.Thread(target=self._read_log, daemon=True)
        self._log.start()

    def _read_log(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            found = re.search(r"listening on http://[^:]+:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                self.listening.set()
        self.listening.set()

    def wait_until_listening(self):
        if not self.listening.wait(PATIENCE) or self.port is None:
            raise Violation("the server does not start: " + " | ".join(self.lines[-5:]))

    def must_run(self):
        if self.process.poll() is not None:
            raise Violation(f"the server ended by itself, exit code {self.process.returncode}: "
                            + " | ".join(self.lines[-5:]))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._log.join(PATIENCE)

    def stop(self):
        """SIGTERM; a stop in good order ends with exit code 0."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._log.join(PATIENCE)
        if code != 0:
            raise Violation(f"exit code {code} after SIGTERM: " + " | ".join(self.lines[-5:]))

    def get(self, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", target)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def has_read_everything(self):
        sources = self.get("/api/v1/status").get("sources")
        return bool(sources) and all(one["state"] == "ended" for one in sources)


class Watcher(threading.Thread):
    """Asks the journal's position and follows the event stream until the process is gone."""

    def __init__(self, life, ledger, from_begin):
        super().__init__(daemon=True)
        self.life = life
        self.ledger = ledger
        self.from_begin = from_begin
        self.violation = None
        self.asker = threading.Thread(target=self._guard, args=(self._ask,), daemon=True)

    def run(self):
        self.asker.start()
        self._guard(self._follow)

    def finish(self):
        """After the process is gone."""
        self.join(PATIENCE)
        self.asker.join(PATIENCE)
        if self.violation:
            raise self.violation
        if self.is_alive() or self.asker.is_alive():
            raise Violation("the client does not come to an end")

    def _guard(self, work):
        try:
            work()
        except Violation as violation:
            self.violation = violation
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass  # the process was killed meanwhile

    def _ask(self):
        while self.life.process.poll() is None:
            page = self.life.get("/api/v1/journal")
            if "written" in page:  # it is not before the first second's status
                self.ledger.told_journal(page)
            time.sleep(0.05)

    def _follow(self):
        epoch = self.ledger.epoch
        while not epoch:  # the very first start: until its epoch is journaled
            epoch = self.life.get("/api/v1/status").get("epoch")
        self.ledger.told_epoch(epoch)
        position = 0 if self.from_begin else self.ledger.last
        with socket.create_connection(("127.0.0.1", self.life.port), timeout=PATIENCE) as connection:
            connection.sendall(f"GET /api/v1/events/stream?since={epoch}:{position} HTTP/1.1\r\n"
                               "Host: localhost\r\n\r\n".encode())
            stream = connection.makefile("rb")
            status = stream.readline()
            if status and b" 200 " not in status:
                raise Violation(f"the event stream answers {status!r}")
            while stream.readline() not in (b"\r\n", b""):
                pass
            self._take_messages(stream, position)

    def _take_messages(self, stream, position):
        fields = {}
        for line in stream:
            if not line.endswith(b"\n"):
                return  # cut off by the kill
            line = line[:-1]
            if line.startswith(b":"):
                continue
            if line:
                name, _, value = line.partition(b": ")
                fields[name] = value
                continue
            if b"data" in fields:
                position = self._take(fields, position)
            fields = {}

    def _take(self, fields, position):
        kind = fields.get(b"event", b"message")
        data = fields[b"data"]
        if kind == b"subscribed":
            if b'"recovered":true' not in data:
                raise Violation(f"position {position} is not known any more: {data.decode()}")
            return position
        if kind == b"gap":
            raise Violation(f"a gap behind {position}: {data.decode()}")
        epoch, _, offset = fields[b"id"].decode().partition(":")
        self.ledger.told_epoch(epoch)
        if kind == b"bookmark":
            return int(offset)
        if int(offset) != position + 1:
            raise Violation(f"offset {offset} follows {position}")
        begin = data.index(b'"event":') + len(b'"event":')
        self.ledger.told_event(int(offset), data[:begin], data[begin:-1])
        return int(offset)
