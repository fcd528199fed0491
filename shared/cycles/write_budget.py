"""How fast may be written to a target tenant, and how fast may people be invited?

Writes: Graph allows one application 3,000 in 150 seconds. Time slots are reserved by the generic cell rate algorithm:
one time stamp says when all that is reserved will have been written at an even pace, and it may be ahead of now by a
burst at the most. With the burst no window takes more than the quota.
https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits

Graph may give less, and others may write with the same application. A sign of it is a 429, or an answer whose
`x-ms-throttle-limit-percentage` is above 1. Then the pace falls, and comes back by itself:

| Graph gives | then the pace is |
|---|---|
| a sign | as it was: whoever emptied the bucket may be gone |
| one more within a window of the quota, a 429 | four fifths of what it was |
| one more within a window of the quota, a percentage | divided by it |
| no sign for a minute | a tenth of the whole higher with each further minute |

Invitations: Graph blocks a tenant's invitations "due to suspicious activity" at a rate that nobody documents, and only
support lifts that. So the pace begins low and grows with what went well; once blocked nobody is invited for an hour,
then one person is tried, and each further block doubles the pause up to a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

QUOTA: Final = 3000
QUOTA_WINDOW: Final = timedelta(seconds=150)
BURST: Final = 60
"""Three batches: so much may be lost to a slow host without being lost for the pace."""

INTERVAL: Final = QUOTA_WINDOW / (QUOTA - BURST)
"""Between two writes, where Graph gives what it documents."""

LEAST_SHARE: Final = 0.05
ON_REFUSALS: Final = 0.8
SETTLED: Final = timedelta(seconds=15)
"""Signs that are so close have one cause, and a lower pace has shown no effect yet."""

RESTS: Final = timedelta(minutes=1)
RECOVERS: Final = timedelta(minutes=10)
"""From nothing to the whole pace."""

FIRST_INVITATIONS: Final = 20
"""People who may be invited at once before the pace counts."""

SLOWEST: Final = 0.5
FASTEST: Final = 10.0
"""Invitations in a second: in the beginning, and at the most: the quota gives as many, for each takes two writes."""

GROWTH: Final = 500
"""So many invitations make the pace one in a second faster; 4,750 people take about 25 minutes to the fastest."""

FIRST_PAUSE: Final = timedelta(hours=1)
LONGEST_PAUSE: Final = timedelta(hours=24)
PROBE: Final = timedelta(minutes=10)
"""After a pause one person is tried, and for so long nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBudget:
    """What is reserved of a tenant's writes, and until when nothing may be written after a 429."""

    not_before: datetime | None = None
    reserved: datetime | None = None
    share: float = 1.0
    """Of the whole pace, what Graph gave when it was last found to give less."""
    slowed: datetime | None = None
    """When that was."""
    refused: datetime | None = None
    """When the last sign came that Graph gives less."""

    def share_at(self, now: datetime) -> float:
        """Return at which share of the whole pace may be written now."""
        if self.slowed is None:
            return 1.0
        rested = max(now - self.slowed - RESTS, timedelta(0))
        return min(self.share + rested / RECOVERS, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """How many were sent to a tenant, and since when they are blocked."""

    sent: int = 0
    last: datetime | None = None
    reserved: datetime | None = None
    blocked_until: datetime | None = None
    blocks: int = 0
    """Blocks since an invitation went through."""
    probing_until: datetime | None = None

    def closed_for(self, now: datetime) -> timedelta:
        """Return for how long nobody may be invited because Graph said that invitations are blocked."""
        return max((self.blocked_until or now) - now, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How many of what was asked for are reserved, and how long to wait: before they are sent, or (0) to ask again."""

    count: int
    wait: timedelta = timedelta(0)


def reserve_writes(budget: WriteBudget, count: int, now: datetime, *, patience: timedelta) -> tuple[Grant, WriteBudget]:
    """Return the slots for so many writes, and the budget after that; none are reserved beyond `patience`."""
    held = (budget.not_before or now) - now
    if held > timedelta(0):
        return Grant(count=0, wait=held), budget
    interval = INTERVAL / budget.share_at(now)
    reserved = max(budget.reserved or now, now) + count * interval
    wait = max(reserved - BURST * INTERVAL - now, timedelta(0))
    if wait > patience:
        return Grant(count=0, wait=wait), budget
    return Grant(count=count, wait=wait), replace(budget, reserved=reserved)


def held_until(budget: WriteBudget, until: datetime, refused: datetime | None = None) -> WriteBudget:
    """Return the budget that gives nothing until then; `refused`: a 429 was met at that time."""
    held = replace(budget, not_before=max(until, budget.not_before or until))
    return held if refused is None else _after_sign(held, ON_REFUSALS, refused)


def slowed_down(budget: WriteBudget, used: float, now: datetime) -> WriteBudget:
    """Return the budget after Graph said that so much of the limit is used, where 1 is all of it."""
    return budget if used <= 1 else _after_sign(budget, 1 / used, now)


def _after_sign(budget: WriteBudget, factor: float, now: datetime) -> WriteBudget:
    since = QUOTA_WINDOW if budget.refused is None else now - budget.refused
    if since < SETTLED:
        return budget
    if since >= QUOTA_WINDOW:
        return replace(budget, refused=now)
    share = max(budget.share_at(now) * factor, LEAST_SHARE)
    return replace(budget, refused=now, share=share, slowed=now)


def reserve_invitations(
    invitations: Invitations, count: int, now: datetime, *, patience: timedelta = timedelta(0)
) -> tuple[Grant, Invitations]:
    """Return how many of so many people may be invited: all, one (to see whether a block is over), or nobody.

    A slot that is no further ahead than `patience` is reserved, and to be waited for.
    """
    closed = max(invitations.closed_for(now), (invitations.probing_until or now) - now)
    if closed > timedelta(0):
        return Grant(count=0, wait=closed), invitations
    if invitations.blocks:
        return Grant(count=1), replace(invitations, probing_until=now + PROBE)
    standing = rested(invitations, now)
    interval = timedelta(seconds=1 / pace(standing.sent))
    reserved = max(standing.reserved or now, now) + count * interval
    wait = max(reserved - max(FIRST_INVITATIONS, count) * interval - now, timedelta(0))
    if wait > patience:
        return Grant(count=0, wait=wait), invitations
    return Grant(count=count, wait=wait), replace(standing, sent=standing.sent + count, last=now, reserved=reserved)


def pace(sent: int) -> float:
    """Return how many people may be invited in a second after so many were."""
    return min(SLOWEST + sent / GROWTH, FASTEST)


def blocked(invitations: Invitations, now: datetime) -> Invitations:
    """Return the pause that begins when Graph says that invitations are blocked."""
    if invitations.closed_for(now) > timedelta(0):
        return invitations  # another of the same batch has told it already
    pause = min(FIRST_PAUSE * 2 ** min(invitations.blocks, 10), LONGEST_PAUSE)
    return replace(invitations, blocks=invitations.blocks + 1, blocked_until=now + pause, sent=0, probing_until=None)


def passed(invitations: Invitations) -> Invitations:
    """Return what holds once an invitation went through."""
    return replace(invitations, blocks=0, blocked_until=None, probing_until=None)


def rested(invitations: Invitations, now: datetime) -> Invitations:
    """With each day on which nobody was invited the pace halves: what is usual is what was usual lately."""
    days = 0 if invitations.last is None else (now - invitations.last).days
    return replace(invitations, sent=invitations.sent >> min(max(days, 0), 60))
