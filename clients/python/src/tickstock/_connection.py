"""The life of a client's connection: open, subscribe, read, break, wait, come back."""
from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, TypeVar

from . import _token
from ._backoff import Backoff
from ._channel import Channel
from ._ending import ending, refusal
from ._errors import (AuthenticationFailed, ConnectionFailed, ProtocolFault, RequestRefused,
                      TickstockError)
from ._frames import decode
from ._outbox import Outbox
from ._transport import Broken, Refused, Socket, open_socket

log = logging.getLogger("tickstock")

StatsType = TypeVar("StatsType")


@dataclass(frozen=True, slots=True)
class Settings:
    """See connect()."""

    url: str
    token: _token.Token | None
    backoff: Backoff
    heartbeat_timeout: float
    open_timeout: float
    buffer: int
    stall_seconds: float
    retry_first: bool
    tls: SSLContext | None
    sleep: Callable[[float], Awaitable[object]]


class Connection:
    """One task runs it from start() to close() or a final error. Channels may come and go at any
    time; each new WebSocket subscribes all of them from where they are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._channels: dict[str, Channel] = {}  # by subscription id
        self._aside: set[Channel] = set()  # too slow for the others: not subscribed for now
        self._ids = itertools.count(1)
        self._outbox = Outbox()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opened: asyncio.Future[None] | None = None  # of the first connection
        self._error: TickstockError | None = None  # why no connection will be again
        self._closed = False
        self._spoke = False  # the server said something on this connection
        self.connected = False
        self._connections = 0
        self._frames = 0
        self._gone_duplicates = 0  # of channels that were removed
        self._gone_gaps = 0

    def stats(self, kind: Callable[[int, int, int, int], StatsType]) -> StatsType:
        flows = [channel.flow for channel in (*self._channels.values(), *self._aside)]
        return kind(self._connections, self._frames,
                    self._gone_duplicates + sum(flow.duplicates for flow in flows),
                    self._gone_gaps + sum(flow.gaps for flow in flows))

    async def start(self) -> None:
        """Returns when the first connection is open. Raises what makes it impossible."""
        if self._task is not None:
            raise RuntimeError("this client was used before; make a new one")
        self._loop = asyncio.get_running_loop()
        self._opened = self._loop.create_future()
        self._task = self._loop.create_task(self._run(), name="tickstock")
        try:
            await self._opened
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._end_all(None)

    def add(self, channel: Channel) -> None:
        if self._error is not None or self._closed or self._task is None:
            channel.end(self._error or ConnectionFailed("the client is not open"))
            return
        self._subscribe(channel)

    def remove(self, channel: Channel) -> None:
        """Nothing more comes of it. May be called again."""
        if channel in self._aside or self._channels.get(channel.flow.name) is channel:
            self._gone_duplicates += channel.flow.duplicates
            self._gone_gaps += channel.flow.gaps
            self._aside.discard(channel)
            self._unsubscribe(channel)
        channel.end()

    def remove_later(self, channel: Channel) -> None:
        """As remove(), from wherever the garbage collector runs."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.remove, channel)

    def _subscribe(self, channel: Channel) -> None:
        # An id is never used again: frames that are still under way are then nobody's.
        channel.flow.name = f"s{next(self._ids)}"
        self._aside.discard(channel)
        self._channels[channel.flow.name] = channel
        if self.connected:
            self._outbox.put(channel.flow.subscribe_message())

    def _unsubscribe(self, channel: Channel) -> None:
        if self._channels.pop(channel.flow.name, None) is not None and self.connected:
            self._outbox.put({"op": "unsubscribe", "id": channel.flow.name})

    async def _run(self) -> None:
        failures = 0
        try:
            while not self._closed:  # asked too, for a library may swallow a cancellation
                self._spoke = False
                try:
                    await self._connect_once()
                except (Broken, OSError) as error:
                    self._first_failed(error)
                    log.info("%s: %s", self._settings.url, str(error) or type(error).__name__)
                failures = 0 if self._spoke else failures + 1
                await self._settings.sleep(self._settings.backoff.delay(max(0, failures - 1)))
        except asyncio.CancelledError:
            raise
        except TickstockError as error:
            self._fail(error)
        except Exception as error:  # of the user's token function or sleep
            failure = ConnectionFailed(f"the client gave up: {error!r}")
            failure.__cause__ = error
            self._fail(failure)

    def _first_failed(self, error: Exception) -> None:
        if self._opened is not None and not self._opened.done() and not self._settings.retry_first:
            raise ConnectionFailed(str(error) or type(error).__name__)

    def _fail(self, error: TickstockError) -> None:
        log.info("%s: %s", self._settings.url, error)
        self._error = error
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(error)
        self._end_all(error)

    def _end_all(self, error: TickstockError | None) -> None:
        for channel in (*self._channels.values(), *self._aside):
            channel.end(error)

    async def _connect_once(self) -> None:
        """From the handshake to the break, which it raises: Broken or OSError if coming back makes
        sense, TickstockError if not."""
        settings = self._settings
        token = await _token.current(settings.token)
        try:
            socket = await open_socket(settings.url, token, settings.open_timeout, settings.tls)
        except Refused as error:
            raise refusal(error.status) from None
        helpers: list[asyncio.Task[None]] = []
        try:
            if self._closed:
                return
            self._outbox.begin([one.flow.subscribe_message() for one in self._channels.values()])
            self.connected = True
            self._connections += 1
            if self._opened is not None and not self._opened.done():
                self._opened.set_result(None)
            helpers.append(asyncio.create_task(self._outbox.send_all(socket)))
            if token is not None and callable(settings.token):
                helpers.append(asyncio.create_task(self._keep_token(token)))
            await self._read(socket)
        except Broken as error:
            self._judge(error)
        finally:
            self.connected = False
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, socket.close(), return_exceptions=True)

    def _judge(self, error: Broken) -> None:
        final = ending(error)
        fetches = callable(self._settings.token)
        if isinstance(final, AuthenticationFailed) and fetches and self._spoke:
            raise error  # it was good before: a fresh token may be so again
        raise final or error

    async def _read(self, socket: Socket) -> None:
        while True:
            try:
                async with asyncio.timeout(self._settings.heartbeat_timeout):
                    text = await socket.receive()
            except TimeoutError:
                raise Broken(None, f"silent for {self._settings.heartbeat_timeout} s") from None
            self._spoke = True
            self._frames += 1
            await self._take(decode(text))

    async def _take(self, frame: dict[str, Any]) -> None:
        channel = self._channels.get(frame.get("id", ""))
        if frame["op"] == "error":
            refused = RequestRefused(str(frame.get("code")), str(frame.get("message")))
            if channel is not None:
                self._end_channel(channel, refused)
            else:
                log.warning("%s: %s", self._settings.url, refused)
        elif frame["op"] == "user_filters":
            for one in self._channels.values():
                one.flow.take_user_filters(tuple(map(str, frame.get("filters", ()))))
                one.wake()
        elif channel is not None and await self._has_room(channel):
            try:
                channel.flow.take(frame)
                channel.wake()
            except ProtocolFault as fault:
                self._end_channel(channel, fault)

    async def _has_room(self, channel: Channel) -> bool:
        """Waits for it; false if the frame is not wanted any more."""
        alone = len(self._channels) == 1
        patience = None if alone else self._settings.stall_seconds
        if not await channel.room(self._settings.buffer, patience):
            # It holds up the others. The server keeps its place: later it resumes from there.
            self._unsubscribe(channel)
            self._aside.add(channel)
            channel.set_aside(lambda: self._subscribe(channel))
            return False
        return not channel.ended

    def _end_channel(self, channel: Channel, error: TickstockError) -> None:
        channel.end(error)
        self.remove(channel)

    async def _keep_token(self, token: str) -> None:
        """Shows a fresh token before the last one expires: at 80 % of its time, a minute before the
        end at the latest for long ones."""
        while True:
            expires = _token.expiry(token)
            if expires is None:
                return
            left = expires - time.time()
            await asyncio.sleep(max(0.2, left * 0.8, left - 60))
            fresh = await _token.current(self._settings.token)
            if fresh is None or fresh == token:
                return
            token = fresh
            self._outbox.put({"op": "auth", "token": token})
