"""Shared by the integration tests: the built binary as a process, and clients written apart from
the server's code (the Debian package python3-websockets, and plain sockets)."""
import asyncio
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading

try:
    import websockets
except ImportError:
    print("skipped: the Python module websockets (Debian: python3-websockets) is not installed")
    sys.exit(77)

PATIENCE = 120  # seconds until a wait counts as a failure; a busy machine is ten times slower


def binary():
    path = os.environ.get("TICKSTOCK_BINARY")
    if not path or not os.path.exists(path):
        print("skipped: TICKSTOCK_BINARY names no file")
        sys.exit(77)
    return path


def recorded_file(relative):
    """A recorded file, or None where the recordings are not installed."""
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("TICKSTOCK_TEST_DATA") or root.parent / "shared" / "data")
    path = folder / relative
    return str(path) if path.exists() else None


def write_small_file(folder):
    """A made-up morning: five symbols, a trade a second, waves that grow, so that session highs and
    lows follow each other by the hundred."""
    rows = ["ticker,price,size,timestamp"]
    start_ms = 1709649000000  # Tuesday 2024-03-05 09:30 in New York
    for second in range(1200):
        for number, symbol in enumerate(("AAA", "BBB", "CCC", "DDD", "EEE")):
            wave = second % 200 if second % 400 < 200 else 200 - second % 200
            swing = wave * (1 + second // 400) * (number + 1)
            cents = 10000 + (swing if number != 1 else -swing // 4)
            rows.append(f"{symbol},{cents // 100}.{cents % 100:02d},100,{start_ms + second * 1000}")
    path = pathlib.Path(folder) / "small.csv"
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def input_files(folder):
    """(name, path) of every input to test with: always the small one, the recorded day if there."""
    files = [("small", write_small_file(folder))]
    day = recorded_file("lean_flat/2013-10-07.trades.csv.gz")
    if day is None:
        print("skipped in part: no recorded data; the small file only")
    else:
        files.append(("recorded", day))
    return files


# With the thresholds as shipped the recorded day has some dozen events, without any hundreds.
EVERY_EXTREME = ("--set", "high_low.min_price_change=0", "--set", "high_low.min_percent_change=0",
                 "--set", "high_low.cooldown_seconds=0")


def replayed_bodies(path):
    """What `tickstock replay` says that the file's events are, in stream order."""
    result = subprocess.run(
        [binary(), "replay", path, "--order", "stream", "--out", "-", "--quiet", *EVERY_EXTREME],
        check=True, capture_output=True, text=True, timeout=600)
    return result.stdout.splitlines()


class Server:
    """`tickstock serve` on a free port (or `port`) with a data directory of its own, unless --data
    names one; ends at the end of the `with` block."""

    def __init__(self, *arguments, port=0):
        self._folder = None
        if "--data" not in arguments:
            self._folder = tempfile.TemporaryDirectory(prefix="tickstock_data_")
            arguments = ("--data", self._folder.name, *arguments)
        self.process = subprocess.Popen(
            [binary(), "serve", "--port", str(port), "--web", "/nonexistent", *arguments],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ, "TICKSTOCK__SERVER__PORT": "0",
                 # tests open connections faster than people do
                 "TICKSTOCK__SERVER__CONNECTIONS_PER_SECOND_PER_ADDRESS": "1000"})
        self.lines = []
        self.port = None
        self._listening = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._listening.wait(PATIENCE) or self.port is None:
            self.__exit__()
            raise AssertionError("the server did not start:\n" + "".join(self.lines))

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(r"listening on https?://[^:]+:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                self._listening.set()
        self._listening.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        if self._folder is not None:
            self._folder.cleanup()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self):
        return self.process.wait(PATIENCE)

    def get(self, target, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", target, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        finally:
            connection.close()

    def request(self, method, target, body=None, headers=None):
        """(status, answer as JSON) of a command; a body that is no text is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def page(self, target):
        """A page's JSON; it must be there."""
        status, _, body = self.get(target)
        assert status == 200, (target, status, body)
        return json.loads(body)

    def status(self):
        return json.loads(self.get("/api/v1/status")[2])

    def connect(self):
        return websockets.connect(f"ws://127.0.0.1:{self.port}/ws", max_size=None)


def replay_server(path, *more):
    """A server that has replayed the file at full speed, once, and keeps every event."""
    return Server("--source", "replay", "--file", path, "--speed", "0", "--no-loop",
                  *EVERY_EXTREME, *more)


async def wait_for_end(server):
    """Until the server's input has ended; its status then."""
    for _ in range(PATIENCE * 20):
        status = server.status()
        if status.get("sources") and all(one["state"] == "ended" for one in status["sources"]):
            return server.status()
        await asyncio.sleep(0.05)
    raise AssertionError("the input did not end")


def items_of(text):
    """(offset, ts_pub, body as it stands) of each event in an `events` or `snapshot` frame."""
    decoder = json.JSONDecoder()
    items = []
    at = text.index('"events":[') + len('"events":[')
    while text[at] != "]":
        at += text[at] == ","
        head = re.compile(r'\{"offset":(\d+),"ts_pub":(\d+),"event":').match(text, at)
        assert head, text[at:at + 80]
        _, end = decoder.raw_decode(text, head.end())
        items.append((int(head.group(1)), int(head.group(2)), text[head.end():end]))
        assert text[end] == "}", text[end:end + 10]
        at = end + 1
    return items


class NativeClient:
    """Keeps the protocol's promise under watch: frames without holes, offsets in order."""

    def __init__(self, socket):
        self.socket = socket
        self.epoch = None
        self.position = None
        self.events = []  # (offset, body)
        self.gaps = []

    async def frame(self):
        text = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        return json.loads(text), text

    async def subscribe(self, **request):
        await self.socket.send(json.dumps({"op": "subscribe", "id": "test", **request}))
        while True:
            frame, _ = await self.frame()
            assert frame["op"] != "error", frame
            if frame["op"] == "subscribed":
                self.epoch = frame["position"]["epoch"]
                self.position = frame["position"]["offset"]
                return frame

    async def follow_to(self, offset, at_most=None):
        """Takes frames until everything up to `offset` was told (or `at_most` events came)."""
        while self.position < offset and (at_most is None or len(self.events) < at_most):
            frame, text = await self.frame()
            if frame["op"] == "gap":
                self.gaps.append(frame)
                self.position = frame["to"]
            elif frame["op"] == "events":
                assert frame["epoch"] == self.epoch, frame["epoch"]
                assert frame["first"] == self.position + 1, (frame["first"], self.position)
                for number, _, body in items_of(text):
                    assert frame["first"] <= number <= frame["last"]
                    assert not self.events or number > self.events[-1][0]
                    self.events.append((number, body))
                self.position = frame["last"]


def run(test):
    """Runs an async test over every input file; prints what it did."""
    with tempfile.TemporaryDirectory() as folder:
        for name, path in input_files(folder):
            asyncio.run(test(path))
            print(f"ok: {pathlib.Path(sys.argv[0]).stem} on the {name} file")
