"""Carries out updates, deletes and restores; each of them may be repeated without harm."""

from dataclasses import replace
from functools import partial

from shared.cycles.pending import WorkKind
from shared.cycles.work import Intent, IntentAction
from shared.orchestration.confirm_source import delayed, staged
from shared.orchestration.entry_pass import Ending, EntryPass, Job, split
from shared.orchestration.ports import Write, WriteKind, WriteResult, WriteStatus
from shared.orchestration.renew_leases import save_intents, writes_until
from shared.orchestration.write_results import action_of, new_link, not_done, written_link
from shared.provisioning.change import ChangeKind
from shared.provisioning.link import Departure, Drift, Link, LinkOrigin, LinkState
from shared.provisioning.pass_steps import export_step
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from shared.provisioning.reference_resolution import UNKNOWN, in_use

_INTENTS = {
    ChangeKind.UPDATE: IntentAction.UPDATE,
    ChangeKind.RESTORE: IntentAction.RESTORE,
    ChangeKind.DELETE: IntentAction.DELETE,
    ChangeKind.DISABLE: IntentAction.DISABLE,
}


async def export_changes(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Write restores, then updates, disables and deletes."""
    open_, ended = split(passes)
    mine = [each for each in open_ if each.change is not None and each.change.kind in _INTENTS]
    others = [each for each in open_ if each not in mine]
    if not mine:
        return passes
    saved, lost = await save_intents(job, mine, partial(_intent, job))
    restored = await _restore(job, [each for each in saved if _kind(each) is ChangeKind.RESTORE])
    still, gone = split(restored)
    rest = [each for each in saved if _kind(each) is not ChangeKind.RESTORE]
    written = await _write(job, [*still, *rest])
    return [*ended, *others, *lost, *gone, *written]


#: How the link of a person stands who was removed, and what the log calls it.
_REMOVED = {
    ChangeKind.DELETE: (LinkState.DELETED, ProvisioningAction.DELETE),
    ChangeKind.DISABLE: (LinkState.DISABLED, ProvisioningAction.DISABLE),
}


def _removed(job: Job, entry: EntryPass, link: Link) -> Ending:
    change = entry.decided
    state, action = _REMOVED[change.kind]
    disables = change.kind is ChangeKind.DISABLE
    return Ending(
        action=action,
        status=ProvisioningStatus.SUCCESS,
        link=replace(
            _left(entry, link),
            state=state,
            digest="",
            enabled=link.enabled and not disables,
            changed=job.engine.clock.now(),
            manager_target=UNKNOWN if entry.begun.reference else link.manager_target,
        ),
        next=None if change.delete_at is None else delayed(entry, change.delete_at),
        modified=change.modified,
    )


def _left(entry: EntryPass, link: Link) -> Link:
    """Return the link with what the target's side had done before: of whom it has brought back since, nothing."""
    if entry.decided.kind is ChangeKind.DISABLE:
        return link.with_drift(entry.decided.drift)
    seen = entry.seen.linked
    back = link.departure is Departure.DELETED and seen is not None and not seen.deleted
    return link.with_drift(None) if back else link


def _kind(entry: EntryPass) -> ChangeKind:
    return entry.decided.kind


def _intent(job: Job, entry: EntryPass) -> Intent:
    mail = (job.rules.flow.mail(entry.person) or "") if entry.decided.adopt else ""
    known = job.rules.drift is not None and _kind(entry) is ChangeKind.UPDATE
    return Intent(
        action=_INTENTS[_kind(entry)],
        started=entry.started,
        target_id=entry.decided.target_id,
        mail=mail,
        digest=job.rules.flow.digest(entry.person) if known else "",
    )


async def _restore(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Bring soft-deleted objects back; their attributes follow as an update."""
    if not passes:
        return []
    writes = [Write(source_id=e.source_id, kind=WriteKind.RESTORE, target_id=e.decided.target_id) for e in passes]
    results = await job.target.write(writes, writes_until(passes))
    return [_restored(job, each, results[each.source_id]) for each in passes]


def _restored(job: Job, entry: EntryPass, result: WriteResult) -> EntryPass:
    if result.status is not WriteStatus.DONE or entry.link is None:
        return not_done(job, entry, result)
    # also of whom the target has deleted: all that referred to the object has gone with it
    gone = replace(entry.link, state=LinkState.DELETED)
    link = replace(in_use(gone), digest="", changed=job.engine.clock.now()).with_drift(_kept(entry))
    return replace(entry, link=link)


def _kept(entry: EntryPass) -> Drift | None:
    """Return the drift that a restored object still has: a block, but no deletion."""
    before = None if entry.link is None else entry.link.drift
    return None if before is None or before.departure is Departure.DELETED else before


async def _write(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    writes = [_as_write(each) for each in passes if _needs_write(each)]
    results = dict(await job.target.write(writes, writes_until(passes))) if writes else {}
    nothing = WriteResult(status=WriteStatus.DONE)
    return [_written(job, each, results.get(each.source_id, nothing)) for each in passes]


def _needs_write(entry: EntryPass) -> bool:
    """An adopted object that already has all values needs no write."""
    return _kind(entry) is ChangeKind.DELETE or bool(entry.decided.attributes)


def _as_write(entry: EntryPass) -> Write:
    change = entry.decided
    if change.kind is ChangeKind.DELETE:
        return Write(source_id=entry.source_id, kind=WriteKind.DELETE, target_id=change.target_id)
    return Write(
        source_id=entry.source_id, kind=WriteKind.UPDATE, target_id=change.target_id, attributes=change.attributes
    )


def _written(job: Job, entry: EntryPass, result: WriteResult) -> EntryPass:
    if result.status is not WriteStatus.DONE:
        return not_done(job, entry, result)
    change, now = entry.decided, job.engine.clock.now()
    step = export_step(entry.source_id, change, None)
    if change.kind in _REMOVED and entry.link is not None:
        return entry.end(_removed(job, entry, entry.link), step)
    before = None if change.adopt else entry.link
    before = before or new_link(job, entry, change.target_id, LinkOrigin.ADOPTED)
    link = written_link(job, entry, replace(before, changed=now))
    ending = Ending(
        action=action_of(entry),
        status=ProvisioningStatus.SUCCESS,
        link=link,
        next=staged(job, entry, WorkKind.DISABLE) if change.hold_disable else None,
        error=change.error,
        modified=change.modified,
    )
    return entry.end(ending, step)
