"""How long to wait before coming back."""
from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Backoff:
    """A random time between `low` and `high`, doubled with every attempt that failed before, never
    over `cap`; all in seconds. A connection that worked begins anew.

    The defaults are what the server asks of its clients: 1–10 s keeps ten thousand of them from
    coming back at once.
    """

    low: float = 1.0
    high: float = 10.0
    cap: float = 60.0
    random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= self.cap:
            raise ValueError("a back-off needs 0 <= low <= high <= cap")

    def delay(self, failures: int) -> float:
        """Seconds to wait after `failures` (0, 1, …) attempts in a row that got no answer."""
        drawn = self.random.uniform(self.low, self.high)
        return min(self.cap, drawn * 2.0 ** min(failures, 30))
