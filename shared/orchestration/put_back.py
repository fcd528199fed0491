"""A directory did not answer, or answered that it will not: how do the entries of the chunk wait for it?"""

from collections.abc import Sequence
from datetime import timedelta

from shared.cycles.retry import pause, wait
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.orchestration.ports import Forbidden, Throttled, Unavailable

HELD = timedelta(minutes=5)
"""How long entries wait for a permission, a consent or a policy to come back."""


def put_back(job: Job, passes: Sequence[EntryPass], error: Throttled | Unavailable | Forbidden) -> list[EntryPass]:
    """Let all entries that have not ended wait; an intent that may be under way is kept."""
    return [each if each.ending else each.end(_waiting(job, each, error)) for each in passes]


def _waiting(job: Job, entry: EntryPass, error: Throttled | Unavailable | Forbidden) -> Ending:
    now = job.engine.clock.now()
    keep = entry.intent is not None
    if isinstance(error, Throttled):
        return Ending(next=pause(entry.pending, now, error.retry_after, "TooManyRequests"), keep_intent=keep)
    if isinstance(error, Forbidden):
        return Ending(next=pause(entry.pending, now, HELD, error.code), keep_intent=keep)
    return Ending(next=wait(entry.pending, now, "Timeout"), keep_intent=keep)


def held_back(job: Job, entry: EntryPass, delay: timedelta, reason: str) -> EntryPass:
    """Let one entry wait for something that is no failure of its own."""
    keep = entry.intent is not None
    return entry.end(Ending(next=pause(entry.pending, job.engine.clock.now(), delay, reason), keep_intent=keep))


def not_now(job: Job, entry: EntryPass, reason: str) -> EntryPass:
    """Let one entry wait after a failure that may pass."""
    keep = entry.intent is not None
    return entry.end(Ending(next=wait(entry.pending, job.engine.clock.now(), reason), keep_intent=keep))
