"""One chunk of entries into the target: lease, look at both sides, decide, write, close."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.configuration.user_mapping import removal_action
from shared.cycles.pending import Pending, PendingState
from shared.cycles.state import ConfigurationState
from shared.cycles.work import Work
from shared.expressions import Environment
from shared.orchestration.close_entries import close_entries
from shared.orchestration.confirm_source import confirm_source
from shared.orchestration.engine import Engine
from shared.orchestration.entry_pass import EntryPass, Job, removal_released
from shared.orchestration.export_changes import export_changes
from shared.orchestration.export_creates import export_creates
from shared.orchestration.hints import CHUNK, hint_entries
from shared.orchestration.plan_entries import plan_entries
from shared.orchestration.ports import (
    Closing,
    EntryPart,
    EntryRows,
    Forbidden,
    ResyncRequired,
    StorageUnavailable,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
)
from shared.orchestration.put_back import put_back
from shared.orchestration.recover_objects import is_untold_removal, recover_held
from shared.orchestration.refusal import hold_configuration
from shared.orchestration.renew_leases import LEASE
from shared.orchestration.resolve_references import note_references, resolve_references
from shared.provisioning.change_planning import Rules

_BEFORE_LEASE = frozenset({EntryPart.PENDING, EntryPart.WORK})
_UNDER_LEASE = frozenset({EntryPart.LINK, EntryPart.PENDING})


async def open_job(engine: Engine, state: ConfigurationState, *, initiated_by: str = "") -> Job | None:
    """Return what all passes share; the newest document is used, also for work that an older one asked for."""
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    if configuration is None:
        return None
    started, mapping = engine.clock.now(), engine.mappings.of(configuration)
    standing = await engine.budgets.standing(configuration.target.tenant_id, configuration.source.tenant_id)
    return Job(
        engine=engine,
        state=state,
        configuration=configuration,
        source=engine.directories.source(configuration),
        target=engine.directories.target(configuration),
        rules=Rules(
            flow=mapping.flow,
            environment=_environment(engine, started),
            adoption=configuration.adoption,
            removal=replace(configuration.removal, action=removal_action(configuration)),
            verified_domains=frozenset(),
            scope_filter=mapping.scope_filter,
            drift=configuration.drift,
        ),
        owner=engine.new_owner(),
        started=started,
        standing=standing,
        initiated_by=initiated_by,
    )


def _environment(engine: Engine, now: datetime) -> Environment:
    """Return what the mapping's expressions know of the world in this chunk; each attribute is told what is taken."""
    return Environment(now=now, random=engine.random, new_guid=engine.new_guid, exists=lambda _: False)


async def take_entries(
    job: Job,
    source_ids: tuple[str, ...],
    *,
    most: int = CHUNK,
    rows: Mapping[str, EntryRows] | None = None,
) -> list[EntryPass]:
    """Lease the entries that are due and that nobody else works on; `rows` were read a moment ago."""
    rows = rows or await job.engine.entries.read(job.state, source_ids, parts=_BEFORE_LEASE)
    due = [row for row in rows.values() if row.pending is not None and _is_due(job, row, row.pending)]
    wanted = {row.source_id: row.work for row in due[:most]}
    await _return_for_leased(job, rows.values())
    expires = job.engine.clock.now() + LEASE
    works = [
        replace(work or Work(source_id=source_id, owner=job.owner, expires=expires), owner=job.owner, expires=expires)
        for source_id, work in wanted.items()
    ]
    won = await job.engine.entries.lease(job.state, works)
    return await _under_lease(job, won, wanted)


async def _under_lease(job: Job, works: Sequence[Work], before: Mapping[str, Work | None]) -> list[EntryPass]:
    """Return the passes over what stands by now: before the leases were ours, another pass may have come to its end."""
    if not works:
        return []
    rows = await job.engine.entries.read(job.state, [work.source_id for work in works], parts=_UNDER_LEASE)
    passes, past = list[EntryPass](), list[Closing]()
    for work in works:
        row = rows[work.source_id]
        if row.pending is None or not _is_due(job, replace(row, work=work), row.pending):
            past.append(Closing(pending=row.pending, work=work, next=row.pending, keep_intent=True))
            continue
        passes.append(
            EntryPass(
                source_id=work.source_id,
                pending=_counted_now(job, row.pending),
                work=work,
                link=row.link,
                started=_started(job, before[work.source_id]),
                unclear=work.intent is not None,
            )
        )
    if past:
        await job.engine.entries.close(job.state, past)
    return passes


async def run_passes(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Take the leased entries through all steps; each of them ends in a row, a log record, or both."""
    if not passes:
        return []
    try:
        domains = await job.source.verified_domains()
        job = replace(job, rules=replace(job.rules, verified_domains=domains))
        passes = await confirm_source(job, await recover_held(job, passes))
        passes = await plan_entries(job, passes)
        passes = await export_changes(job, passes)
        passes = await export_creates(job, passes)
        passes = note_references(job, passes)
        passes = await resolve_references(job, passes)
        return await close_entries(job, passes)
    except (Throttled, Unavailable, Forbidden, UnexpectedAnswer, ResyncRequired) as error:
        if isinstance(error, Forbidden) and not job.on_demand:
            await hold_configuration(job, error)
        return await close_entries(job, put_back(job, await _still_ours(job, passes), error))
    except StorageUnavailable as error:
        with suppress(StorageUnavailable):
            await close_entries(job, put_back(job, await _still_ours(job, passes), error))
        raise
    except Exception as error:
        # One of them may be more than we can handle: each goes on alone, so that it holds up nobody else.
        await close_entries(job, put_back(job, _reopened(await _still_ours(job, passes)), error), apart=True)
        raise


async def _still_ours(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Return the passes that are not closed or lost, with their leases and intents as they stand by now."""
    ids = [each.source_id for each in passes]
    rows = await job.engine.entries.read(job.state, ids, parts=frozenset({EntryPart.WORK}))
    return [
        replace(each, work=work)
        for each in passes
        if (work := rows[each.source_id].work) is not None and work.owner == job.owner and work.abandoned
    ]


def _reopened(passes: list[EntryPass]) -> list[EntryPass]:
    """Forget the endings if all have one: then it was the close that failed, and it would fail again."""
    if not all(each.ending for each in passes):
        return passes
    return [replace(each, ending=None, steps=()) for each in passes]


def _counted_now(job: Job, pending: Pending) -> Pending:
    """Count the retry of an escrow under the newest cycle, not under the first one again and again."""
    return replace(pending, cycle=job.state.cycle) if pending.state is PendingState.ESCROWED else pending


async def _return_for_leased(job: Job, rows: Iterable[EntryRows]) -> None:
    """Come back for due entries when the lease that is on them has run out: its worker may have died."""
    now = job.engine.clock.now()
    ends = {
        row.source_id: row.work.expires
        for row in rows
        if row.work is not None and row.work.held_by_other(job.owner, now) and row.pending and row.pending.due <= now
    }
    if ends and not job.on_demand:
        await hint_entries(job.engine, job.state, ends, delay=max(ends.values()) - now)


def _is_due(job: Job, row: EntryRows, pending: Pending) -> bool:
    now = job.engine.clock.now()
    if row.work is not None and row.work.held_by_other(job.owner, now):
        return False
    if job.on_demand:
        return True
    if pending.due > now:
        return False
    if pending.state is not PendingState.STAGED:
        return True
    return removal_released(job, pending, pending.kind) or is_untold_removal(row.work)


def _started(job: Job, before: Work | None) -> datetime:
    if before is not None and before.intent is not None and before.abandoned and not before.intent.told:
        return before.intent.started
    return job.started
