"""A cycle has ended: what does its configuration know of it? Repeated by the tick if we died before it was written."""

from dataclasses import replace

from shared.cycles.cycle import Cycle, CycleKind, CycleState
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason, is_held, is_surging
from shared.orchestration.cycle_snapshots import forget_snapshots
from shared.orchestration.engine import Engine
from shared.orchestration.ports import UnexpectedAnswer
from shared.orchestration.update_state import update_state
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus


async def end_cycle(engine: Engine, cycle: Cycle) -> None:
    """Make the configuration free for its next cycle."""

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if not state.running or state.cycle != cycle.number:
            return None
        if cycle.state is CycleState.FAILED:
            return _failed(state, cycle)
        return await _completed(engine, state, cycle)

    await forget_snapshots(engine, cycle.configuration_id, cycle.number)
    await update_state(engine, cycle.configuration_id, change)


def _failed(state: ConfigurationState, cycle: Cycle) -> ConfigurationState:
    """In quarantine until a cycle succeeds; the hold on removals, which needs a person, is not covered up."""
    # An initial cycle that did not come to its end has not found who is absent: the next one evaluates everybody again.
    # So it does after an answer that nobody understands: it may be about the link that every cycle would follow again.
    full_next = state.full_next or cycle.kind is CycleKind.INITIAL or cycle.error_code == UnexpectedAnswer.__name__
    if is_held(state):
        return replace(state, running=False, full_next=full_next)
    quarantine = Quarantine(
        reason=QuarantineReason.EXCEPTION,
        began=state.quarantine.began if state.quarantine else cycle.completed or cycle.started,
        code=cycle.error_code,
        message=cycle.error_message,
    )
    return replace(state, running=False, full_next=full_next, quarantine=quarantine)


async def _completed(engine: Engine, state: ConfigurationState, cycle: Cycle) -> ConfigurationState:
    initial = cycle.kind is CycleKind.INITIAL
    # A document that was changed while this cycle ran is read in full by the next one.
    full_next = state.full_next and (not initial or state.version != cycle.configuration_version)
    return replace(
        state,
        running=False,
        full_next=full_next,
        last_full=cycle.started if initial else state.last_full,
        last_completed=cycle.number,
        steady_since=state.steady_since or cycle.completed,
        population=cycle.in_scope if initial else await _carried_on(engine, state),
        known_users=cycle.known_users,
        quarantine=state.quarantine if is_held(state) or is_surging(state) else None,
    )


async def _carried_on(engine: Engine, state: ConfigurationState) -> int:
    """Return about how many people are provisioned: an initial cycle counts, incremental ones carry the count on.

    An initial cycle has counted those that it creates and removes, so the one after it has nothing to add.
    """
    last = await engine.cycles.get(state.configuration_id, state.last_completed)
    if last is None or last.kind is CycleKind.INITIAL:
        return state.population
    counters = await engine.entries.counters(state, state.last_completed)
    created = counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS)
    deleted = counters.of(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS)
    return max(0, state.population + created - deleted)
