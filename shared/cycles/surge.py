"""Are more people created, or rewritten, than the operator expects? Guards that trip while a cycle runs.

Counted by the hour, over the guard's window. A wrong scope creates thousands of people; a wrong mapping rewrites all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.configuration.configuration import Guard, Guards
from shared.cycles.removal_guard import limit_of
from shared.provisioning.provisioning_log import ProvisioningAction


class SurgeKind(StrEnum):
    """What surges; the value is the code under which a configuration is held for it."""

    CREATES = "TooManyCreates"
    REWRITES = "TooManyRewrites"


_KINDS: Final = {ProvisioningAction.CREATE: SurgeKind.CREATES, ProvisioningAction.UPDATE: SurgeKind.REWRITES}
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """How many were created and rewritten, by the hour since 1970 (as text, because JSON has no other keys)."""

    creates: Mapping[str, int] = field(default_factory=dict)
    rewrites: Mapping[str, int] = field(default_factory=dict)

    def count(self, kind: SurgeKind, since: datetime) -> int:
        """Count what happened in the hours that begin then."""
        first = _hour(since)
        return sum(count for hour, count in self._of(kind).items() if int(hour) >= first)

    def with_more(self, more: Mapping[SurgeKind, int], now: datetime, keep: timedelta) -> "Surge":
        """Return the counts with these, and without those older than `keep`."""
        counts = {kind: dict(self._of(kind)) for kind in SurgeKind}
        for kind, count in more.items():
            hour = str(_hour(now))
            counts[kind][hour] = counts[kind].get(hour, 0) + count
        first = _hour(now - keep)
        kept = {kind: {hour: n for hour, n in each.items() if int(hour) >= first} for kind, each in counts.items()}
        return Surge(creates=kept[SurgeKind.CREATES], rewrites=kept[SurgeKind.REWRITES])

    def _of(self, kind: SurgeKind) -> Mapping[str, int]:
        return self.creates if kind is SurgeKind.CREATES else self.rewrites


@dataclass(frozen=True, slots=True, kw_only=True)
class Tripped:
    """A guard that holds, with its figures."""

    kind: SurgeKind
    count: int
    limit: int

    @property
    def message(self) -> str:
        what = "created" if self.kind is SurgeKind.CREATES else "updated"
        return (
            f"{self.count} people were {what} within the guard's window; it holds the others from {self.limit} on. "
            "Repair the scope or the mapping, or approve what is held."
        )


def surge_kind(action: ProvisioningAction) -> SurgeKind | None:
    """Return what a success of this action counts as."""
    return _KINDS.get(action)


def is_watched(guards: Guards) -> bool:
    """Did the operator ask for any of these guards?"""
    return guards.creates is not None or guards.rewrites is not None


def tripped(surge: Surge, guards: Guards, population: int, now: datetime) -> tuple[Tripped, ...]:
    """Return the guards that hold: at their number, or at their share from 50 people up."""
    watched: list[tuple[SurgeKind, Guard | None]] = [
        (SurgeKind.CREATES, guards.creates),
        (SurgeKind.REWRITES, guards.rewrites),
    ]
    found = []
    for kind, guard in watched:
        if guard is None:
            continue
        count, limit = surge.count(kind, now - guard.window), limit_of(guard, population)
        if count >= limit:
            found.append(Tripped(kind=kind, count=count, limit=limit))
    return tuple(found)


def longest_window(guards: Guards) -> timedelta:
    """Return for how long counts are of use."""
    return max((guard.window for guard in (guards.creates, guards.rewrites) if guard is not None), default=_HOUR)


def _hour(time: datetime) -> int:
    return (time - _EPOCH) // _HOUR
