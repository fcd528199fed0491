"""Is there anything that a tick would have to find, or has a look at all shards shown that there is nothing?

Whoever writes a row that somebody has to be told of says so here, before (`announced`) and after (`stirred`). A tick
looks at the shards where that was said, or where the last look has found something for about now. What a look has seen
counts only if nobody has said anything since it began, and nobody is about to write (`looked`): so no row is ever
overlooked, also that of a process that dies right after it.

| the last look found | then |
|---|---|
| something to do now, or that is under way | the next tick looks again |
| only what is to be done later, or by the next cycle | a tick looks again at that time |
| nothing open at all | the configuration is idle; it is looked at once a day, in case that we are wrong |
| anything, while somebody is about to write | the next tick looks again; who has died is waited for for a day |
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, DueEntry

LONGEST_TRUST: Final = timedelta(days=1)
"""For so long a look is believed, and whoever is about to write is waited for."""

MOST_WRITERS: Final = 20
"""So many are remembered; more have died within a day, or write at this moment."""

_BY_CYCLES: Final = frozenset({DueClass.ESCROW, DueClass.DELAYED, DueClass.REJECTED})
"""What is due by a cycle, not by a tick in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What is known of all shards of a configuration together."""

    stirred: int = 0
    """How often somebody has said that they have written something."""
    look_from: datetime | None = None
    """Before this time no tick has to look; None: the next one has to."""
    idle: bool = False
    """The last look found nothing open, and nobody has written anything since."""
    worked_in: int = 0
    """While it is idle: for cycles after this one no entry was closed."""
    writers: tuple[datetime, ...] = ()
    """Until when each of those is waited for who have said that they are about to write, and not yet that they have."""
    surveyed: int = -1
    """The links were all read when it was idle, and this many had said that they have written something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at all shards has found."""

    busy: bool
    """Something is under way, or more is open than was looked at."""
    open: tuple[DueEntry, ...]


def announced(attention: Attention, until: datetime, cycle: int) -> Attention:
    """Return what is known when somebody is about to write a row, who is waited for `until` then.

    `cycle` is the newest one. Of too many the last ones count: they are waited for longest.
    """
    writers = (*attention.writers, until)[-MOST_WRITERS:]
    return replace(attention, writers=writers, look_from=None, idle=False, worked_in=cycle)


def stirred(attention: Attention, cycle: int, *, announced: datetime | None = None) -> Attention:
    """Return what is known after somebody has written a row, who was `announced` as waited for until then, or not."""
    writers = list(attention.writers)
    if announced in writers:
        writers.remove(announced)
    told = replace(attention, stirred=attention.stirred + 1, writers=tuple(writers))
    return replace(told, look_from=None, idle=False, worked_in=cycle)


def looked(attention: Attention, look: Look, at: int, cycle: int, times: tuple[datetime, datetime]) -> Attention:
    """Return what is known after a look that began when `at` had stirred; `times`: now, and the next cycle's."""
    now, next_cycle = times
    if attention.stirred != at or any(now < until for until in attention.writers):
        return attention  # somebody has written a row since, or is about to, that the look may have missed
    idle = not look.busy and not look.open
    look_from = None if look.busy else _look_from(look.open, now, next_cycle)
    worked_in = attention.worked_in if attention.idle else cycle
    return replace(attention, writers=(), look_from=look_from, idle=idle, worked_in=worked_in)


def surveyed(attention: Attention, at: int) -> Attention:
    """Return what is known after all links were read while it was idle."""
    return replace(attention, surveyed=at) if attention.idle and attention.stirred == at else attention


def needs_look(attention: Attention, now: datetime) -> bool:
    """Has a tick to look at the shards?"""
    return attention.look_from is None or attention.look_from <= now


def is_surveyed(attention: Attention) -> bool:
    """Are the links as they were when they were all read last, and nothing is open?"""
    return attention.idle and attention.surveyed == attention.stirred


def _look_from(open_: Iterable[DueEntry], now: datetime, next_cycle: datetime) -> datetime | None:
    times = [now + LONGEST_TRUST]
    for entry in open_:
        if entry.due > now:
            times.append(entry.due)
        elif entry.due_class in _BY_CYCLES:
            times.append(next_cycle)
        else:
            return None
    earliest = min(times)
    return earliest if earliest > now else None
