"""Which events were seen lately."""
from collections import deque


class RecentIds:
    """The newest `limit` pairs (id, rev). With limit 0 it knows none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._order: deque[str] = deque()
        self._known: set[str] = set()

    def add(self, id: str, rev: int) -> bool:
        """False if it is known already."""
        key = f"{id}.{rev}"
        if key in self._known:
            return False
        if self._limit > 0:
            self._order.append(key)
            self._known.add(key)
            if len(self._order) > self._limit:
                self._known.remove(self._order.popleft())
        return True

    def clear(self) -> None:
        self._order.clear()
        self._known.clear()
