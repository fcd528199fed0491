"""Is the entry still ours, and is it written down what we are about to do? Asked before each batch of writes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.work import Intent
from shared.orchestration.entry_pass import Ending, EntryPass, Job

LEASE = timedelta(minutes=10)
"""How long a worker holds an entry; renewed before each set of writes."""

IN_FLIGHT = timedelta(minutes=2)
"""So long before a lease ends no request is begun: one that is under way has come to its time-out by then."""


async def save_intents(
    job: Job, passes: list[EntryPass], intent: Callable[[EntryPass], Intent]
) -> tuple[list[EntryPass], list[EntryPass]]:
    """Save what is about to be done and renew the leases; returns those still ours, and those that are lost.

    A lost entry ends without a word: whoever took it over does the work. If nobody has (storage may refuse what is
    unchanged), the row still says what was begun.
    """
    if not passes:
        return [], []
    now = job.engine.clock.now()
    works = [replace(each.work, expires=now + LEASE, intent=_saved(intent(each), each.intent, now)) for each in passes]
    saved = {work.source_id: work for work in await job.engine.entries.save_works(job.state, works)}
    ours = [replace(each, work=saved[each.source_id]) for each in passes if each.source_id in saved]
    lost = [_lost(each) for each in passes if each.source_id not in saved]
    return ours, lost


def writes_until(passes: Sequence[EntryPass]) -> datetime:
    """Return until when writes of entries whose leases were just renewed may begin."""
    return min(each.work.expires for each in passes) - IN_FLIGHT


def _lost(entry: EntryPass) -> EntryPass:
    return entry.end(Ending(next=entry.pending, keep_intent=entry.intent is not None))


def _saved(intent: Intent, before: Intent | None, now: datetime) -> Intent:
    """Return the intent as it is saved; it goes on to say that nobody knows what became of a manager."""
    if before is not None and before.reference:
        intent = replace(intent, reference=True)
    return intent if intent.saved else replace(intent, saved=now)
