"""What was done is told for as long as the configuration says: how does it go then?

A part at each tick. First what stands beside the entries, then the copy in the index that names it, then the name of
the day; first what a cycle has counted, then the cycle. So whoever dies in between, what is left is found again.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from shared.cycles.cycle import CycleState
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.record_poison import UNREADABLE
from shared.orchestration.update_state import update_state

MOST: Final = 10_000
"""Rows of the index that go in one tick for one configuration."""

MOST_CYCLES: Final = 50
KEPT_CYCLES: Final = 10
"""So many cycles stay, however old they are: a status looks back on them."""

_PAGE: Final = 1000
_USUAL: Final = timedelta(days=30)
_EVER: Final = date(9000, 1, 1)


async def purge_expired(engine: Engine, state: ConfigurationState) -> None:
    """Delete a part of what is older than the configuration's `logRetention`; once a day there may be something."""
    before = engine.clock.now() - await _retention(engine, state)
    day = before.date().isoformat()
    if state.purged >= day:
        return
    purged = await _purge_logs(engine, state.configuration_id, before, state)
    if await _purge_cycles(engine, state, before) and purged:
        await update_state(engine, state.configuration_id, lambda standing: _purged(standing, day))


async def purge_ownerless(engine: Engine) -> None:
    """Delete a part of the old records that belong to no configuration, or to one that is gone."""
    now = engine.clock.now()
    await _purge_logs(engine, UNREADABLE, now - _USUAL)
    for configuration_id, days in (await engine.log_index.kept()).items():
        if await engine.configurations.state(configuration_id) is not None:
            await engine.log_index.keep_no_longer(configuration_id)  # declared anew: it looks after them itself
            continue
        await _purge_logs(engine, configuration_id, now - timedelta(days=days))
        if await engine.log_index.expired(configuration_id, _EVER, 1) is None:
            await engine.log_index.keep_no_longer(configuration_id)


async def keep_logs(engine: Engine, state: ConfigurationState) -> None:
    """Note for how long the records of a configuration stay that is about to be forgotten."""
    retention = await _retention(engine, state)
    await engine.log_index.keep_for(state.configuration_id, retention.days)


async def _retention(engine: Engine, state: ConfigurationState) -> timedelta:
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    return _USUAL if configuration is None else configuration.log_retention


async def _purge_logs(
    engine: Engine, configuration_id: str, before: datetime, state: ConfigurationState | None = None
) -> bool:
    """Delete a part of the records of whole days before a time; returns whether none is left."""
    left = MOST
    while left > 0:
        expired = await engine.log_index.expired(configuration_id, before.date(), min(left, _PAGE))
        if expired is None:
            return True
        if state is not None and expired.records:
            await engine.entries.forget_logs(state, expired.records)
        left -= await engine.log_index.forget(configuration_id, expired, left)
    return False


async def _purge_cycles(engine: Engine, state: ConfigurationState, before: datetime) -> bool:
    """Delete some of the cycles that ended before a time; returns whether no more are to go."""
    number = state.oldest_cycle
    most = state.oldest_cycle + MOST_CYCLES
    last = min(state.cycle - KEPT_CYCLES, most, state.last_completed - 1)
    while number <= last:
        cycle = await engine.cycles.get(state.configuration_id, number)
        if cycle is not None and (cycle.state is CycleState.RUNNING or (cycle.completed or cycle.started) >= before):
            break
        await engine.entries.forget_counters(state, number)
        await engine.cycles.delete(state.configuration_id, number)
        number += 1
    if number > state.oldest_cycle:
        await update_state(engine, state.configuration_id, lambda standing: _without(standing, number))
    return number <= most


async def _without(state: ConfigurationState, number: int) -> ConfigurationState:
    return replace(state, oldest_cycle=max(state.oldest_cycle, number))


async def _purged(state: ConfigurationState, day: str) -> ConfigurationState:
    return replace(state, purged=max(state.purged, day))
