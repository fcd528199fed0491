"""Somebody wants to see a person provisioned now: what comes of it?

The person's pending row is worked on at once, under the same lease and by the same steps as in a cycle. What cannot be
finished within the limit of an HTTP answer stays pending and is a worker's business.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.pending import READ_ONLY, Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.on_demand_result import OnDemandResult, flow_of, matched_of
from shared.orchestration.ports import EntryPart
from shared.orchestration.run_passes import open_job, run_passes, take_entries
from shared.orchestration.stir import told
from shared.provisioning.change_planning import failure, skip
from shared.provisioning.provisioning_log import (
    ErrorInformation,
    ProvisioningLogRecord,
    ProvisioningStatus,
    ProvisioningStep,
)

ANSWER_WITHIN = timedelta(seconds=200)
"""App Service ends a request after 230 seconds.

https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
"""

SHORTEST_WAIT = timedelta(seconds=1)

IN_PROGRESS = "EntryInProgress"
HELD = "EntryHeld"


async def provision_on_demand(
    engine: Engine,
    configuration_id: str,
    source_ids: Sequence[str],
    initiated_by: str,
    *,
    within: timedelta = ANSWER_WITHIN,
) -> Sequence[OnDemandResult] | None:
    """Provision people now; returns a result for each, in order, or None if there is no such configuration.

    `within` is real time: a pass that still runs then is stopped as if its worker had died, which any pass survives.
    """
    if not initiated_by:
        raise ValueError("nobody asked for it")
    state = await engine.configurations.state(configuration_id)
    job = None if state is None or state.removed else await open_job(engine, state, initiated_by=initiated_by)
    if job is None:
        return None
    wanted = list(dict.fromkeys(source_ids))
    if job.standing.read_only:
        reason = "Nothing is written to any tenant while the app is read-only."
        return [_unfinished(job, each, READ_ONLY, reason) for each in wanted]
    await _stage(job, wanted)
    results = await asyncio.gather(*(_limited(job, each, within) for each in wanted), return_exceptions=True)
    return [_returned(result) for result in results]


async def _stage(job: Job, source_ids: Sequence[str]) -> None:
    """Write down what is asked for; what is pending already, or by now, stays as it is."""
    rows = await job.engine.entries.read(job.state, source_ids, parts=frozenset({EntryPart.PENDING}))
    missing = [source_id for source_id in source_ids if rows[source_id].pending is None]
    async with told(job.engine, job.configuration.id):
        await job.engine.entries.exchange(job.state, [(None, _row(job.state, each, job.started)) for each in missing])


def _row(state: ConfigurationState, source_id: str, now: datetime) -> Pending:
    return Pending(
        source_id=source_id,
        kind=WorkKind.EVALUATE,
        state=PendingState.WAITING,
        due=now,
        cycle=state.cycle,
        configuration_version=state.version,
        source=None,
    )


def _returned(result: OnDemandResult | BaseException) -> OnDemandResult:
    """Raise only after everybody's pass has ended."""
    if isinstance(result, BaseException):
        raise result
    return result


async def _limited(job: Job, source_id: str, within: timedelta) -> OnDemandResult:
    deadline = asyncio.get_running_loop().time() + within.total_seconds()
    try:
        async with asyncio.timeout_at(deadline):
            return await _provision(job, source_id, deadline)
    except TimeoutError:
        return _unfinished(job, source_id, "Timeout", f"Not finished within {within.total_seconds():.0f} seconds.")


async def _provision(job: Job, source_id: str, deadline: float) -> OnDemandResult:
    """Work on the person until a pass ends for good, ours or that of a worker who was told of the waiting row."""
    last: EntryPass | None = None
    while True:
        for entry in await run_passes(job, await take_entries(job, (source_id,))):
            last = entry
        record = await _record(job, source_id, last)
        if record is not None:
            return _finished(job, record, last)
        if last is None:
            return _unfinished(job, source_id, IN_PROGRESS, "Somebody else works on this person at this moment.")
        wait = _wait_of(job, last)
        left = timedelta(seconds=deadline - asyncio.get_running_loop().time())
        if wait is None or job.engine.clock.real(wait) > left:
            return _open(job, last)
        await job.engine.clock.sleep(wait)


async def _record(job: Job, source_id: str, last: EntryPass | None) -> ProvisioningLogRecord | None:
    """Return the record of a pass since we began; a pass that goes on with an older intent has that one's time."""
    for record in await job.engine.entries.log_records(job.state, source_id, 1):
        if record.started >= job.started or (last is not None and record.started == last.started):
            return record
    return None


def _wait_of(job: Job, entry: EntryPass) -> timedelta | None:
    """Return how long the entry waits for its next attempt; None if it does not wait for a time."""
    row = entry.ending.next if entry.ending is not None else None
    if row is None or row.state is not PendingState.WAITING:
        return None
    return max(row.due - job.engine.clock.now(), SHORTEST_WAIT)


def _finished(job: Job, record: ProvisioningLogRecord, last: EntryPass | None) -> OnDemandResult:
    result = OnDemandResult(
        source_id=record.source.id,
        began=record.started,
        ended=record.started + timedelta(milliseconds=record.duration_milliseconds),
        status=record.status,
        error=record.error,
        steps=record.steps,
        record=record,
    )
    return result if last is None or last.started != record.started else _detailed(job, last, result)


def _detailed(job: Job, entry: EntryPass, result: OnDemandResult) -> OnDemandResult:
    return replace(result, flow=flow_of(job, entry), matched=matched_of(job, entry))


def _open(job: Job, entry: EntryPass) -> OnDemandResult:
    """Return what is told of a pass that ended without a decision: it waits, is staged, or was taken from us."""
    row = entry.ending.next if entry.ending is not None else None
    if row is None:
        return _unfinished(job, entry.source_id, IN_PROGRESS, "Somebody else took this person over.", entry.steps)
    if row.state is PendingState.STAGED:
        error = skip(HELD, "The removal or disable is staged, and held until the quarantine of the job ends.")
        told = _told(job, entry.source_id, ProvisioningStatus.SKIPPED, error, entry.steps)
    else:
        reason = f"It waits and is tried again at {row.due:%Y-%m-%dT%H:%M:%SZ}."
        told = _unfinished(job, entry.source_id, row.reason or "Timeout", reason, entry.steps)
    return _detailed(job, entry, told)


def _unfinished(
    job: Job, source_id: str, code: str, reason: str, steps: tuple[ProvisioningStep, ...] = ()
) -> OnDemandResult:
    error = failure(code, reason, "It stays pending and goes on while the job runs; look at the provisioning logs.")
    return _told(job, source_id, ProvisioningStatus.FAILURE, error, steps)


def _told(
    job: Job, source_id: str, status: ProvisioningStatus, error: ErrorInformation, steps: tuple[ProvisioningStep, ...]
) -> OnDemandResult:
    return OnDemandResult(
        source_id=source_id,
        began=job.started,
        ended=job.engine.clock.now(),
        status=status,
        error=error,
        steps=steps,
    )
