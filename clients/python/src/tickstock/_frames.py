"""Frames of the server: text in, members out, each event with its own text beside it."""
from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ._errors import ProtocolFault
from ._items import Event

_SPACE = re.compile(r"[ \t\n\r]*")

Reader = Callable[[str, int], tuple[Any, int]]
"""Reads the value that begins at an index of a text; says where it ends."""

# Fractions stay exact. The scanner reads any value at C speed.
_scan: Reader = json.JSONDecoder(parse_float=Decimal).raw_decode


def decode(text: str | bytes) -> dict[str, Any]:
    """The frame's members; `events` is a list of Event. ProtocolFault if it is no frame.

    Depends on no order of members: a body's text is cut out where the scanner began and ended.
    """
    if not isinstance(text, str):
        raise ProtocolFault("a binary frame")
    try:
        frame, end = _object(text, _skip(text, 0), {"events": _items})
        if text[end:].strip():
            raise ValueError("text behind the object")
        if not isinstance(frame["op"], str):
            raise ValueError("op is no text")
        if "events" in frame:
            epoch = frame["epoch"]
            frame["events"] = [_event(item, epoch) for item in frame["events"]]
        return frame
    except (ValueError, KeyError, IndexError, TypeError, StopIteration, RecursionError,
            ArithmeticError) as error:
        raise ProtocolFault(f"a frame that cannot be read ({error!r}): {text[:200]}") from error


def _skip(text: str, at: int) -> int:
    """Past white space. IndexError at the end of the text."""
    if text[at] in " \t\n\r":
        found = _SPACE.match(text, at)
        at = found.end() if found else at
    return at


def _object(text: str, at: int, readers: Mapping[str, Reader]) -> tuple[dict[str, Any], int]:
    """An object's members, those named in `readers` read by these."""
    if text[at] != "{":
        raise ValueError("no object")
    members: dict[str, Any] = {}
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = _scan(text, at)
        at = _skip(text, at)
        if text[at] != ":" or not isinstance(name, str):
            raise ValueError("no member")
        members[name], at = readers.get(name, _scan)(text, _skip(text, at + 1))
        at = _after_one(text, at, "}")
    return members, at + 1


def _items(text: str, at: int) -> tuple[list[dict[str, Any]], int]:
    """The list of {offset, ts_pub, event}, `event` as (members, text)."""
    if text[at] != "[":
        raise ValueError("events is no list")
    items = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        item, at = _object(text, at, {"event": _body})
        items.append(item)
        at = _after_one(text, at, "]")
    return items, at + 1


def _body(text: str, begin: int) -> tuple[tuple[Any, str], int]:
    members, end = _scan(text, begin)
    return (members, text[begin:end]), end


def _after_one(text: str, at: int, closing: str) -> int:
    """Past the comma behind a member or item, or at the closing bracket."""
    at = _skip(text, at)
    if text[at] == ",":
        return _skip(text, at + 1)
    if text[at] != closing:
        raise ValueError("no comma")
    return at


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _event(item: dict[str, Any], epoch: str) -> Event:
    body, raw = item["event"]
    return Event(
        body["id"], body["rev"], body["type"], body["symbol"], body["direction"],
        _decimal(body["price"]), body["ts"], body["session"], body["source"], body["confidence"],
        body["priority"], _decimal(body["volume"]), body["data"], body["evidence"],
        epoch, item["offset"], item["ts_pub"], raw)
