"""All values are written: does the object have the manager that it shall have? If not, that is a batch of its own.

Whose manager is open is noted before anything is asked: a pass that fails over it leaves the reference behind as work.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from shared.configuration.directory_schema import MANAGER
from shared.cycles.pending import MANAGER_COMING, Pending, PendingState, Verdict, WorkKind, is_coming
from shared.cycles.retry import escrow, pause, wait
from shared.cycles.work import Intent, IntentAction
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.orchestration.manager_drift import (
    drifted_manager,
    is_repaired,
    manager_repair,
    with_manager_drift,
)
from shared.orchestration.ports import EntryPart, EntryRows, Write, WriteKind, WriteResult, WriteStatus
from shared.orchestration.renew_leases import save_intents, writes_until
from shared.provisioning.change_planning import failure
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ModifiedProperty, ProvisioningAction, ProvisioningStatus
from shared.provisioning.reference_resolution import (
    UNKNOWN,
    ManagerDecision,
    Resolution,
    object_of,
    reference_step,
    resolve_manager,
)

FIRST_LOOK: Final = timedelta(minutes=1)
"""After which a manager who is about to be provisioned is looked for again; each time it is twice as long."""

LONGEST_LOOK: Final = timedelta(minutes=15)
SOON: Final = timedelta(seconds=15)

CODE: Final = "UnableToResolveReferenceAttributeValue"
"""Entra's code for a reference that cannot be written."""

_STANDING: Final = frozenset({EntryPart.LINK, EntryPart.PENDING})
_WRITES: Final = {Resolution.ASSIGN: WriteKind.ASSIGN_MANAGER, Resolution.REMOVE: WriteKind.REMOVE_MANAGER}
_FOR_GOOD: Final = frozenset({WriteStatus.REFUSED, WriteStatus.FORBIDDEN, WriteStatus.BLOCKED})


def note_references(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Write down the managers that were read, and let stay open what may have to be written for them."""
    return passes if job.rules.flow.manager is None else [_noted(job, each) for each in passes]


async def resolve_references(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Look for the managers of those whose manager is open, and write what has to be written."""
    open_ = [each for each in passes if each.referring is not None]
    if not open_:
        return passes
    managers = {each.person.manager for each in open_} - {"", None}
    rows = await job.engine.entries.read(job.state, sorted(filter(None, managers)), parts=_STANDING)
    decided = [(each, _decide(job, each, rows)) for each in open_]
    settled = [_settled(job, each, decision) for each, decision in decided if decision.resolution not in _WRITES]
    writing = [(each, decision) for each, decision in decided if decision.resolution in _WRITES]
    others = [each for each in passes if each.referring is None]
    return [*others, *settled, *await _write(job, writing)]


def _noted(job: Job, entry: EntryPass) -> EntryPass:
    link, ending = _provisioned(entry), entry.ending
    if link is None or ending is None:
        return entry
    manager = entry.person.manager or ""
    current = UNKNOWN if entry.intent is not None and entry.intent.reference else link.manager_target
    noted = replace(link, manager=manager, manager_target=current)
    changed = replace(ending, link=noted if noted != entry.link else ending.link)
    found = drifted_manager(job, entry, noted) if entry.link is not None else None
    if found is not None and is_repaired(job):
        current = found
    elif found is not None:
        changed = with_manager_drift(job, entry, changed, noted, found)
        noted = changed.link or noted
    if not _is_open(job, entry, link, current):
        return replace(entry, ending=changed)
    alone = entry.pending.kind is WorkKind.REFERENCE and not job.on_demand
    if alone and ending.status is ProvisioningStatus.SKIPPED:
        changed = replace(changed, status=None, error=None)  # what the manager comes to is all there is to tell
    row = ending.next or pause(_row(entry), job.engine.clock.now(), timedelta(0), CODE)
    return replace(entry, ending=replace(changed, link=noted, next=row), referring=current)


def _provisioned(entry: EntryPass) -> Link | None:
    """Return the link as the pass leaves it, of somebody in scope whose object has its values as far as it may."""
    ending, source, scoping = entry.ending, entry.source, entry.scoping
    if ending is None or source is None or source.manager is None or scoping is None or not scoping.in_scope:
        return None
    held = ending.next is not None and ending.next.state is PendingState.STAGED
    quiet = ending.status is None and (held or ending.next is None)
    done = ending.status in {ProvisioningStatus.SUCCESS, ProvisioningStatus.SKIPPED} or quiet
    link = ending.link or entry.link
    return link if done and link is not None and link.stands else None


def _is_open(job: Job, entry: EntryPass, link: Link, current: str) -> bool:
    """Is it worth a look? Whoever has the manager that they had before has them still: what becomes of a manager is
    seen once in a cycle, for all who report to them."""
    manager = entry.person.manager
    asked = job.on_demand or entry.pending.kind is WorkKind.DISABLE  # beside that a reference has no row of its own
    if entry.pending.kind is WorkKind.REFERENCE or (asked and (manager or current)):
        return True
    if not manager:
        return bool(current)
    return manager != link.manager or current in {"", UNKNOWN} or current != link.manager_target


def _row(entry: EntryPass) -> Pending:
    """Return the row of a reference that is still to be written."""
    again = entry.pending.kind is WorkKind.REFERENCE
    return replace(
        entry.pending,
        kind=WorkKind.REFERENCE,
        source=entry.person.attributes,
        attempts=entry.pending.attempts if again else 0,
        escrows=entry.pending.escrows if again else 0,
        state=PendingState.WAITING,
        differed=False,
        staged_cycle=0,
        verdict=Verdict.NONE,
        decided_by="",
        released_by="",
    )


def _decide(job: Job, entry: EntryPass, rows: Mapping[str, EntryRows]) -> ManagerDecision:
    manager, flow = entry.person.manager or "", job.rules.flow.manager
    row = rows.get(manager)
    return resolve_manager(
        manager,
        entry.referring or "",
        None if row is None else row.link,
        coming=row is not None and is_coming(row.pending),
        clears=flow is not None and flow.clears,
    )


def _settled(job: Job, entry: EntryPass, decision: ManagerDecision) -> EntryPass:
    """End a pass that writes no manager: there is nothing to write, or not yet."""
    link, ending = _linked(entry, decision.mark)
    if decision.resolution is not Resolution.WAIT:
        following = None if _is_ours(ending.next) else ending.next
    else:
        following = _look_again(job, ending.next) if _is_ours(ending.next) else ending.next
    step = reference_step(entry.source_id, entry.person.manager or "", decision)
    told = decision.resolution is not Resolution.NOTHING or bool(entry.person.manager and not decision.mark)
    entry = entry.step(step) if told else entry
    return replace(entry, ending=replace(ending, link=link, next=following))


def _look_again(job: Job, row: Pending | None) -> Pending | None:
    if row is None:
        return None
    delay = min(FIRST_LOOK * 2 ** min(row.attempts, 10), LONGEST_LOOK)
    return replace(pause(row, job.engine.clock.now(), delay, MANAGER_COMING), attempts=row.attempts + 1)


def _is_ours(row: Pending | None) -> bool:
    """Is it the row that was noted here, and not one that the pass leaves for another reason?"""
    return row is not None and row.kind is WorkKind.REFERENCE


def _linked(entry: EntryPass, mark: str) -> tuple[Link | None, Ending]:
    """Return the link with this manager, None where nothing of it is to be written, and the ending so far."""
    ending = entry.ending or Ending()
    if ending.link is None:
        return None, ending
    link = replace(ending.link, manager_target=mark)
    return (None if link == entry.link else link), ending


async def _write(job: Job, writing: list[tuple[EntryPass, ManagerDecision]]) -> list[EntryPass]:
    decisions = {each.source_id: decision for each, decision in writing}
    ours, lost = await save_intents(job, [each for each, _ in writing], _intent)
    if not ours:
        return lost
    results = await job.target.write([_as_write(each, decisions[each.source_id]) for each in ours], writes_until(ours))
    return [*lost, *(_written(job, each, decisions[each.source_id], results[each.source_id]) for each in ours)]


def _intent(entry: EntryPass) -> Intent:
    if entry.intent is not None:
        return replace(entry.intent, reference=True)
    return Intent(action=IntentAction.REFERENCE, started=entry.started, target_id=_object_of(entry), reference=True)


def _object_of(entry: EntryPass) -> str:
    link = entry.ending.link if entry.ending is not None else None
    return link.target_id if link is not None else ""


def _as_write(entry: EntryPass, decision: ManagerDecision) -> Write:
    return Write(
        source_id=entry.source_id,
        kind=_WRITES[decision.resolution],
        target_id=_object_of(entry),
        manager_id=decision.target_id,
    )


def _written(job: Job, entry: EntryPass, decision: ManagerDecision, result: WriteResult) -> EntryPass:
    if result.status is not WriteStatus.DONE:
        return _not_written(job, entry, result)
    link, ending = _linked(entry, decision.mark)
    before = object_of(entry.referring or "")
    modified = ModifiedProperty(name=MANAGER, current=before or None, desired=decision.target_id or None)
    done = ending.status is ProvisioningStatus.SUCCESS
    ended = replace(
        ending,
        action=ending.action if done else ProvisioningAction.UPDATE,
        status=ProvisioningStatus.SUCCESS,
        link=link,
        next=None if _is_ours(ending.next) else ending.next,
        error=ending.error if done else manager_repair(entry),
        modified=(*ending.modified, modified),
    )
    step = reference_step(entry.source_id, entry.person.manager or "", decision)
    return replace(entry.step(step), ending=ended)


def _not_written(job: Job, entry: EntryPass, result: WriteResult) -> EntryPass:
    """The values of the pass stay written; the manager stays open, and is looked at by a pass of its own."""
    unclear = result.status is WriteStatus.AMBIGUOUS
    link, ending = _linked(entry, UNKNOWN if unclear else entry.referring or "")
    ending = replace(ending, link=link)
    if ending.next is None or not _is_ours(ending.next):
        return replace(entry, ending=ending)
    now, row, code = job.engine.clock.now(), ending.next, result.code or CODE
    if result.status in _FOR_GOOD and ending.status is not ProvisioningStatus.SUCCESS:
        error = failure(CODE, f"The manager was not taken. Microsoft Graph answered {result.code}: {result.message}")
        failed = replace(ending, action=ProvisioningAction.UPDATE, status=ProvisioningStatus.FAILURE, error=error)
        return replace(entry, ending=replace(failed, next=escrow(row, now, CODE)))
    if result.status in {WriteStatus.AMBIGUOUS, WriteStatus.BUSY, WriteStatus.NOT_FOUND}:
        return replace(entry, ending=replace(ending, next=wait(row, now, CODE)))
    return replace(entry, ending=replace(ending, next=pause(row, now, result.retry_after or SOON, code)))
