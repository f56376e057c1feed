"""The rows of a pusher that the server's journal does not have yet: numbered, bounded, sent again
where the server says. No input or output."""
from __future__ import annotations

import json
from collections import deque

from ._errors import ProtocolFault


class Message:
    """Rows that go together; `first` is the number of the first."""

    __slots__ = ("first", "rows", "size")

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[str] = []
        self.size = 0  # bytes, line ends included

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    def add(self, row: str, size: int) -> None:
        self.rows.append(row)
        self.size += size

    def text(self) -> str:
        return json.dumps({"op": "rows", "sequence": self.first}) + "\n" + "\n".join(self.rows)


class Window:
    """`first`: number of the first row to be added; None = one above what the server has."""

    def __init__(self, first: int | None, message_bytes: int) -> None:
        self._next = first
        self._message_bytes = message_bytes
        self._waiting: deque[Message] = deque()  # not sent on this connection
        self._sent: deque[Message] = deque()  # not answered
        self._known: int | None = None  # what the server had at the first connection
        self.in_flight = 0  # bytes of _sent
        self.held = 0  # bytes of both

    @property
    def next(self) -> int:
        """Number of the next row. Known once the server was asked."""
        assert self._next is not None
        return self._next

    @property
    def is_empty(self) -> bool:
        return not self._waiting and not self._sent

    def begin(self, through: int) -> None:
        """A new connection, whose server's journal has the rows up to number `through`."""
        if self._known is None:
            self._known = through
            self._next = through + 1 if self._next is None else self._next
        if through > max(self.next - 1, self._known):
            raise ProtocolFault(f"the server has row {through} of this client id, which was not "
                                f"sent from here: does another pusher use the same id?")
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self.in_flight = 0
        while self._waiting and self._waiting[0].last <= through:
            self.held -= self._waiting.popleft().size
        if self._waiting and self._waiting[0].first <= through:
            old = self._waiting.popleft()
            rest = Message(through + 1)
            for row in old.rows[through + 1 - old.first:]:
                rest.add(row, len(row.encode()) + 1)
            self.held += rest.size - old.size
            self._waiting.appendleft(rest)

    def add(self, row: str) -> int:
        """Its number. A row that the server had already is not kept."""
        number = self.next
        self._next = number + 1
        if self._known is not None and number <= self._known:
            return number
        size = len(row.encode()) + 1
        if not self._waiting or self._waiting[-1].size + size > self._message_bytes:
            self._waiting.append(Message(number))
        self._waiting[-1].add(row, size)
        self.held += size
        return number

    def take(self, in_flight_bytes: int) -> Message | None:
        """The next message to send; None if there is none, or too much unanswered to send it."""
        if not self._waiting:
            return None
        if self._sent and self.in_flight + self._waiting[0].size > in_flight_bytes:
            return None
        message = self._waiting.popleft()
        self._sent.append(message)
        self.in_flight += message.size
        return message

    def acknowledge(self) -> Message:
        """The oldest message was answered."""
        if not self._sent:
            raise ProtocolFault("an answer to rows that were not sent")
        message = self._sent.popleft()
        self.in_flight -= message.size
        self.held -= message.size
        return message
