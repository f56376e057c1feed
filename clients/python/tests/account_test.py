"""Who may: tokens and API keys of the built server, tokens that expire on a live connection, and a
user's stored filters and universes."""
import asyncio
import pathlib
import subprocess
import tempfile
import unittest

from fake_server import AsyncTest
from real_server import (PATIENCE, all_events, binary, replay_server,
                         replayed_bodies, wait_for_end_with, websocket_url, write_small_file)
import tickstock
from tickstock import (AuthenticationFailed, Filter, FiltersChanged, Position, RequestRefused, Rest,
                       Subscribed)


class Account(AsyncTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tickstock_account_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.tape = write_small_file(folder.name)
        self.secret = self.folder / "secret"
        self.tool("token", "secret", "--out", str(self.secret))
        self.settings = ("--set", "auth.mode=required", "--set", "auth.jwt_algorithm=HS256",
                         "--set", f"auth.jwt_key_file={self.secret}",
                         "--set", "auth.leeway_seconds=0",
                         "--set", "auth.failures_per_minute=1000")

    @staticmethod
    def tool(*arguments):
        return subprocess.run([binary(), *arguments], check=True, capture_output=True, text=True,
                              timeout=PATIENCE).stdout.strip()

    def mint(self, user="ann", role="viewer", ttl="1h"):
        return self.tool("token", "mint", "--user", user, "--role", role, "--ttl", ttl,
                         *self.settings)

    def server(self):
        return replay_server(self.tape, *self.settings)

    async def test_without_a_good_token_nobody_gets_in(self):
        with self.server() as server:
            for token in ("wrong", self.mint()[:-2] + "xx"):
                with self.assertRaises(AuthenticationFailed):
                    async with tickstock.connect(websocket_url(server.port), token=token):
                        pass
                with self.assertRaises(AuthenticationFailed):
                    Rest(f"http://127.0.0.1:{server.port}", token=token).status()
            with self.assertRaises(AuthenticationFailed):
                Rest(f"http://127.0.0.1:{server.port}").status()
            # Without any, the server waits for an auth message, which this client never sends.
            async with tickstock.connect(websocket_url(server.port)) as client:
                with self.assertRaises((RequestRefused, AuthenticationFailed)):
                    await anext(client.subscribe())

    async def test_every_event_with_a_token(self):
        with self.server() as server:
            token = self.mint()
            status = await wait_for_end_with(Rest(f"http://127.0.0.1:{server.port}", token=token))
            bodies = replayed_bodies(self.tape)
            async with tickstock.connect(websocket_url(server.port), token=token) as client:
                events, gaps = await all_events(
                    client.subscribe(since=Position(status["epoch"], 0)), len(bodies))
            self.assertEqual(([event.raw for event in events], gaps), (bodies, []))

    async def test_a_token_that_expires(self):
        with self.server() as server:
            fixed = self.mint(ttl="2s")
            async with tickstock.connect(websocket_url(server.port), token=fixed) as client:
                subscription = client.subscribe(types=["control"])
                self.assertIsInstance(await anext(subscription), Subscribed)
                with self.assertRaises(AuthenticationFailed) as caught:
                    await asyncio.wait_for(anext(subscription), PATIENCE)
                self.assertEqual(caught.exception.code, 3500)

    async def test_a_function_keeps_the_connection(self):
        made = []

        async def token():
            made.append(await asyncio.to_thread(self.mint, ttl="3s"))
            return made[-1]

        with self.server() as server:
            async with tickstock.connect(websocket_url(server.port), token=token) as client:
                subscription = client.subscribe(types=["control"])
                await anext(subscription)
                async with asyncio.timeout(2 * PATIENCE):
                    while len(made) < 4:  # the first two have expired then
                        await asyncio.sleep(0.1)
                self.assertTrue(client.connected)
                self.assertEqual(client.stats.connections, 1)

    async def test_stored_filters_and_universes(self):
        with self.server() as server:
            rest = Rest(f"http://127.0.0.1:{server.port}", token=self.mint(role="trader"))
            status = await wait_for_end_with(rest)
            last = status["offset"]
            rest.put_universe("ann", "mine", ["AAA", "CCC"])
            self.assertIn("mine", str(rest.universes("ann")))
            start = Position(status["epoch"], 0)
            async with tickstock.connect(
                    websocket_url(server.port), token=self.mint(role="viewer")) as client:
                events, _ = await all_events(client.subscribe(since=start, universes=["mine"]),
                                             last)
                self.assertEqual({event.symbol for event in events}, {"AAA", "CCC"})
                with self.assertRaises(RequestRefused) as caught:
                    await anext(client.subscribe(universes=["unknown"]))
                self.assertIn("universe", caught.exception.code)

            async with tickstock.connect(
                    websocket_url(server.port), token=self.mint(role="viewer")) as client:
                open_already = client.subscribe()
                self.assertEqual((await anext(open_already)).user_filters, ())
                await asyncio.to_thread(rest.put_filter, "ann", "strong", Filter(min_score=30),
                                        types=["high"])
                self.assertEqual(await asyncio.wait_for(anext(open_already), PATIENCE),
                                 FiltersChanged(("strong",)))
                whole, _ = await all_events(client.subscribe(since=start, user_filters=False),
                                            last)
                strong, _ = await all_events(client.subscribe(since=start), last)
                self.assertEqual(strong, [event for event in whole if event.type == "high"
                                          and event.data["significance"] >= 30])
                self.assertGreater(len(whole), len(strong))
            self.assertIn("strong", str(rest.filters("ann")))
            rest.delete_filter("ann", "strong")
            self.assertNotIn("strong", str(rest.filters("ann")))
            rest.delete_universe("ann", "mine")
            self.assertNotIn("mine", str(rest.universes("ann")))
            with self.assertRaises(RequestRefused) as caught:
                Rest(f"http://127.0.0.1:{server.port}", token=self.mint()).put_universe(
                    "bob", "x", ["AAA"])
            self.assertEqual(caught.exception.code, "forbidden")


if __name__ == "__main__":
    unittest.main()
