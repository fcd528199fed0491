"""The tick: which configurations are due, and which cycles got stuck?"""

import logging
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.quarantine import counts_failures, is_given_up, must_wait
from shared.cycles.schedule import TOLERANCE, is_due, next_due
from shared.cycles.state import ConfigurationState
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.engine import Engine
from shared.orchestration.forgive_escrows import forgive_escrows
from shared.orchestration.hints import hint_reading
from shared.orchestration.leave_quarantine import give_up, lift_if_recovered
from shared.orchestration.measure_standing import measure_app, measure_configuration
from shared.orchestration.notify import notify
from shared.orchestration.ports import Conflict, Count, NewerRow
from shared.orchestration.purge_logs import purge_expired, purge_ownerless
from shared.orchestration.remove_configuration import purge_removed
from shared.orchestration.resend import resend_stalled

FULL_AFTER = timedelta(days=7)
"""An empty delta cannot be told from a lost one, so everybody is evaluated again once a week."""

STALLED = timedelta(minutes=10)
"""A cycle that nobody has moved on for so long is told to go on: its message was lost, or its worker died."""

_log = logging.getLogger(__name__)


async def tick(engine: Engine) -> None:
    """Start each configuration that is due, and re-send what nobody works on. One failing does not stop the others."""
    engine.telemetry.count(Count.TICKS)
    ownerless = True
    async for state in engine.configurations.states():
        # with a cycle, so that what is seldom there is not looked for each five minutes
        ownerless &= not state.active or is_due(state, engine.clock.now())
        await _survive(_tick_one(engine, state), state.configuration_id)
        # whatever became of it: who is late must be told above all where ticks fail
        if engine.telemetry.is_measured:
            await _survive(measure_configuration(engine, state), state.configuration_id)
    if ownerless:
        await _survive(purge_ownerless(engine), "")
    if ownerless and engine.telemetry.is_measured:
        await _survive(measure_app(engine), "")


async def _survive(work: Awaitable[None], configuration_id: str) -> None:
    try:
        await work
    except (Conflict, NewerRow):
        return  # somebody else was faster, or a newer version of the app is in charge of this one
    except Exception:  # noqa: BLE001  outermost loop: one configuration must not stop the others
        _log.exception("tick failed", extra={"action": "tick", "configuration_id": configuration_id})


async def _tick_one(engine: Engine, state: ConfigurationState) -> None:
    if state.removed is not None:
        await purge_removed(engine, state)
        return
    if state.active:
        await _run(engine, state)
    await notify(engine, state)
    await purge_expired(engine, state)


async def _run(engine: Engine, state: ConfigurationState) -> None:
    now = engine.clock.now()
    if is_given_up(state, now):
        await give_up(engine, state.configuration_id)
        return
    if counts_failures(state):
        state = await lift_if_recovered(engine, state)
    if state.running:
        await _resume(engine, state, now)
    elif is_due(state, now) and not must_wait(state, now + TOLERANCE):
        await _start(engine, state, now)
    if state.forgiven_cycle:
        state = await forgive_escrows(engine, state)
    await resend_stalled(engine, state)


async def _start(engine: Engine, state: ConfigurationState, now: datetime) -> None:
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    if configuration is None or state.next_due is None:
        return
    due = next_due(state.next_due, configuration.interval, now + TOLERANCE)
    full = state.full_next or state.last_full is None or now - state.last_full >= FULL_AFTER
    started = replace(state, running=True, cycle=state.cycle + 1, next_due=due, full_next=full)
    await _begin(engine, await engine.configurations.save(started), now)


async def _begin(engine: Engine, state: ConfigurationState, now: datetime) -> None:
    begun = Cycle(
        configuration_id=state.configuration_id,
        number=state.cycle,
        kind=CycleKind.INITIAL if state.full_next else CycleKind.INCREMENTAL,
        state=CycleState.RUNNING,
        phase=CyclePhase.SNAPSHOT,
        cursor=Cursor(),
        sequence=0,
        heartbeat=now,
        started=now,
        configuration_version=state.version,
        # a full read names no leavers: whom it does not show may be gone, and would prove every direct read wrong
        known_users=() if state.full_next else state.known_users,
    )
    with engine.telemetry.span("cycle", configuration_id=begun.configuration_id, cycle=begun.number, kind=begun.kind):
        cycle = await engine.cycles.create(begun)
        await hint_reading(engine, cycle.configuration_id, cycle.number, cycle.sequence)


async def _resume(engine: Engine, state: ConfigurationState, now: datetime) -> None:
    """Go on with a cycle that got stuck: without its row, ended but not written so, or without a message."""
    cycle = await engine.cycles.get(state.configuration_id, state.cycle)
    if cycle is None:
        await _begin(engine, state, now)
    elif cycle.state is not CycleState.RUNNING:
        await end_cycle(engine, cycle)
    elif now - cycle.heartbeat >= STALLED:
        await hint_reading(engine, cycle.configuration_id, cycle.number, cycle.sequence)
