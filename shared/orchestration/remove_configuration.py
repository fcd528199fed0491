"""A configuration is removed: what becomes of all that is known of it?

At once no cycle and no pass begins any more. Once whatever was under way has ended, its rows go, a part at each tick,
and last its state. Accounts in the target stay as they are. Documents stay, too, and provisioning logs for as long as
the configuration has said. Claims need no deleting: whoever meets one sees that its owner is gone.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.purge_logs import keep_logs
from shared.orchestration.update_state import update_state

UNDER_WAY: Final = timedelta(minutes=15)
"""A slice of reading and a pass under a lease have ended after so long."""

MOST: Final = 5000
"""Rows deleted in one tick for one configuration."""


async def remove_configuration(engine: Engine, configuration_id: str) -> ConfigurationState | None:
    """Mark the configuration as removed; returns None if there is no such one. Repeated, it changes nothing."""

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if state.removed is not None:
            return None
        return replace(state, active=False, running=False, quarantine=None, removed=engine.clock.now())

    return await update_state(engine, configuration_id, change)


async def purge_removed(engine: Engine, state: ConfigurationState) -> None:
    """Delete a part of what a removed configuration has left, and its state after the last part."""
    if state.removed is None or engine.clock.now() - state.removed < UNDER_WAY:
        return
    left = MOST
    for shard in range(state.shards):
        left -= await engine.entries.purge(state.configuration_id, shard, left)
        if left <= 0:
            return
    for store in (engine.snapshots, engine.watermarks, engine.cycles):
        left -= await store.purge(state.configuration_id, left)
        if left <= 0:
            return
    await keep_logs(engine, state)
    await engine.configurations.delete(state)


def is_gone(state: ConfigurationState, engine: Engine) -> bool:
    """Does nothing of a configuration go on any more, so that its claims are nobody's?"""
    return state.removed is not None and engine.clock.now() - state.removed >= UNDER_WAY
