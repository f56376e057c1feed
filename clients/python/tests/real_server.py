"""The built server for the tests of the client: what tests/integration/support.py offers, and a
forwarder between client and server that cuts connections."""
import asyncio
import pathlib
import sys

import fake_server  # noqa: F401, the path of the package

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tests" / "integration"))

import support  # noqa: E402
import tickstock  # noqa: E402

EVERY_EXTREME = support.EVERY_EXTREME
PATIENCE = support.PATIENCE
Server = support.Server
binary = support.binary
replay_server = support.replay_server
replayed_bodies = support.replayed_bodies
wait_for_end = support.wait_for_end
write_small_file = support.write_small_file


def websocket_url(port):
    return f"ws://127.0.0.1:{port}/ws"


async def all_events(subscription, last):
    """(events, gaps) until everything up to offset `last` was told."""
    events, gaps = [], []
    async with asyncio.timeout(4 * PATIENCE):
        while subscription.position is None or subscription.position.offset < last:
            try:
                async with asyncio.timeout(0.5):  # the end may come as a bookmark
                    item = await anext(subscription)
            except TimeoutError:
                continue
            if isinstance(item, tickstock.Event):
                events.append(item)
            elif isinstance(item, tickstock.Gap):
                gaps.append(item)
    return events, gaps


class Forwarder:
    """A port that leads to another one; every connection is cut after `budget()` bytes to the
    client, in the middle of a frame as a rule."""

    def __init__(self, target, budget):
        self.target = target
        self.budget = budget
        self.made = 0
        self._writers = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _accept(self, reader, writer):
        self.made += 1
        try:
            out_reader, out_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, out_writer}
        try:
            await asyncio.gather(self._copy(reader, out_writer, 1 << 60),
                                 self._copy(out_reader, writer, self.budget()))
        finally:
            self._writers -= {writer, out_writer}

    @staticmethod
    async def _copy(reader, writer, left):
        try:
            while data := await reader.read(min(left, 16384)):
                writer.write(data)
                await writer.drain()
                left -= len(data)
            if left == 0:
                writer.transport.abort()
        except OSError:
            pass
        finally:
            writer.close()


async def wait_for_end_with(rest):
    """Until the server's input has ended, asked with a token; its status then."""
    async with asyncio.timeout(PATIENCE):
        while True:
            status = await asyncio.to_thread(rest.status)
            if status.get("sources") and all(one["state"] == "ended" for one in status["sources"]):
                return await asyncio.to_thread(rest.status)
            await asyncio.sleep(0.05)
