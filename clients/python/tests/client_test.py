"""The client over real sockets against a server under control: how it comes back."""
import asyncio
import random
import unittest

from stream_world import frame, gap_frame, subscribed_frame
from fake_server import AsyncTest, FakeServer, answer, client, take, take_events
import tickstock
from tickstock import Backoff, Event, Gap, Position, Subscribed


class ComesBack(AsyncTest):
    async def test_and_resumes_from_the_last_offset(self):
        requests = []

        async def serve(peer):
            request = await answer(peer)
            requests.append(request)
            at = 10 * (len(requests) - 1)
            await peer.send(frame(at + 1, at + 10))
            peer.cut() if len(requests) < 4 else await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            async with one.subscribe(types=["high"], symbols=["IBM"],
                                     filter=tickstock.Filter(min_price="5")) as subscription:
                events = await take_events(subscription, 40)
                self.assertEqual([event.offset for event in events], list(range(1, 41)))
                self.assertEqual(subscription.position, Position("e", 40))
        self.assertEqual([request["since"] for request in requests],
                         ["now", *({"epoch": "e", "offset": n} for n in (10, 20, 30))])
        for request in requests:
            self.assertEqual(request["types"], ["high"])
            self.assertEqual(request["symbols"], ["IBM"])
            self.assertEqual(request["filter"], {"min_price": "5"})

    async def test_after_every_code_that_invites(self):
        for code in (1000, 1001, 1011, 1012, 3000, 3001, 3008, 3012, 3499, 4000):
            async def serve(peer):
                await answer(peer)
                if server.connections == 1:
                    await peer.close(code, "later")
                else:
                    await peer.send(frame(1, 1))
                    await peer.forever()

            async with FakeServer(serve) as server, client(server) as one:
                events = await take_events(one.subscribe(), 1)
                self.assertEqual(events[0].offset, 1, code)

    async def test_with_waits_that_double_and_begin_anew(self):
        waits = []

        async def sleep(seconds):
            waits.append(seconds)

        async def serve(peer):
            if server.connections in (1, 5):  # these work for a while
                await answer(peer)
                await peer.send(frame(1, 1))
            peer.cut()

        generator = random.Random(5)
        async with FakeServer(serve) as server:
            async with client(server, sleep=sleep, backoff=Backoff(random=random.Random(5))) as one:
                subscription = one.subscribe()
                await take_events(subscription, 1)
                while server.connections < 7:
                    await asyncio.sleep(0.01)
        expected = [min(60, generator.uniform(1, 10) * factor) for factor in (1, 1, 2, 4, 1, 1)]
        self.assertEqual(waits[:6], expected)

    def test_waits_stay_in_their_bounds(self):
        for failures in (0, 1, 5, 1000):
            backoff = Backoff(random=random.Random(3))
            waits = [backoff.delay(failures) for _ in range(1000)]
            self.assertGreaterEqual(min(waits), min(60, 2.0 ** min(failures, 30)))
            self.assertLessEqual(max(waits), min(60, 10 * 2.0 ** min(failures, 30)))
            if failures == 0:
                self.assertGreater(len(set(waits)), 900)
        with self.assertRaises(ValueError):
            Backoff(low=5, high=2)

    async def test_when_the_server_is_silent(self):
        async def serve(peer):
            await answer(peer)
            if server.connections > 1:
                await peer.send(frame(1, 1))
            await peer.forever()

        async with FakeServer(serve) as server, client(server, heartbeat_timeout=0.2) as one:
            self.assertEqual((await take_events(one.subscribe(), 1))[0].offset, 1)
            self.assertGreaterEqual(server.connections, 2)

    async def test_a_gap_is_told(self):
        async def serve(peer):
            if server.connections == 1:
                await answer(peer)
                await peer.send(frame(1, 3))
                await peer.close(3008, "slow_client")
                return
            request = await peer.request()
            await peer.send(subscribed_frame(request["id"], "f", 0, False, "epoch_changed"),
                            gap_frame(request["id"], "e", 4, None, "epoch_changed"),
                            frame(1, 4, "f"))
            await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            items = await take(one.subscribe(), 7)
        self.assertEqual([type(item) for item in items],
                         [Subscribed, Event, Event, Event, Subscribed, Gap, Event])
        self.assertEqual(items[4], Subscribed(Position("f", 0), Position("e", 3), False,
                                              "epoch_changed"))
        self.assertEqual(items[5], Gap("e", 4, None, "epoch_changed"))
        self.assertEqual(items[6].offset, 4, "1…3 are known by their ids")
        self.assertEqual((one.stats.duplicates, one.stats.gaps), (3, 1))


if __name__ == "__main__":
    unittest.main()
