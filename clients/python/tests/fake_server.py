"""Shared by the tests of the Python client: where the package is, and a server under control."""
import asyncio
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src"))

try:
    import tickstock
except ModuleNotFoundError as missing:
    if (missing.name or "").split(".")[0] != "websockets":
        raise
    print("skipped: the Python module websockets (Debian: python3-websockets) is not installed")
    sys.exit(77)

if tickstock._transport.LEGACY:
    from websockets.legacy import server as library
else:
    from websockets.asyncio import server as library

PATIENCE = 60  # seconds until a wait counts as a failure


class FakeServer:
    """A WebSocket server on a free port of loopback; `serve(peer)` is called per connection and
    the connection ends when it returns."""

    def __init__(self, serve, **options):
        self.serve = serve
        self.options = options
        self.connections = 0
        self.tokens = []
        self.peers = set()

    async def _handle(self, socket, _path=None):
        self.connections += 1
        headers = getattr(socket, "request_headers", None) or socket.request.headers
        self.tokens.append(headers.get("Authorization"))
        peer = Peer(socket)
        self.peers.add(peer)
        try:
            await self.serve(peer)
        except tickstock._transport.exceptions.ConnectionClosed:
            pass
        finally:
            self.peers.discard(peer)

    async def __aenter__(self):
        self.server = await library.serve(self._handle, "127.0.0.1", 0, ping_interval=None,
                                          max_size=None, **self.options)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/ws"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.wait_for(self.server.wait_closed(), PATIENCE)


class Peer:
    """A client as the fake server sees it."""

    def __init__(self, socket):
        self.socket = socket

    @property
    def gone(self):
        return self.socket.close_code is not None

    async def request(self, op="subscribe"):
        """The next message of that kind."""
        while True:
            message = json.loads(await self.socket.recv())
            if message["op"] == op:
                return message

    async def request_any(self):
        return json.loads(await self.socket.recv())

    async def send(self, *frames):
        for frame in frames:
            await self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def close(self, code, reason=""):
        await self.socket.close(code, reason)

    def cut(self):
        """As when the network goes."""
        self.socket.transport.abort()

    async def forever(self):
        await self.socket.wait_closed()


async def answer(peer, epoch="e"):
    """Takes a subscribe and answers as a server whose stream is at offset 0, or has all."""
    request = await peer.request()
    since = request["since"]
    offset = since["offset"] if isinstance(since, dict) else 0
    await peer.send({"op": "subscribed", "id": request["id"],
                     "position": {"epoch": epoch, "offset": offset},
                     "recovered": isinstance(since, dict), "reason": None})
    return request


async def no_sleep(_seconds):
    await asyncio.sleep(0)


def client(server, **options):
    """A client that comes back at once."""
    options.setdefault("sleep", no_sleep)
    return tickstock.connect(server.url, **options)


async def take(subscription, count):
    """The next items."""
    return [await asyncio.wait_for(anext(subscription), PATIENCE) for _ in range(count)]


async def take_events(subscription, count):
    """The next events, whatever stands between."""
    events = []
    while len(events) < count:
        one = await asyncio.wait_for(anext(subscription), PATIENCE)
        if isinstance(one, tickstock.Event):
            events.append(one)
    return events


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    """A test that ends: waiting for ever is a failure."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it slows hundredfold

    def _callTestMethod(self, method):
        async def limited():
            async with asyncio.timeout(4 * PATIENCE):
                await method()
        super()._callTestMethod(limited if asyncio.iscoroutinefunction(method) else method)
