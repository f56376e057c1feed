"""Clients over real sockets against a server whose stream, connections and epochs end at random:
no silent hole, nothing twice. The sequence of faults is seeded; the timing is the machine's."""
import asyncio
import random
import unittest

from stream_world import Judge, Session, World
from fake_server import AsyncTest, FakeServer, client
from tickstock import Position


class Chaos:
    """A server for one client and its world."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.world = World(self.random)
        self.world.publish(20)
        self.calm = False
        self.sessions = 0

    async def serve(self, peer):
        request = await peer.request()
        self.sessions += 1
        session = Session(self.world, request)
        while not peer.gone:
            if not self.calm and self.random.random() < 0.05:
                if self.random.random() < 0.15:
                    self.world.restart()
                if self.random.random() < 0.5:
                    peer.cut()
                else:
                    await peer.close(self.random.choice((3001, 3008, 3012, 1001)))
                return
            frame = session.next_frame()
            if frame is None:
                await asyncio.sleep(0.001)
                continue
            await peer.send(frame)
            if self.random.random() < 0.05 and '"op":"events"' in frame:
                await peer.send(frame)

    async def publish(self):
        for _ in range(150):
            self.world.publish(self.random.randint(0, 10))
            if self.random.random() < 0.02:
                self.world.evict(self.random.randint(1, 50))
            await asyncio.sleep(0.001)
        self.calm = True


class OverSockets(AsyncTest):
    async def test_no_silent_hole_and_nothing_twice(self):
        given, sessions = 0, 0
        for seed in range(15):
            with self.subTest(seed=seed):
                chaos = Chaos(seed)
                judge = Judge(chaos.world, Position(chaos.world.epoch, 5))
                async with FakeServer(chaos.serve) as server, client(server, buffer=20) as one:
                    publisher = asyncio.create_task(chaos.publish())
                    subscription = one.subscribe(since=Position(chaos.world.epoch, 5))
                    while True:
                        world = chaos.world
                        if publisher.done() and subscription.position == Position(
                                world.epoch, world.last):
                            break
                        try:
                            async with asyncio.timeout(0.2):
                                judge.give(await anext(subscription))
                        except TimeoutError:
                            pass
                        if chaos.random.random() < 0.01:
                            await asyncio.sleep(0.005)
                    await publisher
                    judge.verdict(subscription.position)
                given += len(judge.given)
                sessions += chaos.sessions
        self.assertGreater(given, 3000)
        self.assertGreater(sessions, 100)


if __name__ == "__main__":
    unittest.main()
