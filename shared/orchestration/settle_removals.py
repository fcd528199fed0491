"""Everything is read: may what is staged be removed? And which escrows are due again?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.pending import DueClass
from shared.cycles.removal_guard import GuardDecision, decide_removals
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.orchestration.dispatch import dispatch_due
from shared.orchestration.hints import hint_entries
from shared.orchestration.live_due import live_due
from shared.orchestration.reading import Reading
from shared.orchestration.record_staged import record_staged
from shared.orchestration.update_state import update_state
from shared.provisioning.link import LinkState

LOOK_AGAIN = timedelta(seconds=15)

MOST_LOOKS = 40
"""For ten minutes the guard waits for people to be evaluated; what is left then is the next cycle's."""

MOST = 1000
"""Removals of one shard that one cycle tells the workers of; the tick sends again what is left."""


async def settle_removals(reading: Reading) -> None:
    """Release or hold the staged removals and disables, then tell the workers what may go.

    Who is being evaluated may have to go too, and would count. Where that could change the decision it is waited for.
    """
    engine = reading.engine
    # in this order: who is staged in between is counted twice, never not at all
    undecided = await engine.entries.undecided(reading.state)
    staged = await engine.entries.staged_count(reading.state)
    decision = _decide(reading, staged)
    open_ = decision.released and not _decide(reading, staged + await _may_go(reading, staged, undecided)).released
    looks = reading.cycle.cursor.position
    if open_ and looks < MOST_LOOKS:
        reading.rest = LOOK_AGAIN
        await reading.checkpoint(cursor=Cursor(position=looks + 1))
        return
    if not open_:
        await _carry_out(reading, decision)
    await dispatch_due(engine, reading.state)
    reading.cycle = replace(reading.cycle, staged=staged)
    await reading.checkpoint(phase=CyclePhase.COMPLETE)


def _decide(reading: Reading, staged: int) -> GuardDecision:
    return decide_removals(staged, reading.state.population, reading.configuration.guards.removals)


async def _may_go(reading: Reading, staged: int, undecided: Sequence[str]) -> int:
    """Count the undecided who are provisioned; the others are joiners. Read only where they could matter."""
    if _decide(reading, staged + len(undecided)).released:
        return len(undecided)
    rows = await reading.engine.entries.read(reading.state, undecided)
    return sum(row.link is not None and row.link.state is LinkState.ACTIVE for row in rows.values())


async def _carry_out(reading: Reading, decision: GuardDecision) -> None:
    reading.state = await _save_decision(reading, decision)
    if decision.released:
        await _hint_released(reading)
    else:
        await record_staged(reading.engine, reading.state)


async def _save_decision(reading: Reading, decision: GuardDecision) -> ConfigurationState:
    number, now = reading.cycle.number, reading.engine.clock.now()

    async def change(state: ConfigurationState) -> ConfigurationState:
        if not decision.released:
            return replace(state, quarantine=_hold(state, decision, now))
        quarantine = None if _held(state) else state.quarantine
        return replace(state, quarantine=quarantine, released_cycle=max(state.released_cycle, number))

    return await update_state(reading.engine, reading.cycle.configuration_id, change) or reading.state


def _hold(state: ConfigurationState, decision: GuardDecision, now: datetime) -> Quarantine:
    return Quarantine(
        reason=QuarantineReason.TOO_MANY_DELETES,
        began=state.quarantine.began if _held(state) and state.quarantine else now,
        code=QuarantineReason.TOO_MANY_DELETES.value,
        message=decision.message,
    )


def _held(state: ConfigurationState) -> bool:
    return state.quarantine is not None and state.quarantine.reason is QuarantineReason.TOO_MANY_DELETES


async def _hint_released(reading: Reading) -> None:
    engine, state = reading.engine, reading.state
    now = engine.clock.now()
    for shard in range(state.shards):
        rows = await live_due(engine, state, shard, DueClass.STAGED, now, MOST)
        released = [row.source_id for row in rows if row.staged_cycle <= state.released_cycle]
        await hint_entries(engine, state, released)
