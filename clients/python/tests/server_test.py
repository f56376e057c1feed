"""The client against the built server: every event of a replayed file once, in order and byte for
byte as `tickstock replay` writes it, through cuts, kill -9 and closed connections."""
import asyncio
import random
import signal
import tempfile
import unittest

from fake_server import AsyncTest
from real_server import (EVERY_EXTREME, PATIENCE, Forwarder, Server, all_events, replay_server,
                         replayed_bodies, wait_for_end, websocket_url, write_small_file)
import tickstock
from tickstock import Backoff, Event, Filter, Position, RequestRefused, Rest, Snapshot


def soon():
    """A back-off of some milliseconds, for tests."""
    return Backoff(low=0.01, high=0.05, cap=0.2)


async def start_again(arguments, port):
    """A server on that port; somebody else's connection may have it for a moment."""
    for attempt in range(10):
        try:
            return await asyncio.to_thread(lambda: Server(*arguments, port=port))
        except AssertionError:
            if attempt == 9:
                raise
            await asyncio.sleep(1)


class RealServer(AsyncTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tickstock_python_")
        cls.tape = write_small_file(cls.folder.name)
        cls.bodies = replayed_bodies(cls.tape)
        assert len(cls.bodies) > 1000

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def assert_whole(self, events, bodies=None, gaps=()):
        self.assertEqual(list(gaps), [])
        self.assertEqual([event.raw for event in events], bodies or self.bodies)

    async def test_every_event_of_the_file(self):
        with replay_server(self.tape) as server:
            status = await wait_for_end(server)
            start = Position(status["epoch"], 0)
            async with tickstock.connect(websocket_url(server.port)) as client:
                events, gaps = await all_events(client.subscribe(since=start), len(self.bodies))
                self.assert_whole(events, gaps=gaps)
                self.assertEqual([event.offset for event in events],
                                 list(range(1, len(events) + 1)))

                # Filtered views, at the same time on one connection, add up to the whole.
                parts = await asyncio.gather(*(
                    all_events(client.subscribe(since=start, **restriction), len(self.bodies))
                    for restriction in (
                        {"types": ["high"]}, {"types": ["low"]},
                        {"types": ["trend", "surge", "valuation", "rule", "control"]})))
                union = sorted((event.offset, event.raw) for part, _ in parts for event in part)
                self.assertEqual(union, list(enumerate(self.bodies, 1)))

    async def test_filters_and_snapshot(self):
        with replay_server(self.tape) as server:
            status = await wait_for_end(server)
            async with tickstock.connect(websocket_url(server.port)) as client:
                whole, _ = await all_events(
                    client.subscribe(since=Position(status["epoch"], 0)), len(self.bodies))
                some, _ = await all_events(client.subscribe(
                    since=Position(status["epoch"], 0), types=["high"], symbols=["AAA", "CCC"],
                    filter=Filter(directions=["up"], min_price="101.5", max_price=104,
                                  min_score=20)), len(self.bodies))
                self.assertEqual(some, [
                    event for event in whole
                    if event.type == "high" and event.symbol in ("AAA", "CCC")
                    and 101.5 <= event.price <= 104 and event.data["significance"] >= 20])
                self.assertGreater(len(some), 10)

                latest = {(event.symbol, event.type): event for event in whole}
                async for item in client.subscribe(since="snapshot"):
                    if isinstance(item, Snapshot):
                        break
                self.assertEqual(item.position.offset, len(self.bodies))
                self.assertEqual({(event.symbol, event.type): event.raw for event in item.events},
                                 {key: event.raw for key, event in latest.items()})
                with self.assertRaises(RequestRefused) as caught:
                    await anext(client.subscribe(types=["hihg"]))
                self.assertEqual(caught.exception.code, "bad_request")
                self.assertIn("types", caught.exception.message)

    async def test_random_cuts_of_the_connection(self):
        generator = random.Random(20240305)
        with replay_server(self.tape) as server:
            status = await wait_for_end(server)
            budgets = lambda: generator.randint(50_000, 700_000)  # noqa: E731
            async with (Forwarder(server.port, budgets) as forwarder,
                        tickstock.connect(websocket_url(forwarder.port), backoff=soon(),
                                          buffer=10) as client):
                subscriptions = [client.subscribe(since=Position(status["epoch"], 0))
                                 for _ in range(3)]
                for events, gaps in await asyncio.gather(*(
                        all_events(one, len(self.bodies)) for one in subscriptions)):
                    self.assert_whole(events, gaps=gaps)
                self.assertGreater(forwarder.made, 5)
                self.assertEqual(client.stats.duplicates, 0)

    async def test_a_position_goes_on_in_another_client(self):
        with replay_server(self.tape) as server:
            status = await wait_for_end(server)
            saved, events = str(Position(status["epoch"], 0)), []
            while (since := Position.parse(saved)).offset < len(self.bodies):
                async with (tickstock.connect(websocket_url(server.port)) as client,
                            client.subscribe(since=since) as subscription):
                    async for item in subscription:
                        if isinstance(item, Event):
                            events.append(item)
                            if len(events) % 300 == 0 or item.offset == len(self.bodies):
                                break
                    saved = str(subscription.position)
            self.assert_whole(events)

    async def test_kill_and_restart_on_the_same_data_and_port(self):
        with tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
            arguments = ("--data", data, "--source", "replay", "--file", self.tape, "--no-loop",
                         "--speed", "300", *EVERY_EXTREME)
            server = Server(*arguments)
            port, kills = server.port, 0
            try:
                since = Position(server.status()["epoch"], 0)
                async with tickstock.connect(websocket_url(port), backoff=soon()) as client:
                    subscription, events = client.subscribe(since=since), []
                    async with asyncio.timeout(3 * PATIENCE):
                        while len(events) < len(self.bodies):
                            item = await anext(subscription)
                            self.assertNotIsInstance(item, tickstock.Gap)
                            if isinstance(item, Event):
                                events.append(item)
                                if len(events) in (200, 700, 1200):
                                    server.process.send_signal(signal.SIGKILL)
                                    await asyncio.to_thread(server.process.wait, PATIENCE)
                                    server = await start_again(arguments, port)
                                    kills += 1
                    self.assert_whole(events)
                    self.assertEqual(kills, 3)
                    self.assertGreaterEqual(client.stats.connections, 4)
            finally:
                server.__exit__()

    async def test_another_epoch_is_told(self):
        with replay_server(self.tape) as server:
            status = await wait_for_end(server)
            async with tickstock.connect(websocket_url(server.port)) as client:
                subscription = client.subscribe(since=Position("another", 5))
                items = [await anext(subscription) for _ in range(3)]
                self.assertEqual(items[1], tickstock.Gap("another", 6, None, "epoch_changed"))
                self.assertEqual(items[2].position, Position(status["epoch"], 1))
                ahead = client.subscribe(since=Position(status["epoch"], 10 ** 6))
                items = [await anext(ahead) for _ in range(2)]
                self.assertEqual(items[1].reason, "ahead")
                self.assertEqual(ahead.position, Position(status["epoch"], len(self.bodies)))

    async def test_closed_as_slow_it_comes_back(self):
        with replay_server(self.tape, "--set", "server.write_stall_seconds=1") as server:
            status = await wait_for_end(server)
            async with tickstock.connect(websocket_url(server.port), backoff=soon(),
                                         buffer=50, stall_seconds=3600) as client:
                # More than all socket buffers hold; nobody reads until the server had enough.
                subscriptions = [client.subscribe(since=Position(status["epoch"], 0))
                                 for _ in range(16)]
                async with asyncio.timeout(PATIENCE):
                    while not server.status()["clients"]["closed"].get("slow_client"):
                        await asyncio.sleep(0.2)
                for events, gaps in await asyncio.gather(*(
                        all_events(one, len(self.bodies)) for one in subscriptions)):
                    self.assert_whole(events, gaps=gaps)
                self.assertGreaterEqual(client.stats.connections, 2)

    async def test_pages(self):
        with replay_server(self.tape) as server:
            await wait_for_end(server)
            rest = Rest(f"http://127.0.0.1:{server.port}")
            status = rest.status()
            self.assertEqual(status["offset"], len(self.bodies))
            page = rest.events(types=["high"], symbols=["AAA"], limit=5,
                               since=Position(status["epoch"], 0))
            self.assertEqual(len(page["events"]), 5)
            self.assertEqual(rest.symbol("AAA")["latest"]["high"]["event"]["symbol"], "AAA")
            for call, code in ((lambda: rest.symbol("NONE/SUCH"), "not_found"),
                               (lambda: rest.events(limit=0), "bad_request"),
                               (lambda: rest.delete("/api/v1/status"), "method_not_allowed")):
                with self.assertRaises(RequestRefused) as caught:
                    call()
                self.assertEqual(caught.exception.code, code)
            self.assertTrue(rest.put("/api/v1/universes/core", {"symbols": ["AAA"]})["done"])
        with self.assertRaises(tickstock.ConnectionFailed):
            rest.status()


if __name__ == "__main__":
    unittest.main()
