"""For the tests of `tickstock mock-vendor`: a small tape, the program as a process, and clients of
the vendor's protocol written apart from it (python3-websockets, and a plain socket)."""
import asyncio
import base64
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile

import support  # skips where websockets or the binary are absent
import websockets

PATIENCE = support.PATIENCE
START_MS = 1709649000000  # Tuesday 2024-03-05 09:30 in New York
SYMBOLS = ("AAA", "BBB", "CCC", "DDD")
KEY = "test-key"


def write_tape(folder, seconds=200, name="tape.jsonl"):
    """Frames as the vendor sends them: all message types; trades of two symbols in each ms."""
    q = dict.fromkeys(SYMBOLS, 0)
    lines = []

    def number(symbol):
        q[symbol] += 1
        return q[symbol]

    for second in range(seconds):
        ms = START_MS + second * 1000
        frame = []
        for offset in (0, 250):
            for place, symbol in enumerate(SYMBOLS):
                frame.append({"ev": "T", "sym": symbol, "x": 4 if place == 3 else 11,
                              "i": f"{symbol}-{second}-{offset}", "z": 3,
                              "p": 100 + place + (second % 50) / 100, "s": 100 + second,
                              "c": [14, 41], "t": ms + offset + place // 2, "q": number(symbol),
                              "trft" if place == 3 else "pt": ms + offset})
        frame.append({"ev": "Q", "sym": "AAA", "bx": 4, "bp": 99.5, "bs": 300, "ax": 7, "ap": 100.5,
                      "as": 400, "c": 0, "t": ms + 300, "q": number("AAA"), "z": 3})
        frame.append({"ev": "FMV", "sym": "BBB", "fmv": 101.25, "t": (ms + 400) * 10**6})
        if second % 20 == 5:
            frame.append({"ev": "LULD", "T": "CCC", "h": 110.5, "l": 90.25,
                          "t": (ms + 500) * 10**6, "q": number("CCC")})
        lines.append(frame)
        bar = {"v": 800 + second, "vw": 100.1, "o": 100, "c": 100.2, "h": 100.5, "l": 99.75}
        lines.append([{"ev": "A", "sym": "AAA", **bar, "s": ms, "e": ms + 1000}])
        if second % 60 == 59:
            lines.append([{"ev": "AM", "sym": "AAA", **bar, "s": ms - 59000, "e": ms + 1000}])
    path = pathlib.Path(folder) / name
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return str(path)


def write_trades(folder, count=6000, name="trades.jsonl"):
    """Trades only, eight in each ms, the symbols in turn: (path, [(symbol, q)] in the tape's order)."""
    order = []
    lines = []
    for at in range(0, count, 8):
        frame = []
        for i in range(at, min(at + 8, count)):
            symbol = SYMBOLS[i % 4]
            order.append((symbol, i + 1))
            frame.append({"ev": "T", "sym": symbol, "x": 11, "i": str(i), "z": 3, "p": 50.25,
                          "s": 100, "t": START_MS + at // 8 * 10, "q": i + 1})
        lines.append(frame)
    path = pathlib.Path(folder) / name
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return str(path), order


class Double:
    """`tickstock mock-vendor` on a free port; ends at the end of the `with` block."""

    def __init__(self, *arguments, tls=True):
        self._folder = tempfile.TemporaryDirectory(prefix="tickstock_vendor_")
        self.certificate = os.path.join(self._folder.name, "certificate.pem")
        self._report = os.path.join(self._folder.name, "report.json")
        extra = ["--certificate-out", self.certificate] if tls else ["--no-tls"]
        self.process = subprocess.Popen(
            [support.binary(), "mock-vendor", *arguments, *extra, "--report", self._report],
            stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.rest = self.process.stdout.readline().split()[-1]
        self.port = int(self.rest.rsplit(":", 1)[1])
        self.context = ssl.create_default_context(cafile=self.certificate) if tls else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self._folder.cleanup()

    def connect(self, path="/stocks"):
        return websockets.connect(self.url.replace("/stocks", path), ssl=self.context,
                                  max_size=None, ping_interval=None, close_timeout=2)

    def report(self):
        """Ends it by SIGTERM where it has not ended; its summary."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.process.returncode
        return json.loads(pathlib.Path(self._report).read_text())

    def get(self, target, key=KEY, headers=None):
        """(status, JSON) of a REST request."""
        kind = http.client.HTTPSConnection if self.context else http.client.HTTPConnection
        more = {"context": self.context} if self.context else {}
        connection = kind("127.0.0.1", self.port, timeout=PATIENCE, **more)
        try:
            headers = dict(headers or {})
            if key:
                headers["Authorization"] = "Bearer " + key
            connection.request("GET", target, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


async def frame(ws, patience=PATIENCE):
    messages = json.loads(await asyncio.wait_for(ws.recv(), patience))
    assert isinstance(messages, list) and messages, messages
    return messages


async def ask(ws, action, params):
    """The answer to an action: the next frame of statuses; records before it are left out."""
    await ws.send(json.dumps({"action": action, "params": params}))
    while True:
        messages = await frame(ws)
        if messages[0]["ev"] == "status":
            return [(one["status"], one["message"]) for one in messages]


async def log_in(ws, topics=None):
    assert (await frame(ws))[0]["status"] == "connected"
    answers = await ask(ws, "auth", KEY)
    assert answers == [("auth_success", "authenticated")], answers
    if topics:
        answers = await ask(ws, "subscribe", topics)
        assert all(status == "success" for status, _ in answers), answers


class Follower:
    """A client that comes back whenever it is cut, until the tape has ended (close 1000). It asks
    with a ping before it takes a silent connection for dead."""

    def __init__(self, double, topics="T.*", silence=0.5, dead=3):
        self.double = double
        self.topics = topics
        self.silence = silence
        self.dead = dead
        self.records = []  # messages in the order of arrival
        self.frames = []
        self.ends = []     # how each connection ended: a close code, "dead", or a status

    async def run(self, connections=400):
        for _ in range(connections):
            try:
                async with self.double.connect() as ws:
                    try:
                        await log_in(ws, self.topics)
                        await self._follow(ws)
                    except asyncio.TimeoutError:
                        self.ends.append("dead")
                        ws.transport.abort()
            except AssertionError as failure:
                self.ends.append(str(failure))
            except websockets.ConnectionClosed as closed:
                self.ends.append(closed.rcvd.code if closed.rcvd else 1006)
                if closed.rcvd and closed.rcvd.code == 1000:
                    return
            except (OSError, websockets.InvalidHandshake, EOFError) as error:
                self.ends.append(type(error).__name__)
        raise AssertionError(("did not come to the end", self.ends[-5:]))

    async def _follow(self, ws):
        while True:
            try:
                text = await asyncio.wait_for(ws.recv(), self.silence)
            except asyncio.TimeoutError:
                await asyncio.wait_for(await ws.ping(), self.dead)  # TimeoutError: half-open
                continue
            messages = json.loads(text)
            if messages[0]["ev"] == "status":
                self.ends.append(messages[0]["status"])
                continue
            self.frames.append(text)
            self.records += messages

    def keys(self):
        return [(one["sym"], one["q"]) for one in self.records]


def masked(text):
    payload = text.encode()
    assert len(payload) < 126
    return bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload


def raw_bytes(double, topics="T.*"):
    """Every byte that a client gets which subscribes at once and reads to the end; no TLS."""
    with socket.create_connection(("127.0.0.1", double.port), timeout=PATIENCE) as plain:
        key = base64.b64encode(bytes(16)).decode()
        plain.sendall((f"GET /stocks HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: "
                       f"Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
                       ).encode())
        plain.sendall(masked(json.dumps({"action": "auth", "params": KEY})))
        plain.sendall(masked(json.dumps({"action": "subscribe", "params": topics})))
        parts = []
        while True:
            try:
                part = plain.recv(65536)
            except ConnectionResetError:
                part = b""
            parts.append(part)
            data = b"".join(parts[-2:])
            if not part or data[-4:-2] == b"\x88\x02":  # a close frame with its code
                return b"".join(parts)


def raw_streams(double, topics="T.*"):
    """The bytes of each connection of a client that comes back until the tape has ended."""
    streams = []
    goodbye = bytes([0x88, 2]) + (1000).to_bytes(2, "big")
    while not streams or not streams[-1].endswith(goodbye):
        assert len(streams) < 400
        streams.append(raw_bytes(double, topics))
    return streams


def keys_of(stream):
    """(symbol, q) of each record of a connection's bytes."""
    keys = []
    text = b""
    for opcode, fin, payload in parsed_frames(stream):
        if opcode not in (0, 1):
            continue
        text = payload if opcode == 1 else text + payload
        if fin:
            keys += [(one["sym"], one["q"]) for one in json.loads(text) if one["ev"] == "T"]
    return keys


def parsed_frames(data):
    """(opcode, fin, payload) of a server's bytes behind the handshake."""
    at = data.index(b"\r\n\r\n") + 4
    frames = []
    while at < len(data):
        head, length = data[at], data[at + 1]
        assert length < 128, "a server's frame is not masked"
        at += 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[at:at + size], "big")
            at += size
        frames.append((head & 15, bool(head & 128), data[at:at + length]))
        at += length
    return frames
