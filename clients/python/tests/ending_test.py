"""When the client gives up and says why: close codes, refused handshakes; and its tokens."""
import asyncio
import base64
import json
import time
import unittest

from stream_world import frame
from fake_server import AsyncTest, FakeServer, answer, client, take, take_events
import tickstock
from tickstock import AuthenticationFailed, ConnectionFailed, ProtocolFault, Terminal


class HttpRefusal:
    """Answers each connection with an HTTP status; after `refusals` of them with none."""

    def __init__(self, status, location=""):
        self.status = status
        self.location = location
        self.connections = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/ws"
        return self

    async def _handle(self, reader, writer):
        self.connections += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            pass  # it gave up first
        writer.write(f"HTTP/1.1 {self.status} No\r\nContent-Length: 0\r\n"
                     f"Location: {self.location}\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()


class GivesUp(AsyncTest):
    async def test_on_final_codes(self):
        for code, kind in ((1002, Terminal), (1003, Terminal), (1007, Terminal), (1008, Terminal),
                           (1009, Terminal), (3500, AuthenticationFailed), (3504, Terminal),
                           (3999, Terminal)):
            async def serve(peer):
                await answer(peer)
                await peer.send(frame(1, 2))
                await peer.close(code, "word")

            async with FakeServer(serve) as server, client(server) as one:
                subscription = one.subscribe()
                self.assertEqual(len(await take_events(subscription, 2)), 2)
                with self.assertRaises(Terminal) as caught:
                    await take(subscription, 1)
                self.assertIs(type(caught.exception), kind, code)
                self.assertEqual((caught.exception.code, caught.exception.reason), (code, "word"))
                with self.assertRaises(Terminal):
                    await take(one.subscribe(), 1)
                self.assertEqual(server.connections, 1, code)

    async def test_on_refused_handshakes(self):
        for status, kind in ((401, AuthenticationFailed), (403, AuthenticationFailed),
                             (404, Terminal), (426, Terminal)):
            async with HttpRefusal(status) as server:
                with self.assertRaises(Terminal) as caught:
                    async with client(server):
                        pass
                self.assertIs(type(caught.exception), kind, status)
                self.assertEqual(caught.exception.code, status)
                self.assertEqual(server.connections, 1)

    async def test_but_not_on_refusals_that_pass(self):
        for status in (429, 503):
            async with HttpRefusal(status) as server:
                with self.assertRaises(ConnectionFailed):
                    async with client(server):
                        pass
                task = asyncio.create_task(client(server, retry_first=True).__aenter__())
                while server.connections < 4:
                    await asyncio.sleep(0.01)
                task.cancel()
                await asyncio.wait([task])
                self.assertTrue(task.cancelled())

    async def test_on_redirects(self):
        """They would carry the token to another host."""
        async def serve(peer):
            await peer.forever()

        async with FakeServer(serve) as other, HttpRefusal(302, other.url) as server:
            with self.assertRaises(tickstock.TickstockError):
                async with client(server, token="key"):
                    pass
            self.assertEqual((server.connections, other.connections), (1, 0))

    async def test_where_nobody_listens(self):
        with self.assertRaises(ConnectionFailed):
            async with tickstock.connect("ws://127.0.0.1:1/ws"):
                pass

    async def test_on_frames_that_are_none(self):
        async def serve(peer):
            await peer.send("{]")
            await peer.forever()

        async with FakeServer(serve) as server, client(server) as one:
            with self.assertRaises(ProtocolFault):
                await take(one.subscribe(), 1)

    def test_on_wrong_arguments(self):
        for url in ("http://127.0.0.1/ws", "127.0.0.1:8080", "ws:///ws"):
            with self.assertRaises(ValueError):
                tickstock.connect(url)
        one = tickstock.connect("ws://127.0.0.1:1/ws")
        with self.assertRaises(ValueError):
            one.subscribe(since="yesterday")
        with self.assertRaises(TypeError):
            one.subscribe(types="high")


def jwt(seconds, name):
    """A token that looks like one; nobody verifies it here."""
    claims = json.dumps({"exp": time.time() + seconds, "name": name}).encode()
    return f"h.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.s"


class Tokens(AsyncTest):
    async def test_a_fixed_one_is_shown(self):
        async def serve(peer):
            await peer.forever()

        async with FakeServer(serve) as server:
            async with client(server, token="key"):
                pass
            async with client(server):
                pass
        self.assertEqual(server.tokens, ["Bearer key", None])
        for bad in ("two\r\nlines", "", "a b", "é"):
            with self.assertRaises(ValueError) as caught:
                client(server, token=bad)
            self.assertNotIn(bad or " ", caught.exception.args, "a token is never shown")

    async def test_a_fresh_one_before_the_last_expires(self):
        made, shown = [], []

        async def token():
            made.append(jwt(1 if len(made) < 3 else 1000, len(made)))
            return made[-1]

        async def serve(peer):
            await answer(peer)
            for _ in range(3):
                message = await peer.request("auth")
                shown.append(message["token"])
                await peer.send({"op": "authenticated", "user": "ann", "role": "viewer"})
            await peer.send(frame(1, 1))
            await peer.forever()

        async with FakeServer(serve) as server, client(server, token=token) as one:
            await take_events(one.subscribe(), 1)
            self.assertEqual(server.connections, 1)
        self.assertEqual(server.tokens, [f"Bearer {made[0]}"])
        self.assertEqual(shown, made[1:4])

    async def test_expired_while_away_comes_back_with_a_fresh_one(self):
        made = []

        async def token():
            made.append(f"key{len(made)}")
            return made[-1]

        async def serve(peer):
            await answer(peer)
            await peer.send(frame(server.connections, server.connections))
            if server.connections == 1:
                await peer.close(3500, "unauthorized")
            await peer.forever()

        async with FakeServer(serve) as server, client(server, token=token) as one:
            await take_events(one.subscribe(), 2)
            self.assertEqual(server.tokens, ["Bearer key0", "Bearer key1"])

    async def test_refused_at_once_is_final_for_a_function_too(self):
        async def token():
            return "bad"

        async def serve(peer):
            await peer.close(3500, "unauthorized")

        async with FakeServer(serve) as server:
            async with client(server, token=token) as one:
                with self.assertRaises(AuthenticationFailed):
                    await take(one.subscribe(), 1)
            self.assertEqual(server.connections, 1)

    async def test_a_function_that_fails(self):
        async def token():
            raise RuntimeError("no network")

        async with FakeServer(None) as server:
            with self.assertRaises(ConnectionFailed) as caught:
                async with client(server, token=token):
                    pass
            self.assertIsInstance(caught.exception.__cause__, RuntimeError)


if __name__ == "__main__":
    unittest.main()
