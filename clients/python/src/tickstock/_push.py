"""Rows into a server: numbered, acknowledged, sent again after a break."""
from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from . import _token
from ._backoff import Backoff
from ._ending import ending, refusal
from ._errors import (AuthenticationFailed, ConnectionFailed, ProtocolFault, RequestRefused,
                      TickstockError)
from ._push_window import Window
from ._transport import Broken, Refused, Socket, open_socket

log = logging.getLogger("tickstock")

_MESSAGE_BYTES = 128 * 1024
_ROW_BYTES = 1_000_000  # the server takes 1 MiB a message
_KEPT_REJECTED = 100


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that the server could not read. number: of the row; reason: the server's word."""

    number: int
    reason: str
    excerpt: str


@dataclass(slots=True)
class PushStats:
    """As the server answered: rows = accepted + duplicates + rejected + refused."""

    connections: int = 0
    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    refused: int = 0

    def take(self, answer: Mapping[str, Any]) -> None:
        self.rows += int(answer["rows"])
        self.accepted += int(answer["accepted"])
        self.duplicates += int(answer["duplicates"])
        self.rejected += int(answer["rejected"])
        self.refused += int(answer["refused"])


class Pusher:
    """Made by push(). Used in one task, or with a lock of yours: the order of send() is the rows'.
    """

    def __init__(self, url: str, client: str, token: _token.Token | None, first: int | None,
                 buffer_bytes: int, backoff: Backoff, answer_timeout: float, open_timeout: float,
                 tls: SSLContext | None, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._url = url
        self._client = client
        self._token = token
        self._buffer_bytes = buffer_bytes
        self._backoff = backoff
        self._answer_timeout = answer_timeout
        self._open_timeout = open_timeout
        self._tls = tls
        self._sleep = sleep
        self._window = Window(first, min(_MESSAGE_BYTES, buffer_bytes))
        self._in_flight_bytes = 0  # allowed; as the server says
        self._changed = asyncio.Condition()
        self._ready = False  # the server was asked where it stands, once
        self._spoke = False
        self._error: TickstockError | None = None
        self._task: asyncio.Task[None] | None = None
        self.stats = PushStats()
        self.through = 0  # the last number that the server has, as far as it said
        self.rejected: deque[RejectedRow] = deque(maxlen=_KEPT_REJECTED)  # the newest

    @property
    def next(self) -> int:
        """Number of the row that send() takes next."""
        return self._window.next

    async def send(self, row: Mapping[str, Any] | str) -> int:
        """Takes a row: an object, or one as JSON text without line breaks. Waits while
        `buffer_bytes` are not acknowledged. Returns the row's number."""
        text = row if isinstance(row, str) else json.dumps(row, separators=(",", ":"))
        if not text.strip() or "\n" in text or "\r" in text:
            raise ValueError("a row is one line of JSON")
        if len(text) > _ROW_BYTES or len(text.encode()) > _ROW_BYTES:
            raise ValueError(f"a row has at most {_ROW_BYTES} bytes")
        await self._wait(lambda: self._window.held < self._buffer_bytes)
        number = self._window.add(text)
        async with self._changed:
            self._changed.notify_all()
        return number

    async def flush(self) -> None:
        """Returns when the server has answered for every row."""
        await self._wait(lambda: self._window.is_empty)

    async def __aenter__(self) -> Pusher:
        if self._task is not None:
            raise RuntimeError("this pusher was used before; make a new one")
        self._task = asyncio.create_task(self._run(), name="tickstock push")
        try:
            await self._wait(lambda: self._ready)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        try:
            if error is None:
                await self.flush()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _wait(self, holds: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._error is not None or holds())
        if self._error is not None:
            raise self._error

    async def _run(self) -> None:
        failures = 0
        try:
            while True:
                self._spoke = False
                try:
                    await self._connect_once()
                except (Broken, OSError) as error:
                    if not self._ready:
                        raise ConnectionFailed(str(error) or type(error).__name__) from None
                    log.info("%s: %s", self._url, str(error) or type(error).__name__)
                failures = 0 if self._spoke else failures + 1
                await self._sleep(self._backoff.delay(max(0, failures - 1)))
        except TickstockError as error:
            self._error = error
        except Exception as error:  # of the user's token function or sleep
            self._error = ConnectionFailed(f"the pusher gave up: {error!r}")
            self._error.__cause__ = error
        async with self._changed:
            self._changed.notify_all()

    async def _connect_once(self) -> None:
        """From the handshake to the break, which it raises: Broken or OSError if coming back makes
        sense, TickstockError if not."""
        token = await _token.current(self._token)
        try:
            socket = await open_socket(self._url, token, self._open_timeout, self._tls)
        except Refused as error:
            raise refusal(error.status) from None
        sender: asyncio.Task[None] | None = None
        try:
            await socket.send(json.dumps({"op": "open", "client": self._client}))
            opened = await self._answer(socket)
            if opened["type"] != "open":
                raise ProtocolFault(f"{opened['type']} instead of open")
            self._spoke = True
            self.stats.connections += 1
            self.through = int(opened["through"])
            self._in_flight_bytes = int(opened["max_in_flight_bytes"])
            self._window.begin(self.through)
            self._ready = True
            async with self._changed:
                self._changed.notify_all()
            sender = asyncio.create_task(self._send_all(socket))
            while True:
                await self._take(await self._answer(socket))
        except Broken as error:
            final = ending(error)
            if isinstance(final, AuthenticationFailed) and callable(self._token) and self._spoke:
                raise error from None  # it was good before: a fresh token may be so again
            raise final or error from None
        finally:
            if sender is not None:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)
            await socket.close()

    async def _answer(self, socket: Socket) -> dict[str, Any]:
        """The next frame. Silence is a break only while rows wait for an answer."""
        while True:
            try:
                async with asyncio.timeout(self._answer_timeout):
                    text = await socket.receive()
                break
            except TimeoutError:
                if self._window.in_flight or not self._spoke:
                    raise Broken(None, f"no answer for {self._answer_timeout} s") from None
        try:
            frame = json.loads(text)
            kind = frame["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ProtocolFault("a frame that is no JSON object with a type") from None
        if kind == "error":
            if frame.get("code") == "not_ready":
                raise Broken(None, str(frame.get("message")))
            raise RequestRefused(str(frame.get("code")), str(frame.get("message")))
        answer: dict[str, Any] = frame
        return answer

    async def _take(self, answer: dict[str, Any]) -> None:
        if answer["type"] != "ack":
            return  # of a later version of the protocol
        message = self._window.acknowledge()
        self.stats.take(answer)
        self.through = max(self.through, int(answer["through"]))
        for one in answer["first_rejected"]:
            row = RejectedRow(message.first + int(one["line"]) - 1, str(one["reason"]),
                              str(one["excerpt"]))
            self.rejected.append(row)
            log.warning("%s: row %d was rejected: %s: %s", self._url, row.number, row.reason,
                        row.excerpt)
        async with self._changed:
            self._changed.notify_all()

    async def _send_all(self, socket: Socket) -> None:
        """Until the connection ends, which the reader finds out. While the server does not read,
        the socket's send waits."""
        while True:
            async with self._changed:
                while (message := self._window.take(self._in_flight_bytes)) is None:
                    await self._changed.wait()
            try:
                await socket.send(message.text())
            except (Broken, OSError):
                return


def push(url: str, *, client: str, token: _token.Token | None = None, first: int | None = None,
         buffer_bytes: int = 1024 * 1024, backoff: Backoff | None = None,
         answer_timeout: float = 60.0, open_timeout: float = 10.0, ssl: SSLContext | None = None,
         sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> Pusher:
    """A pusher of rows, to be used with `async with`; leaving the block waits until the server has
    answered for every row.

    url: ws:// or wss://, …/ingest
    client: a name of yours for this feed, 1–64 of A–Z, a–z, 0–9 and . _ : -; the server remembers
        its numbers. Two pushers at a time must not share one
    first: number of the first row that send() takes. None: one above the last that the server has,
        for feeds that go on with what is new. 1, for a feed that begins anew each time: rows that
        the server has already are left out
    buffer_bytes: rows that are kept until they are acknowledged; then send() waits
    answer_timeout: seconds without an answer to rows after which it connects anew
    The others are as for connect().
    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError(f"an address is ws://HOST/ingest or wss://HOST/ingest, not {url!r}")
    if first is not None and first < 1:
        raise ValueError("rows are numbered from 1")
    if buffer_bytes < 1:
        raise ValueError("buffer_bytes is at least 1")
    if isinstance(token, str):
        _token.checked(token)
    return Pusher(url, client, token, first, buffer_bytes, backoff or Backoff(), answer_timeout,
                  open_timeout, ssl, sleep)
