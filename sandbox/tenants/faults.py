"""What goes wrong today? Switches as data, profiles that set them, and seeded draws.

The transient rows of https://learn.microsoft.com/graph/errors; a rate is the share of requests it happens to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSwitches:
    throttle_reads: float = 0.0
    throttle_writes: float = 0.0
    #: Share of the 429s that carry no Retry-After.
    retry_after_missing: float = 0.0
    #: Longest Retry-After in engine seconds.
    retry_after_seconds: int = 20
    #: 500, 502, 503 or 504 and nothing happened.
    unavailable_before: float = 0.0
    #: 503 or 504 although the write happened.
    unavailable_after: float = 0.0
    #: 409 Directory_ConcurrencyViolation on writes.
    conflicts: float = 0.0
    #: The connection ends without an answer and nothing happened.
    cut_before: float = 0.0
    #: The connection ends without an answer although all of it happened.
    cut_after: float = 0.0
    #: Share of delta pages that are shorter than asked, or empty with a nextLink.
    short_pages: float = 0.0
    empty_pages: float = 0.0
    #: Share of delta pages that repeat objects of earlier pages and rounds.
    replays: float = 0.0
    #: Share of deleted users that show up as @removed in a first round.
    removed_in_first_round: float = 0.0
    #: The next use of a delta link answers 410 once.
    resync_once: bool = False
    #: Longest replication lag of reads by id, in engine seconds.
    lag_seconds: float = 0.0
    #: Most member entries on one page of a groups delta.
    members_per_page: int = 500
    #: Inviting a B2B user's address again: the same id, or 400 on proxyAddresses.
    reinvite: str = "same"
    #: Extra time for every answer, in engine milliseconds.
    latency_ms: float = 0.0
    #: Reads that lie; in no profile, because no engine can see through each of them.
    empty_delta: float = 0.0
    early_end: float = 0.0
    empty_assignments: float = 0.0

    def with_changes(self, changes: Mapping[str, Any]) -> "FaultSwitches":
        unknown = sorted(set(changes) - {each.name for each in fields(self)})
        if unknown:
            raise ValueError(f"Unknown fault switches: {', '.join(unknown)}.")
        return replace(self, **changes)


PROFILES: Mapping[str, FaultSwitches] = {
    "none": FaultSwitches(),
    "throttled": FaultSwitches(throttle_reads=0.02, throttle_writes=0.04, retry_after_missing=0.1),
    "flaky": FaultSwitches(
        throttle_reads=0.005,
        throttle_writes=0.005,
        unavailable_before=0.02,
        unavailable_after=0.01,
        conflicts=0.01,
        cut_before=0.01,
        cut_after=0.01,
        short_pages=0.3,
        empty_pages=0.1,
        replays=0.2,
        removed_in_first_round=0.5,
        resync_once=True,
        lag_seconds=8.0,
        members_per_page=40,
    ),
}


class Fault(StrEnum):
    """What happens to one request; those that end with an answer have it in their name."""

    NONE = "none"
    THROTTLED = "throttled"
    UNAVAILABLE_BEFORE = "unavailable before"
    UNAVAILABLE_AFTER = "unavailable after"
    CONFLICT = "conflict"
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"


#: Everything that is counted when it happens.
FAULTS = (
    *(str(fault) for fault in Fault if fault is not Fault.NONE),
    *("resync", "empty page", "short page", "replay", "removed in first round"),
)


class Faults:
    """The switches in force, for all tenants or for one, and the seeded draws on them."""

    def __init__(self, switches: FaultSwitches, random: Random) -> None:
        self.random = random
        self._all = switches
        self._of_tenant: dict[str, FaultSwitches] = {}
        self._resynced: set[str] = set()
        #: How often each fault has happened so far.
        self.fired: Counter[str] = Counter()

    def of(self, tenant_id: str) -> FaultSwitches:
        return self._of_tenant.get(tenant_id, self._all)

    def set(self, switches: FaultSwitches, tenant_id: str | None = None) -> None:
        """Put switches in force; for one tenant they replace those for all."""
        if tenant_id is None:
            self._all = switches
            self._of_tenant.clear()
            self._resynced.clear()
        else:
            self._of_tenant[tenant_id] = switches

    def draw(self, tenant_id: str, *, writes: bool) -> Fault:
        """What happens to one request or batch item."""
        switches = self.of(tenant_id)
        rates = {
            Fault.THROTTLED: switches.throttle_writes if writes else switches.throttle_reads,
            Fault.UNAVAILABLE_BEFORE: switches.unavailable_before,
            Fault.UNAVAILABLE_AFTER: switches.unavailable_after if writes else 0.0,
            Fault.CONFLICT: switches.conflicts if writes else 0.0,
        }
        return self._pick(rates)

    def draw_connection(self, tenant_id: str, *, batch: bool) -> Fault:
        """What happens to one connection. A batch can fail as a whole too, before or after its items were worked."""
        switches = self.of(tenant_id)
        rates = {Fault.CUT_BEFORE: switches.cut_before, Fault.CUT_AFTER: switches.cut_after}
        if batch:
            rates[Fault.UNAVAILABLE_BEFORE] = switches.unavailable_before
            rates[Fault.UNAVAILABLE_AFTER] = switches.unavailable_after
        return self._pick(rates)

    def retry_after(self, tenant_id: str) -> int | None:
        """Engine seconds, or None for a 429 without the header."""
        switches = self.of(tenant_id)
        if self.happens(switches.retry_after_missing):
            return None
        return self.random.randint(1, switches.retry_after_seconds)

    def resync_due(self, tenant_id: str) -> bool:
        """Whether this use of a delta link is the one that answers 410."""
        if not self.of(tenant_id).resync_once or tenant_id in self._resynced:
            return False
        self._resynced.add(tenant_id)
        self.fired["resync"] += 1
        return True

    def happens(self, rate: float, what: str = "") -> bool:
        """Whether it happens this time; with a name it is counted."""
        happens = rate > 0 and self.random.random() < rate
        if happens and what:
            self.fired[what] += 1
        return happens

    def _pick(self, rates: Mapping[Fault, float]) -> Fault:
        if not any(rates.values()):
            return Fault.NONE
        point = self.random.random()
        for fault, rate in rates.items():
            if point < rate:
                self.fired[fault] += 1
                return fault
            point -= rate
        return Fault.NONE
