"""Messages to the server, at the pace that it allows."""
from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from typing import Any

from ._transport import Broken, Socket

# The server takes 20 messages a second and 40 at once; with hundreds of subscriptions it matters.
_AT_ONCE = 30
_PAUSE_SECONDS = 1 / 15


class Outbox:
    """What waits to be sent on the connection of now."""

    def __init__(self) -> None:
        self._messages: deque[dict[str, Any]] = deque()
        self._filled = asyncio.Event()

    def begin(self, messages: Iterable[dict[str, Any]]) -> None:
        """A new connection: forgets what waited for the old one."""
        self._messages = deque(messages)
        self._filled.set()

    def put(self, message: dict[str, Any]) -> None:
        self._messages.append(message)
        self._filled.set()

    async def send_all(self, socket: Socket) -> None:
        """Sends until the connection ends, which the reader finds out."""
        loop = asyncio.get_running_loop()
        allowed, at = float(_AT_ONCE), loop.time()
        while True:
            while not self._messages:
                self._filled.clear()
                await self._filled.wait()
            now = loop.time()
            allowed, at = min(float(_AT_ONCE), allowed + (now - at) / _PAUSE_SECONDS), now
            if allowed < 1:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            allowed -= 1
            try:
                await socket.send(json.dumps(self._messages.popleft()))
            except (Broken, OSError):
                return
