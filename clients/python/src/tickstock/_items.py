"""What a subscription yields. All values are immutable."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Union

_BEGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)


def utc(ns: int) -> datetime:
    """The instant in UTC, cut to the microsecond (a datetime holds no more)."""
    return _BEGIN + timedelta(microseconds=ns // 1000)


@dataclass(frozen=True, slots=True)
class Position:
    """"I have everything up to and including `offset`" of the stream's incarnation `epoch`."""

    epoch: str
    offset: int

    @classmethod
    def parse(cls, text: str) -> Position:
        """Reads what str() wrote; ValueError if it is none."""
        epoch, colon, offset = text.strip().rpartition(":")
        if not colon or not epoch or not (offset.isascii() and offset.isdecimal()):
            raise ValueError(f"a position is EPOCH:OFFSET, not {text!r}")
        return cls(epoch, int(offset))

    def __str__(self) -> str:
        return f"{self.epoch}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Numbers with a fraction are Decimal, exactly as sent, in `data` and `evidence` too.

    id, rev: what it is about, and its version: the higher `rev` of an id replaces the lower
    price: USD; None for control events
    ts_ns: nanoseconds since 1970-01-01 UTC, of what the event is about
    volume: shares; None for valuations and control events
    data, evidence: members by type, see the server's protocol page
    raw: the body's text byte for byte, as `tickstock replay` writes it
    epoch, offset: its place in the stream
    ts_pub_ns: wall time at which the server published it, ns
    """

    id: str
    rev: int
    type: str
    symbol: str
    direction: str | None
    price: Decimal | None
    ts_ns: int
    session: str
    source: str
    confidence: Decimal | int
    priority: int
    volume: Decimal | None
    data: Mapping[str, Any]
    evidence: Mapping[str, Any] | None
    epoch: str
    offset: int
    ts_pub_ns: int
    raw: str = field(repr=False)

    @property
    def ts(self) -> datetime:
        """`ts_ns` in UTC, cut to the microsecond."""
        return utc(self.ts_ns)

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.offset)


@dataclass(frozen=True, slots=True)
class Gap:
    """Offsets `first`…`last` of `epoch` will not come. `last` None: everything from `first` on in
    that epoch; it may be nothing.

    reason: `evicted` (resumed too late, or too slow), `epoch_changed` (the stream began anew), or
    `ahead`: the server does not know these offsets, which this client had been told; what comes
    with those offsets now is something else
    """

    epoch: str
    first: int
    last: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The latest event of each (symbol, type) that the filter accepts, as of `position`, by offset.
    The stream goes on right after it."""

    position: Position
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The server answered, the first time or after a reconnect.

    position: where the server goes on from
    resumed_from: the position that was asked for; None the first time with `now` or `snapshot`
    recovered: everything after `resumed_from` follows. If false then, a Gap says what is missing
    user_filters: names of the user's stored filters that hold beside the subscription's own
    """

    position: Position
    resumed_from: Position | None
    recovered: bool
    reason: str | None
    user_filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FiltersChanged:
    """The user's stored filters, by name, that hold from here on, about: somebody changed them. What
    they let pass or hold back before is no gap."""

    user_filters: tuple[str, ...]


Item = Union[Event, Gap, Snapshot, Subscribed, FiltersChanged]
