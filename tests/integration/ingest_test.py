#!/usr/bin/python3
"""Rows that clients push into the built binary, over HTTP and WebSocket: they come out as events,
each counts once over kills and repeats, and what is wrong is told."""
import asyncio
import contextlib
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from support import PATIENCE, Server, binary, websockets

NDJSON = {"Content-Type": "application/x-ndjson"}
# By the rows' own clock, so that a Tuesday morning can be pushed on any day.
PUSH = ("--source", "push", "--set", "source.clock=event")
START_MS = 1709650800000  # 2024-03-05 10:00 in New York
EVERY_HIGH = ("--set", "high_low.min_price_change=0", "--set", "high_low.min_percent_change=0",
              "--set", "high_low.cooldown_seconds=0")


def rows_of(first, count, symbols=("AAA", "BBB")):
    """Trades a second apart, each a cent higher."""
    return [json.dumps({"symbol": symbols[i % len(symbols)], "price": 100 + i / 100, "size": 100,
                        "timestamp": START_MS + i * 1000, "id": str(i)})
            for i in range(first, first + count)]


def rows_of_now(count):
    """Trades of this moment, all at one price."""
    row = json.dumps({"symbol": "AAA", "price": 100, "size": 100,
                      "timestamp": int(time.time() * 1000)})
    return [row] * count


def post(server, rows, query="", headers=None):
    """(status, headers, answer)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        body = rows if isinstance(rows, str) else "\n".join(rows)
        connection.request("POST", "/api/v1/ingest" + query, body, {**NDJSON, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())
    finally:
        connection.close()


def until_taking(server):
    """An engine that recovers takes no rows yet, and says so."""
    for _ in range(PATIENCE * 20):
        status, _, answer = post(server, "\n")
        if status == 200:
            return
        assert answer["error"]["code"] == "not_ready", answer
        time.sleep(0.05)
    raise AssertionError("no rows are taken")


def journaled_trades(data):
    """Ids of the trades in the journal of a server that has ended, in order."""
    text = subprocess.run([binary(), "journal", "cat", str(pathlib.Path(data) / "journal")],
                          check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
    entries = map(json.loads, text.splitlines())
    return [entry["id"] for entry in entries if entry["kind"] == "trade"]


class Socket:
    """The protocol of docs/ingest.md by hand."""

    def __init__(self, server, headers=None):
        self._connect = websockets.connect(f"ws://127.0.0.1:{server.port}/ingest", max_size=None,
                                           ping_interval=None, extra_headers=headers or {})

    async def __aenter__(self):
        self.socket = await self._connect
        return self

    async def __aexit__(self, *_):
        with contextlib.suppress(websockets.ConnectionClosed):  # by a killed server, at any moment
            await self.socket.close()

    async def ask(self, message, rows=None):
        await self.send(message, rows)
        return await self.answer()

    async def send(self, message, rows=None):
        text = json.dumps(message)
        await self.socket.send(text if rows is None else "\n".join([text, *rows]))

    async def answer(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))


class Ingest(unittest.IsolatedAsyncioTestCase):
    async def test_rows_come_out_as_events(self):
        with Server(*PUSH, *EVERY_HIGH) as server:
            async with server.connect() as reader:
                await reader.send(json.dumps({"op": "subscribe", "id": "t", "types": ["high"]}))
                status, _, answer = post(server, rows_of(0, 40))
                self.assertEqual((status, answer["rows"], answer["accepted"]), (200, 40, 40))
                async with Socket(server) as pusher:
                    answer = await pusher.ask({"op": "rows"}, rows_of(40, 40))
                    self.assertEqual((answer["type"], answer["accepted"]), ("ack", 40))
                    self.assertEqual((await pusher.ask({"op": "ping"}))["type"], "pong")
                found = {}
                while len(found) < 78:  # the first trade of a symbol is no new high
                    frame = json.loads(await asyncio.wait_for(reader.recv(), PATIENCE))
                    for item in frame.get("events", ()):
                        event = item["event"]
                        self.assertEqual(event["source"], "websocket")
                        found[(event["symbol"], event["price"])] = event

    async def test_each_row_counts_once_over_kills(self):
        rows = rows_of(0, 3000)
        with tempfile.TemporaryDirectory(prefix="tickstock_ingest_") as data:
            arguments, through = (*PUSH, "--data", data), 0
            for run in range(3):
                with Server(*arguments) as server:
                    until_taking(server)
                    async with Socket(server) as pusher:
                        opened = await pusher.ask({"op": "open", "client": "feed"})
                        self.assertGreaterEqual(opened["through"], through)
                        # From the beginning each time; killed in the middle of what is under way.
                        for at in range(0, 1000 * (run + 1), 50):
                            await pusher.send({"op": "rows", "sequence": at + 1},
                                              rows[at:at + 50])
                        for _ in range(10 * (run + 1)):
                            through = (await pusher.answer())["through"]
                        server.process.kill()
                        server.process.wait(PATIENCE)
            with Server(*arguments) as server:
                until_taking(server)
                status, _, answer = post(server, rows, "?client=feed&sequence=1")
                self.assertEqual(status, 200)
                self.assertEqual(answer["rows"], 3000)
                self.assertEqual(answer["accepted"] + answer["duplicates"], 3000)
                self.assertGreaterEqual(answer["duplicates"], through)
                self.assertEqual(answer["through"], 3000)
                status, _, answer = post(server, rows, "?client=feed&sequence=1")
                self.assertEqual((answer["accepted"], answer["duplicates"]), (0, 3000))
                async with Socket(server) as pusher:
                    opened = await pusher.ask({"op": "open", "client": "feed"})
                    self.assertEqual(opened["through"], 3000)
                server.terminate()
                self.assertEqual(server.exit_code(), 0)
            self.assertEqual(journaled_trades(data), [str(i) for i in range(3000)])

    async def test_bad_rows_are_told_by_line(self):
        good = rows_of(0, 2)
        with Server(*PUSH) as server:
            body = "\n".join([good[0], "", "nonsense", good[1],
                              '{"symbol":"A","price":-1,"timestamp":1763735412123}', '{"x":1}'])
            status, _, answer = post(server, body, "?client=a&sequence=1")
            self.assertEqual(status, 200)
            self.assertEqual((answer["rows"], answer["accepted"], answer["rejected"]), (5, 2, 3))
            self.assertEqual([(one["line"], one["reason"]) for one in answer["first_rejected"]],
                             [(3, "malformed"), (5, "price_out_of_range"), (6, "unidentified")])
            self.assertEqual(answer["first_rejected"][0]["excerpt"], "nonsense")
            self.assertEqual(answer["through"], 5)
            status, _, answer = post(server, "bad\n" * 30)
            self.assertEqual((answer["rejected"], len(answer["first_rejected"])), (30, 20))
            self.assertIsNone(answer["sequence"])
            status, _, answer = post(server, " " * (4 * 2 ** 20 + 1))
            self.assertEqual((status, answer["error"]["code"]), (413, "body_too_large"))
            async with Socket(server) as pusher:
                # The answer may come before the last byte is sent.
                with self.assertRaises(websockets.ConnectionClosed) as caught:
                    await pusher.send({"op": "rows"}, ["x" * 2 ** 20])
                    await pusher.answer()
                self.assertEqual(caught.exception.rcvd.code, 1009)

    async def test_a_full_queue_asks_to_wait_and_loses_nothing(self):
        """Many at once, each within the smallest queue: over HTTP they are told, over WebSocket
        they wait."""
        rows = rows_of_now(500)
        with Server("--source", "push", "--set", "source.push.queue_bytes=65536") as server:
            async def by_http(number):
                for first in (1, 501):
                    while True:
                        status, headers, answer = await asyncio.to_thread(
                            post, server, rows, f"?client=http{number}&sequence={first}")
                        if status == 200:
                            self.assertEqual((answer["accepted"], answer["through"]),
                                             (500, first + 499))
                            break
                        self.assertEqual((status, answer["error"]["code"]), (429, "queue_full"))
                        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
                        await asyncio.sleep(0.05)

            async def by_socket(number):
                async with Socket(server) as pusher:
                    await pusher.ask({"op": "open", "client": f"socket{number}"})
                    for first in range(1, 5000, 500):
                        await pusher.send({"op": "rows", "sequence": first}, rows)
                    for first in range(1, 5000, 500):
                        answer = await pusher.answer()
                        self.assertEqual((answer["type"], answer["accepted"], answer["through"]),
                                         ("ack", 500, first + 499))

            await asyncio.wait_for(asyncio.gather(
                *(by_http(number) for number in range(3)),
                *(by_socket(number) for number in range(4))), PATIENCE)
            metrics = server.get("/metrics")[2]
            self.assertIn('tickstock_ingest_rows_total{fate="accepted"} 23000\n', metrics)
            self.assertIn("tickstock_ingest_in_flight_bytes 0\n", metrics)
            full = re.search(r'tickstock_ingest_requests_total{result="full"} (\d+)', metrics)
            self.assertGreater(int(full[1]), 0, "seven at once, and room for two")

    async def test_roles(self):
        with tempfile.TemporaryDirectory(prefix="tickstock_ingest_") as folder:
            secret = pathlib.Path(folder) / "secret"
            subprocess.run([binary(), "token", "secret", "--out", secret], check=True,
                           capture_output=True)
            settings = ("--set", "auth.mode=required", "--set", "auth.jwt_algorithm=HS256",
                        "--set", f"auth.jwt_key_file={secret}")

            def bearer(role, user="ann"):
                token = subprocess.run(
                    [binary(), "token", "mint", "--user", user, "--role", role, "--ttl", "1h",
                     *settings], check=True, capture_output=True, text=True).stdout.strip()
                return {"Authorization": f"Bearer {token}"}

            row = rows_of(0, 1)
            with Server(*PUSH, *settings) as server:
                self.assertEqual(post(server, row)[0], 401)
                for role in ("viewer", "trader"):
                    self.assertEqual(post(server, row, headers=bearer(role))[0], 403)
                    with self.assertRaises(websockets.InvalidStatusCode) as caught:
                        async with Socket(server, bearer(role)):
                            pass
                    self.assertEqual(caught.exception.status_code, 403)
                for user in ("ann", "bob"):  # a client of each
                    status, _, answer = post(server, row, "?client=a&sequence=1",
                                             bearer("admin", user))
                    self.assertEqual((status, answer["accepted"]), (200, 1))
                async with Socket(server) as pusher:
                    answer = await pusher.ask({"op": "rows"}, row)
                    self.assertEqual(answer["code"], "unauthorized")
                    token = bearer("admin")["Authorization"].split()[1]
                    answer = await pusher.ask({"op": "auth", "token": token})
                    self.assertEqual((answer["type"], answer["role"]), ("authenticated", "admin"))
                    answer = await pusher.ask({"op": "open", "client": "a"})
                    self.assertEqual(answer["through"], 1)

    async def test_without_the_source_the_setting_is_named(self):
        with Server("--source", "synthetic", "--symbols", "5") as server:
            status, _, answer = post(server, rows_of(0, 1))
            self.assertEqual(status, 503)
            self.assertIn("source.names", answer["error"]["message"])


if __name__ == "__main__":
    unittest.main()
