"""When is what is open going to be done? Said when a cycle has read everything; the tick notes when it is done."""

from dataclasses import replace
from datetime import datetime

from shared.configuration.configuration import Configuration
from shared.cycles.cycle import Cycle
from shared.cycles.forecast import Forecast, OpenWork, expected_end, work_after
from shared.cycles.pending import DueClass
from shared.cycles.state import ConfigurationState
from shared.cycles.statement import Statement
from shared.orchestration.engine import Engine
from shared.orchestration.update_state import update_state

_OPEN = frozenset({DueClass.REMOVAL, DueClass.UPDATE, DueClass.CREATE, DueClass.REFERENCE})
"""What is done as soon as there is room; these classes stand first in the due index of a shard."""


async def foreseen_end(engine: Engine, configuration: Configuration, work: OpenWork) -> datetime | None:
    """Return when so much work is done; None if there is none, or nobody can say."""
    if not work.entries:
        return None
    tenant_id, managers = configuration.target.tenant_id, engine.mappings.of(configuration).flow.manager is not None
    budget, invitations = await engine.budgets.writes(tenant_id), await engine.budgets.invitations(tenant_id)
    return expected_end(work, budget, invitations, engine.clock.now(), managers=managers)


async def forecast_after(engine: Engine, configuration: Configuration, closing: Statement) -> Forecast | None:
    """Return what is foreseen of the work that a cycle leaves."""
    work = work_after(closing)
    expected = await foreseen_end(engine, configuration, work)
    if expected is None:
        return None
    return Forecast(made=engine.clock.now(), expected=expected, entries=work.entries)


async def note_end(engine: Engine, state: ConfigurationState) -> ConfigurationState:
    """Where all that was foreseen is done, note when; in this order, so that a crash in between repeats it."""
    cycle = await engine.cycles.get(state.configuration_id, state.forecast_cycle)
    if cycle is not None and await _is_open(engine, state):
        return state
    if cycle is not None and cycle.forecast is not None and cycle.forecast.ended is None:
        await engine.cycles.save(_ended(cycle, cycle.forecast, engine.clock.now()))
    return await update_state(engine, state.configuration_id, _known) or state


async def _known(state: ConfigurationState) -> ConfigurationState | None:
    return replace(state, forecast_cycle=0) if state.forecast_cycle else None


def _ended(cycle: Cycle, forecast: Forecast, now: datetime) -> Cycle:
    return replace(cycle, forecast=replace(forecast, ended=now))


async def _is_open(engine: Engine, state: ConfigurationState) -> bool:
    for shard in range(state.shards):
        named = await engine.entries.open_due(state.configuration_id, shard, 1)
        if any(entry.due_class in _OPEN for entry in named):
            return True
    return False
