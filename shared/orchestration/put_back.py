"""A pass could not be finished: how does its entry wait, and what is told of one that has waited too often?"""

from collections.abc import Sequence
from datetime import timedelta

from shared.cycles.pending import Pending, PendingState
from shared.cycles.retry import pause, wait
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.orchestration.ports import (
    Forbidden,
    ResyncRequired,
    StorageUnavailable,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
)
from shared.provisioning.change_planning import failure
from shared.provisioning.provisioning_log import ProvisioningStatus

HELD = timedelta(minutes=5)
"""How long entries wait for a permission, a consent or a policy to come back."""

_REASONS: dict[type[Exception], tuple[str, str]] = {
    Unavailable: ("Timeout", "Microsoft Graph did not answer, or answered with an error of its own."),
    UnexpectedAnswer: ("UnexpectedAnswer", "Microsoft Graph answered something that is not documented."),
    ResyncRequired: ("UnexpectedAnswer", "Microsoft Graph asked for a new start where nothing had begun."),
    StorageUnavailable: ("Timeout", "Storage did not answer."),
}
_UNKNOWN = ("InternalError", "Working on the entry failed for a reason that nobody foresaw; see the app's own log.")


def put_back(job: Job, passes: Sequence[EntryPass], error: Exception) -> list[EntryPass]:
    """Let all entries that have not ended wait; an intent that may be under way is kept."""
    return [each if each.ending else _put_back(job, each, error) for each in passes]


def _put_back(job: Job, entry: EntryPass, error: Exception) -> EntryPass:
    if isinstance(error, Throttled):
        return held_back(job, entry, error.retry_after, "TooManyRequests")
    if isinstance(error, Forbidden):
        return held_back(job, entry, HELD, error.code)
    code, reason = _REASONS.get(type(error), _UNKNOWN)
    return not_now(job, entry, code, reason)


def held_back(job: Job, entry: EntryPass, delay: timedelta, reason: str) -> EntryPass:
    """Let one entry wait for something that is no failure of its own."""
    keep = entry.intent is not None
    return entry.end(Ending(next=pause(entry.pending, job.engine.clock.now(), delay, reason), keep_intent=keep))


def not_now(job: Job, entry: EntryPass, code: str, reason: str = "") -> EntryPass:
    """Let one entry wait after a failure that may pass; after many of them it is a failure that is told."""
    row = wait(entry.pending, job.engine.clock.now(), code)
    return entry.end(_ending(row, reason, keep=entry.intent is not None))


def _ending(row: Pending, reason: str, *, keep: bool) -> Ending:
    if row.state is not PendingState.ESCROWED:
        return Ending(next=row, keep_intent=keep)
    error = failure(row.reason, reason or "It was tried many times in vain.", "The next cycles try it again.")
    return Ending(next=row, status=ProvisioningStatus.FAILURE, error=error, keep_intent=keep)
