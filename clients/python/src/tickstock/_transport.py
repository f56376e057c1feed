"""The WebSocket under a client, whichever generation of the `websockets` library is installed."""
from __future__ import annotations

import importlib
import ssl
from importlib.metadata import version
from typing import Any

from websockets import exceptions

# websockets 14 made its new client the usual one; Debian 12 has the one before.
LEGACY = int(version("websockets").split(".")[0]) < 14

# A frame of the server is about 256 KiB and one event; what is far beyond is no frame of it.
MAX_FRAME_BYTES = 8 * 1024 * 1024


class Broken(Exception):
    """The connection ended. code: of the server's close frame, None if there was none."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Refused(Exception):
    """The handshake was answered with an HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status


_library: Any = (importlib.import_module("websockets.legacy.client").Connect if LEGACY
                 else importlib.import_module("websockets.asyncio.client").connect)
# Follows no redirects: they would carry the token to another host. The first name is the old
# library's (the attempt itself counts), the second the new one's.
_Connect: Any = type("_Connect", (_library,), {
    "MAX_REDIRECTS_ALLOWED": 1, "process_redirect": lambda self, error: error})


class Socket:
    """Text frames both ways. The library reads ahead a bounded number of frames; while nobody
    calls receive(), it stops reading and TCP holds the server back."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes:
        """The next frame. Cancelling loses none. Broken at the connection's end."""
        try:
            frame: str | bytes = await self._socket.recv()
            return frame
        except exceptions.ConnectionClosed as error:
            raise _broken(error) from None

    async def send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except exceptions.ConnectionClosed as error:
            raise _broken(error) from None

    async def close(self) -> None:
        await self._socket.close()


def _broken(error: exceptions.ConnectionClosed) -> Broken:
    if error.rcvd is None:
        return Broken(None, "the connection was lost")
    return Broken(error.rcvd.code, error.rcvd.reason)


async def open_socket(url: str, token: str | None, open_timeout: float,
                      tls: ssl.SSLContext | None) -> Socket:
    """Raises Refused, or OSError, TimeoutError and Broken where there was no HTTP answer."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    options: dict[str, Any] = {
        ("extra_headers" if LEGACY else "additional_headers"): headers,
        "open_timeout": open_timeout, "close_timeout": 2, "ping_interval": None,
        "compression": None, "max_size": MAX_FRAME_BYTES, "max_queue": 2}
    if tls is not None:
        options["ssl"] = tls
    try:
        return Socket(await _Connect(url, **options))
    except exceptions.InvalidHandshake as error:
        response = getattr(error, "response", None)
        status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
        if status is None:
            raise Broken(None, str(error)) from None
        raise Refused(int(status)) from None
    except exceptions.WebSocketException as error:
        raise Broken(None, str(error)) from None
