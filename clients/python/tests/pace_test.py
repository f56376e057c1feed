"""A slow reader holds the server back and loses nothing; many subscriptions keep to the server's
message rate; leaving is clean."""
import asyncio
import gc
import time
import unittest

from stream_world import events_frame, frame, subscribed_frame
from fake_server import PATIENCE, AsyncTest, FakeServer, answer, client, take, take_events
from tickstock import Event, Position, ProtocolFault, RequestRefused, Subscribed


class SlowReader(AsyncTest):
    async def test_holds_the_server_back(self):
        sent = 0

        async def serve(peer):
            nonlocal sent
            await answer(peer)
            while sent < 200_000:
                await peer.send(frame(sent + 1, sent + 500))
                sent += 500
            await peer.forever()

        async with FakeServer(serve) as server, client(server, buffer=1000) as one:
            subscription = one.subscribe()
            held = -1
            while held != sent or sent == 0:  # until the server cannot send any more
                held = sent
                await asyncio.sleep(0.3)
            self.assertLess(sent, 200_000)
            self.assertLess(len(subscription._channel.flow.queue), 1000 + 500)
            for offset in range(1, 200_001):  # and then all of it
                while not isinstance(item := await anext(subscription), Event):
                    pass
                self.assertEqual(item.offset, offset)
            self.assertEqual(server.connections, 1)

    async def test_is_set_aside_for_the_others(self):
        """Nobody reads the first subscription for a while; the second goes on."""
        async def serve(peer):
            at, since = {}, {}

            async def requests():
                while True:
                    message = await peer.request_any()
                    at.pop(message["id"], None)
                    if message["op"] == "subscribe":
                        since[message["id"]] = message["since"]
                        offset = 0 if message["since"] == "now" else message["since"]["offset"]
                        await peer.send(subscribed_frame(message["id"], "e", offset, offset > 0))
                        at[message["id"]] = offset
                    else:
                        await peer.send({"op": "unsubscribed", "id": message["id"]})

            reader = asyncio.create_task(requests())
            while not peer.gone:
                for id in list(at):
                    if at[id] < 3000:
                        at[id] += 100
                        await peer.send(frame(at[id] - 99, at[id], id=id))
                await asyncio.sleep(0.001)
            await asyncio.wait([reader])
            reader.exception()

        async with (FakeServer(serve) as server,
                    client(server, buffer=150, stall_seconds=0.05) as one):
            slow, quick = one.subscribe(), one.subscribe()
            events = await take_events(quick, 3000)
            self.assertEqual([event.offset for event in events], list(range(1, 3001)))
            events = await take_events(slow, 3000)
            self.assertEqual([event.offset for event in events], list(range(1, 3001)))
            self.assertEqual((server.connections, one.stats.duplicates), (1, 0))
            slow = None
            gc.collect()
            await asyncio.sleep(0)
            self.assertEqual(len(one._connection._channels), 1)

    async def test_resumes_when_closed_as_slow(self):
        async def serve(peer):
            request = await answer(peer)
            at = request["since"]["offset"] if request["since"] != "now" else 0
            for first in range(at + 1, min(at + 3000, 10_000), 100):
                await peer.send(frame(first, first + 99))
            if at + 3000 < 10_000:
                await peer.close(3008, "slow_client")
            await peer.forever()

        async with FakeServer(serve) as server, client(server, buffer=50) as one:
            events = []
            subscription = one.subscribe()
            while len(events) < 10_000:
                events += await take_events(subscription, 100)
                await asyncio.sleep(0)
            self.assertEqual([event.offset for event in events], list(range(1, 10_001)))
            self.assertGreaterEqual(server.connections, 4)

    async def test_cancelled_waits_lose_nothing(self):
        async def serve(peer):
            await answer(peer)
            for offset in range(1, 201):
                await peer.send(frame(offset, offset))
                await asyncio.sleep(0.001)
            await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            subscription, offsets, cancelled = one.subscribe(), [], 0
            while len(offsets) < 200:
                try:
                    async with asyncio.timeout(0.0005):
                        item = await anext(subscription)
                except TimeoutError:
                    cancelled += 1
                    continue
                if isinstance(item, Event):
                    offsets.append(item.offset)
            self.assertEqual(offsets, list(range(1, 201)))
            self.assertGreater(cancelled, 0)


class Leaving(AsyncTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.messages = []

        async def serve(peer):
            while True:
                message = await peer.request_any()
                self.messages.append((message["op"], message["id"]))
                if message["op"] == "subscribe":
                    await peer.send(subscribed_frame(message["id"], "e", 0),
                                    frame(1, 5, id=message["id"]))

        self.server = FakeServer(serve)
        await self.enterAsyncContext(self.server)

    async def until(self, *message):
        async with asyncio.timeout(PATIENCE):
            while message not in self.messages:
                await asyncio.sleep(0.005)

    async def test_a_loop_that_is_left_unsubscribes(self):
        async with client(self.server) as one:
            async for item in one.subscribe():
                if isinstance(item, Event):
                    break
            gc.collect()
            await self.until("unsubscribe", "s1")
            self.assertEqual(len(await take_events(one.subscribe(), 5)), 5, "others go on")

    async def test_a_block_that_is_left_unsubscribes(self):
        async with client(self.server) as one:
            async with one.subscribe() as subscription:
                await take_events(subscription, 2)
            await self.until("unsubscribe", "s1")
            self.assertEqual(subscription.position, Position("e", 2))
            with self.assertRaises(StopAsyncIteration):
                await anext(subscription)

    async def test_closing_the_client_ends_loops(self):
        async with client(self.server) as one:
            subscription = one.subscribe()

            async def consume():
                return [item async for item in subscription]

            consumer = asyncio.create_task(consume())
            while subscription.position != Position("e", 5):
                await asyncio.sleep(0.005)
        self.assertEqual(len(await consumer), 6)
        await one.aclose()  # again
        left = asyncio.all_tasks() - {asyncio.current_task()}
        async with asyncio.timeout(PATIENCE):
            while any(task.get_name() == "tickstock" for task in left):
                await asyncio.sleep(0.005)
                left = asyncio.all_tasks()

    async def test_a_client_is_used_once(self):
        async with client(self.server) as one:
            with self.assertRaises(RuntimeError):
                await one.__aenter__()


class ManySubscriptions(AsyncTest):
    async def test_keep_to_the_message_rate(self):
        """The fake server counts as the real one: 20 messages a second, 40 at once."""
        counts = []

        async def serve(peer):
            allowed, at, count = 40.0, time.monotonic(), 0
            for _ in range(60):
                request = await peer.request()
                now = time.monotonic()
                allowed, at = min(40.0, allowed + 20 * (now - at)), now
                if allowed < 1:
                    await peer.close(1008, "rate_limit")
                    return
                allowed -= 1
                count += 1
                await peer.send(subscribed_frame(request["id"], "e", 0))
            counts.append(count)
            if server.connections == 1:
                peer.cut()
            await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            subscriptions = [one.subscribe(since=Position("e", 0)) for _ in range(60)]
            for subscription in subscriptions:
                first = (await take(subscription, 1))[0]
                self.assertIsInstance(first, Subscribed)
            async with asyncio.timeout(PATIENCE):
                while len(counts) < 2:
                    await asyncio.sleep(0.01)
        self.assertEqual(counts, [60, 60])

    async def test_one_that_fails_leaves_the_others(self):
        async def serve(peer):
            for _ in range(3):
                request = await peer.request()
                if request["id"] == "s1":
                    await peer.send({"op": "error", "id": "s1", "code": "bad_request",
                                     "message": "types"})
                else:
                    await peer.send(subscribed_frame(request["id"], "e", 0))
            await peer.send(events_frame("s2", "e", 2, 3, []), frame(1, 5, id="s3"),
                            {"op": "error", "code": "unknown_op", "message": "?"},
                            {"op": "something new", "id": "s3"}, frame(6, 7, id="s3"),
                            frame(1, 1, id="unknown"), {"op": "heartbeat", "epoch": "e"})
            await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            with self.assertLogs("tickstock"):
                refused, faulty, good = (one.subscribe() for _ in range(3))
                self.assertEqual(len(await take_events(good, 7)), 7)
            with self.assertRaises(RequestRefused) as caught:
                await take(refused, 1)
            self.assertEqual((caught.exception.code, caught.exception.message),
                             ("bad_request", "types"))
            await take(faulty, 1)
            with self.assertRaises(ProtocolFault):
                await take(faulty, 1)


if __name__ == "__main__":
    unittest.main()
