"""A job is in quarantine for its failures: has it recovered, or is it given up?"""

import logging
from dataclasses import replace

from shared.cycles.quarantine import counts_failures, has_recovered, is_given_up
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.update_state import update_state

_log = logging.getLogger(__name__)


async def lift_if_recovered(engine: Engine, state: ConfigurationState) -> ConfigurationState:
    """End the quarantine if the newest cycle, tried in it, brought anybody through and few enough failed."""
    counters = await engine.entries.counters(state, state.cycle)
    if not has_recovered(counters):
        return state

    async def change(standing: ConfigurationState) -> ConfigurationState | None:
        return replace(standing, quarantine=None) if counts_failures(standing) else None

    return await update_state(engine, state.configuration_id, change) or state


async def give_up(engine: Engine, configuration_id: str) -> None:
    """Disable a job that was in quarantine for four weeks; why stays to be seen, and so does its open work."""
    now = engine.clock.now()

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        return replace(state, active=False) if is_given_up(state, now) else None

    await update_state(engine, configuration_id, change)
    _log.error("job given up", extra={"action": "give_up", "configuration_id": configuration_id})
