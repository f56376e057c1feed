"""The client: one WebSocket that comes back, and the subscriptions on it."""
from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from ._backoff import Backoff
from ._channel import Channel
from ._connection import Connection, Settings
from ._filter import Filter, string_list
from ._flow import Flow
from ._items import Item, Position
from ._token import Token, checked


def connect(url: str, *, token: Token | None = None, backoff: Backoff | None = None,
            heartbeat_timeout: float = 10.0, open_timeout: float = 10.0, buffer: int = 10_000,
            dedupe: int = 65_536, stall_seconds: float = 1.0, retry_first: bool = False,
            ssl: SSLContext | None = None,
            sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> Client:
    """A client for `async with`; entering connects.

    url: ws://HOST:PORT/ws, or wss:// for TLS (`ssl`: a context of your own)
    token: a JWT or API key, or an async function that fetches one
    backoff: how long to wait before coming back; 1–10 s, doubled up to a minute
    heartbeat_timeout: seconds of silence until the connection counts as dead; the server speaks
        every 2 s
    open_timeout: seconds for connecting with its handshake
    buffer: items that wait for you, per subscription, plus at most one frame (1,000 events). When
        it is full, the client reads no more, and TCP holds the server back
    dedupe: how many (id, rev) pairs are remembered per subscription, to recognise an event that
        comes again in a new epoch; 0: none
    stall_seconds: how long a subscription with a full buffer may hold up the others of its client;
        then it is unsubscribed, and resumes by itself once half of its buffer was taken
    retry_first: keep trying when the first connection fails, instead of raising ConnectionFailed
    sleep: waits before coming back; for tests

    Entering raises ConnectionFailed, AuthenticationFailed or Terminal.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError(f"the URL must be ws://HOST:PORT/ws or wss://…, not {url!r}")
    if buffer < 1 or dedupe < 0 or heartbeat_timeout <= 0:
        raise ValueError("buffer is at least 1, dedupe at least 0, heartbeat_timeout positive")
    if isinstance(token, str):
        checked(token)
    return Client(Settings(url, token, backoff or Backoff(), heartbeat_timeout, open_timeout,
                           buffer, stall_seconds, retry_first, ssl, sleep), dedupe)


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of a client since it was made. `duplicates` and `gaps` are over all subscriptions."""

    connections: int
    frames: int
    duplicates: int
    gaps: int


class Client:
    """Made by connect(). Its subscriptions share one connection.

    Use it from one event loop; nothing here is thread-safe.
    """

    def __init__(self, settings: Settings, dedupe: int) -> None:
        self._connection = Connection(settings)
        self._dedupe = dedupe

    async def __aenter__(self) -> Client:
        await self._connection.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connection; iterations of its subscriptions end. May be called again."""
        await self._connection.close()

    @property
    def connected(self) -> bool:
        return self._connection.connected

    @property
    def stats(self) -> Stats:
        return self._connection.stats(Stats)

    def subscribe(self, *, types: Iterable[str] = (), symbols: Iterable[str] = (),
                  universes: Iterable[str] = (), filter: Filter | None = None,
                  since: str | Position = "now", interval_ms: int = 0,
                  conflate: bool = False, user_filters: bool = True) -> Subscription:
        """Asks for events at once; iterate over the result to take them.

        types, symbols, universes: empty lists restrict nothing
        since: "now", "snapshot" (first the latest of each symbol and type), or a Position to
            resume from: everything after it
        interval_ms: 0, or at most one batch per interval (1–60000 ms)
        conflate: with an interval, only the latest event per symbol and type of each
        user_filters: where the user keeps filters on the server, these hold too

        RequestRefused is raised by the iteration where the server does not accept it.
        """
        if not isinstance(since, Position) and since not in ("now", "snapshot"):
            raise ValueError(f'since is "now", "snapshot" or a Position, not {since!r}')
        request: dict[str, Any] = {}
        for name, values in (("types", types), ("symbols", symbols), ("universes", universes)):
            if texts := string_list(name, values):
                request[name] = texts
        if filter is not None and (members := filter.to_json()):
            request["filter"] = members
        if interval_ms:
            request["interval_ms"] = interval_ms
        if conflate:
            request["conflate"] = True
        if not user_filters:
            request["user_filters"] = False
        return Subscription(self._connection, Channel(Flow(request, since, self._dedupe)))


class Subscription:
    """Made by Client.subscribe(); an async iterator of Subscribed, Snapshot, Event, Gap
    and FiltersChanged.

    It ends when the client or the subscription is closed; it raises what made it impossible to go
    on. Leaving the loop and dropping the subscription ends it too.
    """

    def __init__(self, connection: Connection, channel: Channel) -> None:
        self._connection = connection
        self._channel = channel
        connection.add(channel)
        # A subscription that nobody can read any more must not fill its buffer and stop the rest.
        self._forget = weakref.finalize(self, connection.remove_later, channel)
        self._forget.atexit = False

    @property
    def position(self) -> Position | None:
        """Covers everything you were given, the newest item included: once that is processed, save
        it (as str, read by Position.parse) and resume from it, in any process. None before the
        first answer of the server, or the end of the snapshot."""
        return self._channel.flow.handed

    @property
    def duplicates(self) -> int:
        """Events that came again and were left out."""
        return self._channel.flow.duplicates

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Item:
        return await self._channel.next()

    async def __aenter__(self) -> Subscription:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Unsubscribes; what was not taken is dropped. The position stays."""
        self._forget.detach()
        self._connection.remove(self._channel)
