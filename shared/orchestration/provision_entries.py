"""A message about entries: which chunk is next, and what becomes of the hint about its shard?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shared.cycles.pending import LONGEST_WAIT
from shared.cycles.surge import is_watched
from shared.cycles.write_budget import Grant
from shared.orchestration.dispatch import chunk_of, end_hint, reserve_creates, send_on
from shared.orchestration.engine import Engine
from shared.orchestration.entry_pass import Job
from shared.orchestration.hints import CHUNK, NEWER, hint_again
from shared.orchestration.live_due import view_due
from shared.orchestration.messages import ProvisioningMessage
from shared.orchestration.ports import EntryRows, NewerRow, StorageUnavailable
from shared.orchestration.refusal import is_refused, lift_refusal, policy_allows, went_through
from shared.orchestration.run_passes import open_job, run_passes, take_entries
from shared.orchestration.watch_surges import without_surges

TURN = timedelta(minutes=2)
"""For so long one message goes on with the next chunk of its shard; then another message does."""

WATCHED = 19
"""Entries in a chunk where a guard over creates or rewrites is set: it counts after each chunk."""

APART = timedelta(milliseconds=1)
"""Two passes over one entry never begin at the same time: its records are told apart by that."""

RETRY = timedelta(seconds=30)


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
