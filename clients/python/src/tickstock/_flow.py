"""One subscription's side of the protocol, without sockets: what came, what the user was given,
where to resume. Here the promise is kept: no silent hole, nothing twice."""
from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from ._errors import ProtocolFault
from ._items import Event, FiltersChanged, Gap, Item, Position, Snapshot, Subscribed
from ._recent import RecentIds

# The server tells the rest of these by gap frames; of others it tells only where it goes on.
_TOLD_BY_GAPS = ("epoch_changed", "evicted")


class Flow:
    """State of a subscription over all its connections.

    `received` is the position up to which everything is in the queue or was handed out: the client
    resumes from it. `handed` is the position that covers what the user was given, the newest item
    included: the user may resume from it in another process.

    Queue and received grow by take() (the connection's reader); next_item() takes out.
    """

    def __init__(self, request: Mapping[str, Any], since: str | Position, dedupe: int) -> None:
        self.name = ""  # the id on the wire
        self.received = since if isinstance(since, Position) else None
        self.handed = self.received
        self.duplicates = 0
        self.gaps = 0
        self.queue: deque[tuple[Item, Position | None]] = deque()
        self._request = request
        self._since = since
        self._answered = False  # `subscribed` came on this connection
        self._snapshot: list[Event] | None = None  # its frames so far
        self._snapshot_position: Position | None = None
        self._announced_epoch: str | None = None  # by `subscribed`; the gap that leads there follows
        self._epoch_over = False  # received's epoch ended; the next frame names the new one
        self._seen = RecentIds(dedupe)

    def subscribe_message(self) -> dict[str, Any]:
        """What to send on a new connection. Forgets what the one before left unfinished."""
        self._answered = False
        self._snapshot = None
        self._announced_epoch = None
        self._epoch_over = False
        since: Any = self.received or self._since
        if isinstance(since, Position):
            since = {"epoch": since.epoch, "offset": since.offset}
        return {"op": "subscribe", "id": self.name, **self._request, "since": since}

    def next_item(self) -> Item:
        """REQUIRES: the queue is not empty."""
        item, self.handed = self.queue.popleft()
        return item

    def take(self, frame: Mapping[str, Any]) -> None:
        """Takes a frame about this subscription. ProtocolFault where it breaks the protocol; the
        state is then as before the frame."""
        try:
            op = frame["op"]
            if op == "subscribed":
                self._take_subscribed(frame)
                return
            if not self._answered:
                raise ProtocolFault(f"{op} before subscribed")
            if op == "events":
                self._take_events(frame)
            elif op == "gap":
                self._take_gap(frame)
            elif op == "snapshot":
                self._take_snapshot(frame)
        except (KeyError, TypeError, AttributeError) as error:
            raise ProtocolFault(f"a frame without what it needs: {error!r}") from error

    def take_user_filters(self, names: tuple[str, ...]) -> None:
        """The user's stored filters have changed."""
        if not self._answered or self._request.get("user_filters") is False:
            return
        if self.queue and isinstance(self.queue[-1][0], FiltersChanged):
            self.queue.pop()  # nobody saw that yet
        self.queue.append((FiltersChanged(names), self.received))

    def _take_subscribed(self, frame: Mapping[str, Any]) -> None:
        position = Position(frame["position"]["epoch"], frame["position"]["offset"])
        asked, reason = self.received, frame["reason"]
        recovered = frame["recovered"] is True
        if asked is not None and recovered and position != asked:
            raise ProtocolFault(f"recovered, but at {position} instead of {asked}")
        self._answered = True
        names = tuple(frame.get("user_filters", ()))
        self.queue.append((Subscribed(position, asked, recovered, reason, names), asked))
        if asked is None:
            if self._since == "snapshot":
                self._snapshot, self._snapshot_position = [], position
            else:
                self._move(position)
        elif not recovered:
            if reason == "epoch_changed":
                self._announced_epoch = position.epoch
            if reason not in _TOLD_BY_GAPS:
                first = min(position.offset, asked.offset) + 1
                last = asked.offset if reason == "ahead" else None
                self._put_gap(Gap(asked.epoch, first, last, str(reason)))
                self._move(position)

    def _take_snapshot(self, frame: Mapping[str, Any]) -> None:
        position = Position(frame["epoch"], frame["offset"])
        if self._snapshot is None or position != self._snapshot_position:
            raise ProtocolFault(f"a snapshot of {position} that was not announced")
        self._snapshot += frame["events"]
        if not frame["more"]:
            snapshot, self._snapshot = tuple(self._snapshot), None
            self.queue.append((Snapshot(position, snapshot), position))
            self._move(position)

    def _take_gap(self, frame: Mapping[str, Any]) -> None:
        gap = Gap(frame["epoch"], frame["from"], frame["to"], frame["reason"])
        at = self._where(gap.epoch)
        if gap.first > at.offset + 1:
            raise ProtocolFault(f"a hole: {gap} after {at}")
        if gap.last is not None:
            if gap.last > at.offset:
                self._put_gap(gap)
                self._move(Position(gap.epoch, gap.last))
            return
        self._put_gap(gap)
        if self._announced_epoch is not None:
            self._move(Position(self._announced_epoch, 0))
            self._announced_epoch = None
        else:
            # The stream began anew before our eyes: a replay's next loop, whose events are the
            # same ones and wanted again. Until the new epoch has a name, the old position is the
            # one to resume from.
            self._epoch_over = True
            self._seen.clear()

    def _take_events(self, frame: Mapping[str, Any]) -> None:
        epoch, first, last = frame["epoch"], frame["first"], frame["last"]
        at = self._where(epoch)
        if first > at.offset + 1 or last < first:
            raise ProtocolFault(f"a hole: {first}…{last} of epoch {epoch} after {at}")
        before = first - 1
        for event in frame["events"]:
            if not before < event.offset <= last:
                raise ProtocolFault(f"offset {event.offset} in {first}…{last} after {before}")
            before = event.offset
        for event in frame["events"]:
            if event.offset <= at.offset or not self._seen.add(event.id, event.rev):
                self.duplicates += 1
            else:
                self.queue.append((event, event.position))
        self._move(Position(epoch, max(last, at.offset)))

    def _where(self, epoch: str) -> Position:
        """What a frame of this epoch has to go on from."""
        at = self.received
        if at is None:
            raise ProtocolFault("the stream before the snapshot's end")
        if (epoch == at.epoch) == self._epoch_over:
            raise ProtocolFault(f"epoch {epoch} after {at} without notice")
        return Position(epoch, 0) if self._epoch_over else at

    def _put_gap(self, gap: Gap) -> None:
        self.gaps += 1
        self.queue.append((gap, self.received))

    def _move(self, to: Position) -> None:
        """Everything up to `to` is here. What waits to be handed out covers it, or it is covered
        already."""
        self.received = to
        self._epoch_over = False
        if self.queue:
            self.queue[-1] = (self.queue[-1][0], to)
        else:
            self.handed = to
