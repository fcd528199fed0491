"""An earlier pass was about to take an object out of use, or to bring it back, and nobody knows whether it did.

The link still says what was before. Where the person is by now what they were then, the pass is simply repeated.

| the pass would have | by now the person is | the object is | then |
|---|---|---|---|
| removed it | in scope | deleted | that is told, and the object is brought back by the next pass |
| brought it back | out of scope | in use | it is linked as such, and its removal is staged |
| either | another than then | as before | for ten minutes replicas may be behind, and it waits |

And where a removal is held or was rejected meanwhile, nobody repeats it: whether it happened is looked up all the same.
"""

from dataclasses import replace
from datetime import timedelta

from shared.cycles.object_in_use import may_be_back
from shared.cycles.pending import PendingState, Verdict, WorkKind
from shared.cycles.work import Intent, IntentAction, Work
from shared.orchestration.confirm_source import staged
from shared.orchestration.entry_pass import Ending, EntryPass, Job, removal_released
from shared.orchestration.ports import Found, TargetQuery
from shared.orchestration.put_back import held_back, not_now
from shared.provisioning.entry import TargetObject
from shared.provisioning.link import Link, LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from shared.provisioning.reference_resolution import UNKNOWN, in_use

REPLICATION = timedelta(minutes=10)
"""For so long after a write, what is read of the object may be older than the write."""

AGAIN = timedelta(minutes=5)
"""After which is asked again what became of a removal that is held, where the target could not be read."""


def is_untold_removal(work: Work | None) -> bool:
    """Was a removal begun of which no record tells?"""
    return work is not None and work.intent is not None and work.intent.action is IntentAction.DELETE


async def recover_held(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """End the passes over those whose removal was begun, and may not be repeated now: what became of it?"""
    held = [each for each in passes if _is_held(job, each)]
    if not held:
        return passes
    queries = [TargetQuery(source_id=each.source_id, target_id=each.begun.target_id) for each in held]
    found = (await job.target.look_up(queries)).found
    return [_recovered(job, each, found.get(each.source_id)) if each in held else each for each in passes]


def _is_held(job: Job, entry: EntryPass) -> bool:
    staged_ = entry.pending.state is PendingState.STAGED
    return staged_ and is_untold_removal(entry.work) and not removal_released(job, entry.pending, entry.pending.kind)


def _recovered(job: Job, entry: EntryPass, found: Found | None) -> EntryPass:
    """The row stays staged as it is, unless the object is deleted."""
    linked = None if found is None else found.linked
    if linked is not None and linked.deleted and _may_be_gone(entry.link, entry.intent):
        return _removed(job, entry)
    left = (entry.begun.saved or entry.begun.started) + REPLICATION - job.engine.clock.now()
    if found is None or not found.known or left > timedelta(0):
        return held_back(job, entry, max(left, AGAIN), "Timeout")
    return replace(entry, unclear=False).end(Ending(next=entry.pending))


def recover_object(job: Job, entry: EntryPass) -> EntryPass:
    """End the pass if the object has been looked up and is not, or may not be, what the link says."""
    if entry.in_scope and _may_be_gone(entry.link, entry.intent):
        return _recover_removal(job, entry)
    if not entry.in_scope and may_be_back(entry.link, entry.intent):
        return _recover_return(job, entry)
    return entry


def _may_be_gone(link: Link | None, intent: Intent | None) -> bool:
    if link is None or intent is None or intent.target_id != link.target_id:
        return False
    return link.state is not LinkState.DELETED and intent.action is IntentAction.DELETE


def _recover_removal(job: Job, entry: EntryPass) -> EntryPass:
    found = entry.seen.linked
    if found is None:
        return entry  # not read, not visible yet, or purged
    return _removed(job, entry) if found.deleted else _once_replicated(job, entry)


def _removed(job: Job, entry: EntryPass) -> EntryPass:
    now, link = job.engine.clock.now(), entry.link
    if link is None:
        return entry
    manager = UNKNOWN if entry.begun.reference else link.manager_target
    gone = replace(link, state=LinkState.DELETED, digest="", changed=now, manager_target=manager)
    row = replace(
        entry.pending,
        kind=WorkKind.EVALUATE,
        state=PendingState.WAITING,
        due=now,
        source=None,
        attempts=0,
        confirm=True,
        staged_cycle=0,
        verdict=Verdict.NONE,
        decided_by="",
        reason="",
        etag="",
    )
    return entry.end(Ending(action=ProvisioningAction.DELETE, status=ProvisioningStatus.SUCCESS, link=gone, next=row))


def _recover_return(job: Job, entry: EntryPass) -> EntryPass:
    link, found = entry.link, entry.seen.linked
    if not entry.seen.known:
        return not_now(job, entry, "Timeout")
    if link is None or found is None or not _is_in_use(found, link):
        return _once_replicated(job, entry)
    back = replace(in_use(link), digest="", enabled=_is_enabled(found), changed=job.engine.clock.now())
    return entry.end(Ending(link=back, next=staged(job, entry, WorkKind.REMOVE), keep_intent=True))


def _is_in_use(found: TargetObject, link: Link) -> bool:
    return not found.deleted and (link.state is LinkState.DELETED or _is_enabled(found))


def _is_enabled(found: TargetObject) -> bool:
    return found.attributes.get("accountEnabled") is not False


def _once_replicated(job: Job, entry: EntryPass) -> EntryPass:
    """Wait while what was read may be older than the write; after that the write has not happened."""
    left = (entry.begun.saved or entry.begun.started) + REPLICATION - job.engine.clock.now()
    return held_back(job, entry, left, "Timeout") if left > timedelta(0) else entry
