#!/usr/bin/python3
"""Debian's python3-socketio against the built binary: the blocking client and the asyncio one,
each with its default options (polling first, then an upgrade), over WebSocket only and over polling
only."""
import asyncio
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from support import EVERY_EXTREME, PATIENCE, Server  # noqa: E402  (skips where it cannot run)

try:
    import aiohttp  # noqa: F401
    import requests  # noqa: F401
    import socketio
    import websocket  # noqa: F401
except ImportError as missing:
    print(f"skipped: the Python module {missing.name} is not installed; Debian: python3-socketio, "
          "python3-requests, python3-websocket, python3-aiohttp")
    sys.exit(77)

TRANSPORTS = (None, ["websocket"], ["polling"])
WANTED = 1000
# A machine that is busy with other things makes nobody a slow client.
PATIENT = ("--set", "server.slow_write_seconds=120", "--set", "server.write_stall_seconds=120",
           "--set", "server.handshake_timeout_seconds=120", "--set",
           "server.pong_timeout_seconds=60")
REFUSAL_WAIT = 2  # seconds: this client waits to the end also after a refusal


def write_market(folder):
    """Five symbols, a trade a second for a trading session, up and down a little further each time:
    each trade is a new high or low. At speed 60 that is 300 events a second for six minutes."""
    rows = ["ticker,price,size,timestamp"]
    for second in range(23_000):
        for number, symbol in enumerate(("AAA", "BBB", "CCC", "DDD", "EEE")):
            swing = (second + 1) * (1 if (second + number) % 2 == 0 else -1)
            price = 10_000 + swing / 1000
            rows.append(f"{symbol},{price:.3f},100,{1709649000000 + second * 1000}")
    path = pathlib.Path(folder) / "market.csv"
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def start(folder, *more, port=0):
    return Server("--source", "replay", "--file", write_market(folder), "--speed", "60",
                  "--no-loop", *EVERY_EXTREME, *PATIENT, *more, port=port)


class Heard:
    """What a client was told."""

    def __init__(self, client):
        self.market_event, self.stock_data, self.status_update = [], [], []
        self.pong, self.gap = [], []
        self.connects = 0
        for name in ("market_event", "stock_data", "status_update", "pong", "gap"):
            client.on(name, getattr(self, name).append)
        client.on("connect", self._on_connect)

    def _on_connect(self):
        self.connects += 1

    def is_enough(self):
        return len(self.market_event) >= WANTED and len(self.status_update) >= 2


def events_after(server, position, count):
    """{offset: event} as REST tells them, in order."""
    found = {}
    since = f"{position['epoch']}:{position['offset']}"
    while len(found) < count:
        page = server.page(f"/api/v1/events?limit=1000&since={since}")
        if not page["events"]:
            break
        found.update((item["offset"], item["event"]) for item in page["events"])
        since = page["next"]
    return found


class PythonClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.folder = tempfile.TemporaryDirectory(prefix="tickstock_clients_")
        cls.server = start(cls.folder.name)
        cls.url = f"http://127.0.0.1:{cls.server.port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def check(self, heard, position):
        shown = heard.market_event
        self.assertEqual(heard.gap, [])
        events = events_after(self.server, position, len(shown))
        self.assertEqual([one["offset"] for one in shown], list(events)[:len(shown)])
        for one in shown:
            event = events[one["offset"]]
            self.assertEqual(one["event_id"], event["id"])
            self.assertEqual(one["ticker"], event["symbol"])
            self.assertEqual(one["price"], event["price"])
            self.assertEqual(one["event_specific_data"], event["data"])
            self.assertIsInstance(one["percent_change"], (int, float))
        self.assertGreater(len(heard.stock_data), 0)
        for text in heard.stock_data:
            data = json.loads(text)
            self.assertEqual(list(data), ["highs", "lows", "trending", "surging", "activity",
                                          "dropped"])
        for status in heard.status_update:
            self.assertIn(status["status"], ("healthy", "warning", "error", "initializing"))
        self.assertEqual(heard.status_update[-1]["provider"], "replay")

    def test_blocking_client(self):
        for transports in TRANSPORTS:
            with self.subTest(transports=transports):
                client = socketio.Client()
                heard = Heard(client)
                client.connect(self.url, transports=transports, wait_timeout=PATIENCE)
                try:
                    answer = client.call("subscribe", timeout=PATIENCE)
                    self.assertTrue(answer["ok"], answer)
                    until(heard.is_enough)
                    client.emit("ping", {"t": 17})
                    until(lambda: heard.pong == [{"t": 17}])
                    self.assertEqual(client.transport(), (transports or ["websocket"])[0])
                    self.check(heard, answer["data"]["position"])
                finally:
                    client.disconnect()

    def test_asyncio_client(self):
        async def follow(transports):
            client = socketio.AsyncClient()
            heard = Heard(client)
            await client.connect(self.url, transports=transports, wait_timeout=PATIENCE)
            try:
                answer = await client.call("subscribe", timeout=PATIENCE)
                for _ in range(PATIENCE * 20):
                    if heard.is_enough():
                        break
                    await asyncio.sleep(0.05)
                self.assertTrue(heard.is_enough(), len(heard.market_event))
                self.assertEqual(client.transport(), (transports or ["websocket"])[0])
                return heard, answer["data"]["position"]
            finally:
                await client.disconnect()

        async def all_at_once():
            return await asyncio.gather(*(follow(transports) for transports in TRANSPORTS))

        for heard, position in asyncio.run(all_at_once()):
            self.check(heard, position)

    def test_namespace_is_refused(self):
        for transports in TRANSPORTS:
            with self.subTest(transports=transports):
                client = socketio.Client(reconnection=False)
                with self.assertRaises(socketio.exceptions.ConnectionError) as refusal:
                    client.connect(self.url, transports=transports, namespaces=["/admin"],
                                   wait_timeout=REFUSAL_WAIT)
                self.assertIn("namespaces failed to connect", str(refusal.exception))
                client.disconnect()

    def test_wrong_token(self):
        path = pathlib.Path(self.folder.name)
        secret = path / "secret"
        run("token", "secret", "--out", str(secret))
        settings = ("--set", "auth.jwt_algorithm=HS256", "--set", f"auth.jwt_key_file={secret}")
        token = run("token", "mint", "--user", "ann", "--role", "viewer", "--data", str(path),
                    *settings)
        with start(self.folder.name, *settings, "--set", "auth.mode=required") as server:
            for transports in TRANSPORTS:
                with self.subTest(transports=transports):
                    url = f"http://127.0.0.1:{server.port}"
                    client = socketio.Client(reconnection=False)
                    client.connect(url, transports=transports, auth={"token": token},
                                   wait_timeout=PATIENCE)
                    self.assertEqual(client.call("user_status_request")["data"]["user"], "ann")
                    client.disconnect()
                    with self.assertRaises(socketio.exceptions.ConnectionError):
                        client.connect(url, transports=transports, auth={"token": "wrong"},
                                       wait_timeout=REFUSAL_WAIT)
                    client.disconnect()

    def test_restart_of_the_server(self):
        server = start(self.folder.name)
        clients = []
        try:
            for transports in TRANSPORTS:
                client = socketio.Client(reconnection_delay=0.2)
                heard = Heard(client)
                client.connect(f"http://127.0.0.1:{server.port}", transports=transports,
                               wait_timeout=PATIENCE)
                clients.append((client, heard))
            for _, heard in clients:
                until(lambda heard=heard: heard.status_update)
            port = server.port
            server.__exit__()
            server = start(self.folder.name, port=port)
            for _, heard in clients:
                until(lambda heard=heard: heard.connects == 2)
                del heard.status_update[:]
                until(lambda heard=heard: heard.status_update)
        finally:
            for client, _ in clients:
                client.disconnect()
            server.__exit__()


def run(*arguments):
    result = subprocess.run([os.environ["TICKSTOCK_BINARY"], *arguments], capture_output=True,
                            text=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


if __name__ == "__main__":
    threading.excepthook = threading.__excepthook__
    unittest.main(verbosity=2)
