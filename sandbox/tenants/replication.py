"""What does a reader see of an object that changed a moment ago?

A directory answers from replicas: a new user may be unknown by id for seconds and to filters for longer.
https://learn.microsoft.com/graph/delta-query-overview#replication-delays
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """One change that not every replica has; `previous` is the stored document before it, None for a new object."""

    sequence: int
    reads_until: float
    filters_until: float
    previous: bytes | None


class Replication:
    """The changes of one tenant that are not everywhere yet. Without lag it holds nothing and costs nothing."""

    __slots__ = ("_lags", "_random", "seconds")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._lags: dict[str, Lag] = {}
        #: Longest lag of reads by id, in engine seconds; filters take up to three times as long.
        self.seconds = 0.0

    def note(self, object_id: str, sequence: int, now: float, previous: bytes | None) -> None:
        """A change happened; an object that still lags keeps the oldest state and the oldest number."""
        if self.seconds <= 0:
            return
        self._expire(now)
        reads = now + self._random.uniform(0, self.seconds)
        earlier = self._lags.get(object_id)
        if earlier and earlier.reads_until <= now:
            earlier = None  # every replica had that change: nobody goes back behind it
        self._lags[object_id] = Lag(
            sequence=earlier.sequence if earlier else sequence,
            reads_until=reads,
            filters_until=reads + self._random.uniform(0, 2 * self.seconds),
            previous=earlier.previous if earlier else previous,
        )

    def forget(self, object_id: str) -> None:
        self._lags.pop(object_id, None)

    def horizon(self, now: float) -> int | None:
        """The first change that delta does not show yet, None if it shows all."""
        self._expire(now)
        pending = [lag.sequence for lag in self._lags.values() if lag.reads_until > now]
        return min(pending, default=None)

    def in_delta(self, object_id: str, current: bytes, now: float) -> bytes | None:
        """The state a delta page shows: always the one every replica has."""
        lag = self._lags.get(object_id)
        return lag.previous if lag and lag.reads_until > now else current

    def by_id(self, object_id: str, current: bytes, now: float) -> bytes | None:
        """The state a read by id meets: one of two replicas answers."""
        lag = self._lags.get(object_id)
        if lag is None or lag.reads_until <= now or self._random.random() < 0.5:
            return current
        return lag.previous

    def by_filter(self, object_id: str, current: bytes, now: float) -> bytes | None:
        """The state the index behind $filter has: the last to learn of a change."""
        lag = self._lags.get(object_id)
        return lag.previous if lag and lag.filters_until > now else current

    def _expire(self, now: float) -> None:
        for object_id in [each for each, lag in self._lags.items() if lag.filters_until <= now]:
            del self._lags[object_id]
