"""One chunk of entries into the target: lease, look at both sides, decide, write, close."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shared.configuration.user_mapping import removal_action
from shared.cycles.pending import LONGEST_WAIT, Pending, PendingState
from shared.cycles.state import ConfigurationState
from shared.cycles.surge import is_watched
from shared.cycles.work import Work
from shared.cycles.write_budget import Grant
from shared.expressions import Environment
from shared.orchestration.close_entries import close_entries
from shared.orchestration.confirm_source import confirm_source
from shared.orchestration.dispatch import chunk_of, end_hint, reserve_creates, send_on
from shared.orchestration.engine import Engine
from shared.orchestration.entry_pass import EntryPass, Job, removal_released
from shared.orchestration.export_changes import export_changes
from shared.orchestration.export_creates import export_creates
from shared.orchestration.hints import CHUNK, NEWER, hint_again, hint_entries
from shared.orchestration.live_due import view_due
from shared.orchestration.messages import ProvisioningMessage
from shared.orchestration.plan_entries import plan_entries
from shared.orchestration.ports import (
    Closing,
    EntryPart,
    EntryRows,
    Forbidden,
    NewerRow,
    ResyncRequired,
    StorageUnavailable,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
)
from shared.orchestration.put_back import put_back
from shared.orchestration.recover_objects import is_untold_removal, recover_held
from shared.orchestration.refusal import hold_configuration, is_refused, lift_refusal, policy_allows, went_through
from shared.orchestration.renew_leases import LEASE
from shared.orchestration.resolve_references import note_references, resolve_references
from shared.orchestration.watch_surges import without_surges
from shared.provisioning.change_planning import Rules

TURN = timedelta(minutes=2)
"""For so long one message goes on with the next chunk of its shard; then another message does."""

WATCHED = 19
"""Entries in a chunk where a guard over creates or rewrites is set: it counts after each chunk."""

APART = timedelta(milliseconds=1)
"""Two passes over one entry never begin at the same time: its records are told apart by that."""

RETRY = timedelta(seconds=30)

_BEFORE_LEASE = frozenset({EntryPart.PENDING, EntryPart.WORK})
_UNDER_LEASE = frozenset({EntryPart.LINK, EntryPart.PENDING})


async def provision_entries(engine: Engine, message: ProvisioningMessage) -> None:
    """Work on the entries of the message that are due, or on what is most urgent in its shard, chunk after chunk."""
    until = engine.clock.now() + TURN
    try:
        while await _work_on(engine, message, until):
            await engine.clock.sleep(APART)
            message = msgspec.structs.replace(message, granted=0)
    except NewerRow:  # a newer version of the app wrote these rows, and works on them
        await hint_again(engine, message, delay=NEWER)
    except StorageUnavailable:
        await hint_again(engine, message, delay=RETRY)


async def _work_on(engine: Engine, message: ProvisioningMessage, until: datetime) -> bool:
    """Work on one chunk; returns whether there may be another one for the same message."""
    state = await engine.configurations.state(message.configuration_id)
    if state is None:
        return False
    job = await open_job(engine, state) if state.active else None
    if not state.active or (job is not None and job.standing.read_only):
        # the rows stay, and the tick sends them again
        await engine.entries.end_hint(state.configuration_id, message.shard)
        return False
    if job is None:
        return False
    if message.source_ids:
        await _work_on_entries(job, message)
        return False
    outcome, later = await _work_on_shard(job, message.shard, message.granted)
    if outcome is _Outcome.WORKED and engine.clock.now() < until:
        return True
    await _go_on(job, message.shard, outcome, later)
    return False


async def _work_on_entries(job: Job, message: ProvisioningMessage) -> None:
    wait = _held_for(job)
    if wait > timedelta(0):
        await hint_again(job.engine, message, delay=wait)
    elif await _work(job, message.source_ids[:CHUNK]) is _Outcome.LIFTED:
        await hint_again(job.engine, message)


async def _work_on_shard(job: Job, shard: int, granted: int) -> tuple["_Outcome", Grant]:
    """Work on what is most urgent in a shard; the second: creates that are reserved (or, 0, refused) for a time."""
    engine, state = job.engine, job.state
    held = _held_for(job)
    if held > timedelta(0):
        return _Outcome.CLOSED, Grant(count=0, wait=held)
    view, later = await view_due(engine, state, shard), Grant(count=0)
    if not granted:
        later = await reserve_creates(view, job.configuration.target.tenant_id)
        granted, later = (later.count, Grant(count=0)) if not later.wait else (0, later)
    most = WATCHED if is_watched(job.configuration.guards) else CHUNK
    due = await chunk_of(view, creates=granted, most=most)
    chunk = await without_surges(job, due)
    if due and not chunk:
        return _Outcome.HELD, later
    rows = {row.source_id: row for row in chunk}
    outcome = await _work(job, tuple(rows), rows) if rows else _Outcome.NOTHING
    if outcome is _Outcome.WORKED and view.is_whole and rows.keys() == {entry.source_id for entry in view.named}:
        return _Outcome.NOTHING, later  # nothing was there but that
    return outcome, later


async def _go_on(job: Job, shard: int, outcome: "_Outcome", later: Grant) -> None:
    """What becomes of the hint about the shard? It is sent on, or it ends; then the tick asks again."""
    engine, state = job.engine, job.state
    if outcome is _Outcome.CLOSED:
        await send_on(engine, state, shard, delay=later.wait)
    elif outcome is _Outcome.BUSY:
        await send_on(engine, state, shard, delay=RETRY)
    elif outcome in {_Outcome.WORKED, _Outcome.LIFTED}:
        await send_on(engine, state, shard)
    elif outcome is _Outcome.NOTHING and later.count:
        await send_on(engine, state, shard, granted=later.count, delay=later.wait)
    elif outcome is _Outcome.NOTHING and not later.wait:
        await end_hint(engine, state, shard)
    else:
        await engine.entries.end_hint(state.configuration_id, shard)  # the rows stay due


class _Outcome(StrEnum):
    """What came of a chunk. BUSY: others work on all of them. LIFTED: a refusal has ended.

    NOTHING: there was none, or none is left in the shard.
    CLOSED: the target takes nothing for a time after a 429. HELD: a guard over creates or rewrites holds all of it.
    """

    WORKED = "worked"
    BUSY = "busy"
    REFUSED = "refused"
    LIFTED = "lifted"
    NOTHING = "nothing"
    CLOSED = "closed"
    HELD = "held"


async def _work(job: Job, source_ids: tuple[str, ...], rows: Mapping[str, EntryRows] | None = None) -> _Outcome:
    if not is_refused(job.state):
        passes = await run_passes(job, await take_entries(job, source_ids, rows=rows))
        return _Outcome.WORKED if passes else _Outcome.BUSY
    if not await policy_allows(job):
        return _Outcome.REFUSED
    passes = await run_passes(job, await take_entries(job, source_ids, most=1))
    if not went_through(passes):
        return _Outcome.REFUSED
    await lift_refusal(job)
    return _Outcome.LIFTED


def _held_for(job: Job) -> timedelta:
    """For how long is the target closed after a 429? Nothing is read for what could not be written; rows stay due."""
    until = job.standing.not_before
    wait = timedelta(0) if until is None else until - job.engine.clock.now()
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


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
            environment=environment(engine, started),
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


def environment(engine: Engine, now: datetime) -> Environment:
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
