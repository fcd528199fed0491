"""Everything is read: may what is staged be removed? And which escrows are due again?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.attention import is_surveyed
from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.object_in_use import may_be_in_use
from shared.cycles.pending import DueClass, Pending, PendingState, WorkKind
from shared.cycles.released import Released
from shared.cycles.removal_guard import GuardDecision, decide_staged
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason, is_held
from shared.orchestration.dispatch import dispatch_due, dispatch_viewed
from shared.orchestration.doubt_cycle import doubt_reading
from shared.orchestration.find_references import find_references
from shared.orchestration.hints import hint_entries
from shared.orchestration.live_due import live_due, view_named
from shared.orchestration.mature_removals import mature_removals
from shared.orchestration.ports import Conflict, EntryPart
from shared.orchestration.reading import Reading
from shared.orchestration.record_staged import record_staged
from shared.orchestration.released_store import load_released, save_released
from shared.orchestration.update_state import update_state

LOOK_AGAIN = timedelta(seconds=15)

MOST_LOOKS = 40
"""For ten minutes the guard waits for people to be evaluated; what is left then is the next cycle's."""

MOST = 1000
"""Removals of one shard that one cycle tells the workers of; the tick sends again what is left."""


async def settle_removals(reading: Reading) -> None:
    """Release or hold the staged removals and disables, then tell the workers what may go.

    Who is being evaluated may have to go too, and counts: it is waited for. Whoever is not evaluated by then is counted
    as released, unless that could change the decision; then nothing is released in this cycle.
    """
    engine = reading.engine
    if reading.is_idle and not is_held(reading.state):
        await _settle_nothing(reading)
        return
    unsettled = await engine.entries.unsettled(reading.state, engine.clock.now())
    await mature_removals(reading, unsettled.mature)
    # in this order: who is staged in between is counted twice, never not at all
    views = [await view_named(engine, reading.state, shard) for shard in range(reading.state.shards)]
    may_be_staged = any(view.may_have(DueClass.DISABLE, DueClass.STAGED) for view in views)
    staged = await engine.entries.staged(reading.state) if may_be_staged else ()
    await doubt_reading(reading, staged)
    released = await load_released(engine, reading.state)
    decision = _decide(reading, staged, released)
    leavers = await _possible_leavers(reading, unsettled.undecided) if decision.released else []
    looks = reading.cycle.cursor.position
    if leavers and looks < MOST_LOOKS:
        reading.rest = LOOK_AGAIN
        await reading.checkpoint(cursor=Cursor(position=looks + 1))
        return
    counted = [*staged, *leavers]
    decided = not leavers or _decide(reading, counted, released).released
    if decided:
        await _carry_out(reading, decision, counted, released)
    if await find_references(reading):
        await dispatch_due(engine, reading.state)
    else:
        await dispatch_viewed(engine, reading.state, views)
    stay = [] if decided and decision.released else [row for row in counted if row.kind is WorkKind.REMOVE]
    reading.cycle = replace(reading.cycle, staged=len(staged), held=len(stay), idle_at=-1)
    await reading.checkpoint(phase=CyclePhase.COMPLETE)


async def _settle_nothing(reading: Reading) -> None:
    """Nothing is open, so nothing is staged, due or in escrow; only the links may not have been looked at since."""
    await doubt_reading(reading, ())
    if reading.initial or not is_surveyed(reading.state.attention):
        await find_references(reading)
    idle_at = -1 if reading.stirs else reading.state.attention.stirred
    reading.cycle = replace(reading.cycle, staged=0, held=0, idle_at=idle_at)
    if not reading.stirs:
        reading.pass_over(CyclePhase.COMPLETE)
        return
    await dispatch_due(reading.engine, reading.state)
    await reading.checkpoint(phase=CyclePhase.COMPLETE)


def _decide(reading: Reading, staged: Sequence[Pending], released: Released) -> GuardDecision:
    now, guards = reading.engine.clock.now(), reading.configuration.guards
    return decide_staged(staged, released, reading.state.population, guards, now)


async def _possible_leavers(reading: Reading, undecided: Sequence[str]) -> list[Pending]:
    """Return the undecided who are provisioned, as if they had to go; the others are joiners."""
    parts = frozenset({EntryPart.LINK, EntryPart.WORK})
    rows = await reading.engine.entries.read(reading.state, undecided, parts=parts)
    there = [id_ for id_, row in rows.items() if may_be_in_use(row.link, None if row.work is None else row.work.intent)]
    return [_possible_leaver(each, reading.engine.clock.now()) for each in there]


def _possible_leaver(source_id: str, now: datetime) -> Pending:
    return Pending(
        source_id=source_id,
        kind=WorkKind.REMOVE,
        state=PendingState.STAGED,
        due=now,
        cycle=0,
        configuration_version=0,
        source=None,
    )


async def _carry_out(reading: Reading, decision: GuardDecision, staged: Sequence[Pending], released: Released) -> None:
    at = reading.state.released_at
    if decision.released and staged:
        at = await save_released(reading, staged, released)
    reading.state = await _save_decision(reading, decision, at)
    if decision.released:
        await _hint_released(reading, staged)
    else:
        await record_staged(reading.engine, reading.state)


async def _save_decision(reading: Reading, decision: GuardDecision, at: int) -> ConfigurationState:
    number, now, before = reading.cycle.number, reading.engine.clock.now(), reading.state.released_at

    async def change(state: ConfigurationState) -> ConfigurationState:
        if not decision.released:
            return replace(state, quarantine=_hold(state, decision, now))
        quarantine = None if is_held(state) else state.quarantine
        if state.released_at != before:
            raise Conflict("Another slice has settled this cycle.")
        number_released = max(state.released_cycle, number)
        return replace(state, quarantine=quarantine, released_cycle=number_released, released_at=at)

    return await update_state(reading.engine, reading.cycle.configuration_id, change) or reading.state


def _hold(state: ConfigurationState, decision: GuardDecision, now: datetime) -> Quarantine:
    return Quarantine(
        reason=QuarantineReason.TOO_MANY_DELETES,
        began=state.quarantine.began if is_held(state) and state.quarantine else now,
        code=QuarantineReason.TOO_MANY_DELETES.value,
        message=decision.message,
    )


async def _hint_released(reading: Reading, staged: Sequence[Pending]) -> None:
    engine, state = reading.engine, reading.state
    now = engine.clock.now()
    for shard in range(state.shards) if staged else ():
        rows = await live_due(engine, state, shard, DueClass.STAGED, now, MOST)
        released = [row.source_id for row in rows if row.staged_cycle <= state.released_cycle]
        await hint_entries(engine, state, released)
