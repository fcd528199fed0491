"""When will what is open be done, and did an earlier answer hold?

The quota of the target decides, and for people who are to be created the ramp of invitations as well; a slow host is
not foreseen. Where invitations are blocked nobody knows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from typing import Final

from shared.cycles.pending import Workload
from shared.cycles.statement import PENDING, Statement
from shared.cycles.write_budget import FASTEST, GROWTH, INTERVAL, SLOWEST, Invitations, WriteBudget, pace, rested

INVITED: Final = 2
"""Writes for each person who is created: the invitation, then everything else."""

WITH_MANAGER: Final = 3

TOLERANCE: Final = 0.1
"""By so much of the time that was foreseen an end may be late."""

LEAST_TOLERANCE: Final = timedelta(minutes=15)
"""Where the ramp has no slot for a shard within a minute, that waits for a tick; and a tick notices the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """How many people are to be created, and how many other entries are open, of those that nothing holds."""

    creates: int
    others: int

    @property
    def entries(self) -> int:
        return self.creates + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What was foreseen when a cycle had read everything, and what came of it."""

    made: datetime
    expected: datetime
    entries: int
    ended: datetime | None = None
    """When nothing was found open any more."""

    @property
    def held(self) -> bool | None:
        """Was the work done about when it was expected; None: it is not done."""
        if self.ended is None:
            return None
        tolerance = max(TOLERANCE * (self.expected - self.made), LEAST_TOLERANCE)
        return self.ended <= self.expected + tolerance


def work_of(workload: Workload) -> OpenWork:
    """Return the work that is counted as due or waiting."""
    return OpenWork(creates=workload.creates, others=workload.due + workload.waiting - workload.creates)


def work_after(closing: Statement) -> OpenWork:
    """Return the work that a cycle has left: who is in scope and not present is to be created."""
    pending = closing.exceptions.get(PENDING, 0)
    creates = min(max(closing.in_scope - closing.present, 0), pending)
    return OpenWork(creates=creates, others=pending - creates)


def expected_end(
    work: OpenWork, budget: WriteBudget, invitations: Invitations, now: datetime, *, managers: bool
) -> datetime | None:
    """Return when so much work is done; now if there is none, None if nobody can say."""
    if work.creates and (invitations.blocks or invitations.closed_for(now) > timedelta(0)):
        return None
    begins = max(now, budget.not_before or now)
    writes = work.creates * (WITH_MANAGER if managers else INVITED) + work.others
    written = writes * INTERVAL / budget.share_at(begins)
    return begins + max(written, _invited(work.creates, rested(invitations, now).sent))


def _invited(people: int, sent: int) -> timedelta:
    """Return how long it takes to invite so many people after so many: the ramp, then the fastest pace."""
    on_ramp = min(people, max(int((FASTEST - SLOWEST) * GROWTH) - sent, 0))
    seconds = GROWTH * log(pace(sent + on_ramp) / pace(sent)) + (people - on_ramp) / FASTEST
    return timedelta(seconds=seconds)
