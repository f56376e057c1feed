"""The restrictions of a subscription beyond symbols and types."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Union

Number = Union[int, float, str, Decimal]


@dataclass(frozen=True, slots=True)
class Filter:
    """All that are given must hold; bounds are inclusive. What the members mean for each type of
    event stands in the server's protocol page; the server refuses what is out of range.

    directions: up, down; sources: tick, websocket, ohlcv, fmv, channel
    min_strength: weak, moderate or strong; vwap_position: above, below, unknown
    min_magnitude: percent; min_price, max_price: USD; min_volume: shares; trend ages: seconds
    Give exact numbers as str or Decimal.
    """

    directions: Iterable[str] = ()
    sources: Iterable[str] = ()
    min_score: Number | None = None
    min_strength: str | None = None
    min_magnitude: Number | None = None
    min_count: int | None = None
    min_price: Number | None = None
    max_price: Number | None = None
    min_volume: Number | None = None
    min_trend_age: Number | None = None
    max_trend_age: Number | None = None
    vwap_position: Iterable[str] = ()

    def to_json(self) -> dict[str, Any]:
        """The members that restrict, as the server reads them."""
        members: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in ("directions", "sources", "vwap_position"):
                value = string_list(one.name, value) or None
            elif isinstance(value, Decimal):
                value = format(value, "f")
            if value is not None:
                members[one.name] = value
        return members


def string_list(name: str, values: Iterable[str]) -> list[str]:
    """A list of texts; a single text is refused, for its letters would pass for the list."""
    if isinstance(values, str):
        raise TypeError(f"{name} takes a list of texts, such as [{values!r}]")
    return list(values)
