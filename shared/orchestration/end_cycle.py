"""A cycle has ended: what does its configuration know of it? Repeated by the tick if we died before it was written."""

from dataclasses import replace
from datetime import datetime

from shared.cycles.attention import surveyed
from shared.cycles.counters import Counters
from shared.cycles.cycle import Cycle, CycleKind, CycleState
from shared.cycles.doubt import Doubt
from shared.cycles.quarantine import escrow_quarantine, imposed, threshold_passed
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason, is_held, is_surging
from shared.orchestration.cycle_snapshots import forget_snapshots
from shared.orchestration.doubt_cycle import doubted
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Count, Gauge, UnexpectedAnswer
from shared.orchestration.update_state import update_state
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus


async def end_cycle(engine: Engine, cycle: Cycle) -> None:
    """Make the configuration free for its next cycle."""
    changed = False

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        nonlocal changed
        changed = state.running and state.cycle == cycle.number
        if not changed:
            return None
        if cycle.state is CycleState.FAILED:
            return _failed(state, cycle, engine.clock.now())
        completed = await _completed(engine, state, cycle)
        return completed if cycle.idle_at < 0 else _settled(completed, cycle.number, cycle.idle_at)

    if cycle.links_at or cycle.scope_at:
        await forget_snapshots(engine, cycle.configuration_id, cycle.number)
    await update_state(engine, cycle.configuration_id, change)
    if changed:
        _tell(engine, cycle)


def _settled(state: ConfigurationState, number: int, idle_at: int) -> ConfigurationState:
    """Nothing was staged, so nothing is held; and all links were looked at while they did not change."""
    released = state.released_cycle if is_held(state) else max(state.released_cycle, number)
    return replace(state, released_cycle=released, attention=surveyed(state.attention, idle_at))


def _tell(engine: Engine, cycle: Cycle) -> None:
    id_, kind = cycle.configuration_id, cycle.kind
    engine.telemetry.count(Count.CYCLES, configuration_id=id_, kind=kind, outcome=cycle.state)
    if cycle.completed is not None:
        seconds = (cycle.completed - cycle.started).total_seconds()
        engine.telemetry.gauge(Gauge.CYCLE_DURATION, seconds, configuration_id=id_, kind=kind)


def _failed(state: ConfigurationState, cycle: Cycle, now: datetime) -> ConfigurationState:
    """In quarantine until a cycle succeeds; the hold on removals, which needs a person, is not covered up."""
    # An initial cycle that did not come to its end has not found who is absent: the next one evaluates everybody again.
    # So it does after an answer that nobody understands: it may be about the link that every cycle would follow again.
    full_next = state.full_next or cycle.kind is CycleKind.INITIAL or cycle.error_code == UnexpectedAnswer.__name__
    if is_held(state):
        return replace(state, running=False, full_next=full_next)
    quarantine = Quarantine(
        reason=QuarantineReason.EXCEPTION,
        began=cycle.completed or cycle.started,
        code=cycle.error_code,
        message=cycle.error_message,
    )
    quarantine = imposed(state.quarantine, quarantine, now)
    return replace(state, running=False, full_next=full_next, quarantine=quarantine)


async def _completed(engine: Engine, state: ConfigurationState, cycle: Cycle) -> ConfigurationState:
    initial = cycle.kind is CycleKind.INITIAL
    doubt = Doubt.INCOMPLETE_READ if state.doubted_cycle >= cycle.number else cycle.doubt
    # What was asked for while this cycle ran, by a document or a restart, is read in full by the next one.
    asked_since = state.version != cycle.configuration_version or cycle.number <= state.restarted_at
    full_next = bool(doubt) or (state.full_next and (not initial or asked_since))
    before = await _cycle_before(engine, state)
    counters = await _counters(engine, state, before)
    return replace(
        state,
        running=False,
        full_next=full_next,
        proves_links=state.proves_links and full_next,
        last_full=cycle.started if initial else state.last_full,
        last_completed=cycle.number,
        completed_at=cycle.completed,
        # Whom the guard holds is out of scope and provisioned: else the share of the others would let all of them go.
        population=cycle.in_scope + cycle.held if initial else _carried_on(state, before, counters),
        steady_since=state.steady_since or cycle.completed,
        known_users=cycle.known_users,
        quarantine=_standing(state, doubt, counters, engine.clock.now()),
    )


async def _cycle_before(engine: Engine, state: ConfigurationState) -> Cycle | None:
    return await engine.cycles.get(state.configuration_id, state.last_completed) if state.last_completed else None


async def _counters(engine: Engine, state: ConfigurationState, before: Cycle | None) -> Counters:
    """Return how the entries of the cycle before ended; nobody's did where nothing was open all the time."""
    if before is None or (state.attention.idle and state.attention.worked_in < before.number):
        return Counters()
    return await engine.entries.counters(state, before.number)


def _standing(state: ConfigurationState, doubt: Doubt, counters: Counters, now: datetime) -> Quarantine | None:
    """Return the quarantine after a completed cycle; the counters are of the one before, whose work has ended."""
    if is_held(state) or is_surging(state):
        return state.quarantine
    reason = threshold_passed(counters)
    if reason is not None:
        return escrow_quarantine(state.quarantine, reason, counters, now)
    return doubted(state, doubt, now) if doubt else None


def _carried_on(state: ConfigurationState, last: Cycle | None, counters: Counters) -> int:
    """Return about how many people are provisioned: an initial cycle counts, incremental ones carry the count on.

    An initial cycle has counted those that it creates and removes, so the one after it has nothing to add.
    """
    if last is None or last.kind is CycleKind.INITIAL:
        return state.population
    created = counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS)
    deleted = counters.of(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS)
    return max(0, state.population + created - deleted)
