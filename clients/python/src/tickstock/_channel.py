"""The bounded queue between the connection's reader and the user's loop."""
from __future__ import annotations

import asyncio
from collections.abc import Callable

from ._flow import Flow
from ._items import Item


class Channel:
    """A flow with the two waits around it: the user's for an item, the reader's for room.

    Ends once, with an error or without; an error comes after what was taken in before it. May be
    set aside: the reader brings nothing until the user has taken half of what waits.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.ended = False
        self._when_half_empty: Callable[[], None] | None = None  # while set aside
        self._half = 0
        self._error: Exception | None = None
        self._item = asyncio.Event()
        self._room = asyncio.Event()

    async def next(self) -> Item:
        """The next item. Cancelling loses none."""
        while not self.flow.queue:
            if self.ended:
                if self._error is not None:
                    raise self._error
                raise StopAsyncIteration
            self._item.clear()
            await self._item.wait()
        self._room.set()
        item = self.flow.next_item()
        if self._when_half_empty is not None and len(self.flow.queue) <= self._half:
            resume, self._when_half_empty = self._when_half_empty, None
            resume()
        return item

    async def room(self, limit: int, patience: float | None) -> bool:
        """Waits until fewer than `limit` items wait, or it has ended; false if that took longer
        than `patience` seconds (None: for ever)."""
        try:
            async with asyncio.timeout(patience):
                while len(self.flow.queue) >= limit and not self.ended:
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError:
            return False
        return True

    def set_aside(self, resume: Callable[[], None]) -> None:
        """REQUIRES: items wait."""
        self._half = len(self.flow.queue) // 2
        self._when_half_empty = resume

    def wake(self) -> None:
        """Items were put in."""
        self._item.set()

    def end(self, error: Exception | None = None) -> None:
        """Without an error, what waits is dropped too."""
        if self.ended:
            return
        self.ended = True
        self._error = error
        self._when_half_empty = None
        if error is None:
            self.flow.queue.clear()
        self._item.set()
        self._room.set()
