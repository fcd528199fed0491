"""The end of a chunk: link, log record, counters and what stays open go into storage together."""

import logging
from collections import Counter
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from shared.cycles.counters import Counted
from shared.cycles.pending import Pending, PendingState, Verdict
from shared.cycles.verdicts import once_seen_in_scope
from shared.cycles.work import Work
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.orchestration.hints import hint_waiting
from shared.orchestration.index_logs import index_logs
from shared.orchestration.ports import Closing, ClosingResult, Count
from shared.orchestration.stir import stir
from shared.orchestration.watch_surges import count_surges
from shared.provisioning.change_planning import failure
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)

_log = logging.getLogger(__name__)


async def close_entries(job: Job, passes: list[EntryPass], *, apart: bool = False) -> list[EntryPass]:
    """Close all passes of a chunk, tell the workers when to come back, and copy the records into the index.

    With `apart` each of those that wait goes on in a chunk of its own.
    """
    closings = [_closing(job, each, _told_escrow(each.ending)) for each in passes if each.ending is not None]
    if not closings:
        return passes
    closings = await _stamped(job, closings)
    results = await job.engine.entries.close(job.state, closings)
    waiting = [closing.next for closing in closings if closing.next is not None]
    if waiting and job.on_demand:  # a worker's chunk was due, so that a tick looks anyway
        await stir(job.engine, job.configuration.id)
    for rows in [[row] for row in waiting] if apart else [waiting]:
        await hint_waiting(job.engine, job.state, rows)
    ended = zip(closings, results, strict=True)
    records = [closing.log for closing, result in ended if closing.log and result is not ClosingResult.LOST]
    _count(job, records)
    await count_surges(job, [each.action for each in records if each.status is ProvisioningStatus.SUCCESS])
    if records:
        shard = job.engine.entries.shard(passes[0].source_id, job.state.shards)
        await index_logs(job.engine, job.state, shard, known=records)
    for each in passes:
        _tell(job, each)
    return passes


def _count(job: Job, records: list[ProvisioningLogRecord]) -> None:
    id_ = job.configuration.id
    for (action, status), number in Counter((each.action, each.status) for each in records).items():
        job.engine.telemetry.count(Count.ENTRIES, number, configuration_id=id_, action=action, status=status)


async def _stamped(job: Job, closings: list[Closing]) -> list[Closing]:
    """Say which cycle's guard is the first that is sure to count what a worker has found out to be a removal.

    The newest cycle may have counted already, so it is the one after. Asked at the last moment: a cycle may have begun
    since this pass did.
    """
    if not any(_is_new_staging(closing.next) for closing in closings):
        return closings
    state = await job.engine.configurations.state(job.configuration.id) or job.state
    return [
        replace(closing, next=replace(closing.next, staged_cycle=state.cycle + 1))
        if closing.next is not None and _is_new_staging(closing.next)
        else closing
        for closing in closings
    ]


def _is_new_staging(row: Pending | None) -> bool:
    return row is not None and row.state is PendingState.STAGED and row.staged_cycle == 0


def _told_escrow(ending: Ending) -> Ending:
    """Return the ending of one that has waited too often as a failure: no entry goes into escrow without a word."""
    row = ending.next
    if ending.status is not None or row is None or row.state is not PendingState.ESCROWED:
        return ending
    error = failure(row.reason, "It was tried many times in vain.", "The next cycles try it again.")
    return replace(ending, status=ProvisioningStatus.FAILURE, error=ending.error or error)


def _closing(job: Job, entry: EntryPass, ending: Ending) -> Closing:
    count = None
    if ending.status is not None:
        count = Counted(cycle=entry.pending.cycle, action=ending.action, status=ending.status)
    return Closing(
        pending=entry.pending,
        work=_told(entry.work) if ending.status is not None else entry.work,
        link=ending.link,
        next=_next(job, entry, ending.next),
        keep_intent=ending.keep_intent or _is_still_unclear(entry, ending),
        log=None if ending.status is None else _record(job, entry, ending, ending.status),
        count=count,
    )


def _next(job: Job, entry: EntryPass, row: Pending | None) -> Pending | None:
    if row is not None and entry.ending is not None and entry.ending.status is ProvisioningStatus.SUCCESS:
        row = replace(row, released_by="")  # what was to be undone is
    if row is None or entry.source is None or not entry.in_scope:
        return row
    return once_seen_in_scope(row, enabled=job.rules.flow.enables(entry.source))


def _is_still_unclear(entry: EntryPass, ending: Ending) -> bool:
    """Has this pass found out nothing about the write of an earlier one? Then the next one has to know of it too."""
    return entry.unclear and ending.next is not None and ending.status is not ProvisioningStatus.SUCCESS


def _told(work: Work) -> Work:
    return work if work.intent is None else replace(work, intent=replace(work.intent, told=True))


def _record(job: Job, entry: EntryPass, ending: Ending, status: ProvisioningStatus) -> ProvisioningLogRecord:
    name = f"{job.configuration.id}/{entry.source_id}/{entry.started.isoformat()}"
    elapsed = job.engine.clock.now() - job.started
    return ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, name)),
        configuration_id=job.configuration.id,
        cycle=entry.pending.cycle,
        started=entry.started,
        duration_milliseconds=int(elapsed.total_seconds() * 1000),
        action=ending.action,
        status=status,
        source=_source_identity(entry),
        target=_target_identity(entry, ending),
        steps=entry.steps,
        modified=ending.modified,
        error=ending.error,
        initiated_by=job.initiated_by or _approver(entry, ending),
    )


def _approver(entry: EntryPass, ending: Ending) -> str:
    """Return who approved the removal or disable that the pass carried out; empty where the guard released it."""
    released = ending.action in {ProvisioningAction.DELETE, ProvisioningAction.DISABLE}
    return entry.pending.decided_by if released and entry.pending.verdict is Verdict.APPROVED else ""


def _source_identity(entry: EntryPass) -> Identity:
    source = entry.source
    if source is None:
        return Identity(id=entry.source_id)
    return Identity(
        id=entry.source_id,
        display_name=source.text("displayName") or "",
        user_principal_name=source.text("userPrincipalName") or "",
    )


def _target_identity(entry: EntryPass, ending: Ending) -> Identity | None:
    link = ending.link or entry.link
    if link is None:
        return None
    seen = entry.sight.linked if entry.sight is not None else None
    return Identity(
        id=link.target_id,
        display_name=(seen.text("displayName") if seen else None) or "",
        user_principal_name=(seen.text("userPrincipalName") if seen else None) or "",
    )


def _tell(job: Job, entry: EntryPass) -> None:
    """Log the event with its ids; never with values of attributes."""
    ending = entry.ending
    if ending is None or (ending.next is not None and ending.next.state is PendingState.WAITING):
        return
    _log.info(
        "entry closed",
        extra={
            "action": "close_entry",
            "configuration_id": job.configuration.id,
            "cycle": entry.pending.cycle,
            "source_id": entry.source_id,
            "provisioning_action": ending.action.value,
            "status": ending.status.value if ending.status else "staged",
            "error_code": ending.error.code if ending.error else "",
        },
    )
