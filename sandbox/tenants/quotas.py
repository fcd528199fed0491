"""How much may an application ask of one tenant?

Token buckets of https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits, for one
application and one tenant: resource units per 10 seconds by size of the tenant, and 3,000 writes per 150 seconds.
"""

import math
from dataclasses import dataclass
from enum import StrEnum


class QuotaSize(StrEnum):
    OFF = "off"
    #: under 50 users
    SMALL = "S"
    #: 50 to 500 users
    MEDIUM = "M"
    #: over 500 users
    LARGE = "L"


UNITS_PER_TEN_SECONDS = {QuotaSize.SMALL: 3_500, QuotaSize.MEDIUM: 5_000, QuotaSize.LARGE: 8_000}
WRITES = 3_000
WRITES_SECONDS = 150.0
#: For so long a refused write counts in what is told of the limit.
COUNTED_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The quota is used up: what Graph says in its headers."""

    what: str
    limit: str
    retry_after: int


class Bucket:
    """A token bucket that is full at the start."""

    __slots__ = ("_at", "_level", "capacity", "rate")

    def __init__(self, capacity: float, seconds: float) -> None:
        self.capacity = capacity
        self.rate = capacity / seconds
        self._level = capacity
        self._at = 0.0

    def take(self, amount: float, now: float) -> int:
        """Seconds to wait, 0 if the amount was there. What is refused counts too, as documented."""
        self._level = min(self.capacity, self._level + max(0.0, now - self._at) * self.rate)
        self._at = max(self._at, now)
        missing = amount - self._level
        self._level = max(0.0, self._level - amount)
        return max(1, math.ceil(missing / self.rate)) if missing > 0 else 0

    def drain(self, now: float) -> None:
        """Take all that is there."""
        self._at = max(self._at, now)
        self._level = 0.0

    def shrink(self, share: float, now: float) -> None:
        """Fill up, and be full, at this share of what was before."""
        self.take(0, now)
        self.capacity *= share
        self.rate *= share
        self._level = min(self._level, self.capacity)

    @property
    def used(self) -> float:
        return 1 - self._level / self.capacity


class Quota:
    """The quota of one application in one tenant."""

    __slots__ = ("_asked", "_refused", "_since", "_units", "_writes", "size")

    def __init__(self, size: QuotaSize) -> None:
        self.size = size
        #: Writes in the last seconds, and those of them that were refused.
        self._asked = self._refused = 0
        self._since = 0.0
        self._units = Bucket(UNITS_PER_TEN_SECONDS.get(size, 0) or 1, 10)
        self._writes = Bucket(WRITES, WRITES_SECONDS)

    def charge(self, units: int, writes: int, now: float) -> Refusal | None:
        """Take the cost of one request, or say how long to wait."""
        if self.size is QuotaSize.OFF:
            return None
        wait = self._units.take(units, now)
        if wait:
            what = "Write" if writes else "Read"
            return Refusal(what=what, limit="ResourceUnitLimitExceeded", retry_after=wait)
        wait = self._writes.take(writes, now) if writes else 0
        self._count(writes, now, refused=bool(wait))
        return Refusal(what="Write", limit="WriteLimitExceeded", retry_after=wait) if wait else None

    def drain(self, now: float) -> None:
        """Leave nothing of the writes for now."""
        self._writes.drain(now)

    def shrink(self, share: float, now: float) -> None:
        """Give less than is documented, as under load: https://learn.microsoft.com/graph/throttling"""
        self._writes.shrink(share, now)

    def percentage(self) -> str | None:
        """x-ms-throttle-limit-percentage, which is sent above 0.8 only: 1.2 where a fifth of the requests is refused.

        https://learn.microsoft.com/graph/throttling-limits#response-headers
        """
        used = 0.0 if self.size is QuotaSize.OFF else max(self._units.used, self._writes.used)
        if self._refused:
            used = 1 + self._refused / self._asked
        return f"{used:.2f}" if used > 0.8 else None

    def _count(self, writes: int, now: float, *, refused: bool) -> None:
        if now - self._since >= COUNTED_SECONDS:
            self._asked, self._refused, self._since = 0, 0, now
        self._asked += bool(writes)
        self._refused += refused


def units_of(units: int, options: frozenset[str], top: int | None) -> int:
    """$select saves one unit, $top below 20 another, $expand costs one, down to one: the same page, "cost"."""
    saved = ("$select" in options) + (top is not None and top < 20) - ("$expand" in options)
    return max(1, units - saved)
