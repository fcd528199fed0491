"""How does everything stand? Told at each tick, to whoever watches over the app."""

from datetime import datetime, timedelta

from shared.configuration.configuration import Configuration
from shared.cycles.attention import needs_look
from shared.cycles.cycle import Cycle
from shared.cycles.pending import DueClass
from shared.cycles.schedule import is_due
from shared.cycles.state import ConfigurationState, is_held
from shared.orchestration.engine import Engine
from shared.orchestration.live_due import live_due, view_due
from shared.orchestration.ports import Gauge

WORK = (DueClass.REMOVAL, DueClass.UPDATE, DueClass.CREATE)
"""What is done as soon as there is room for it; what is staged or in escrow waits for something else."""


async def measure_configuration(engine: Engine, state: ConfigurationState) -> None:
    """Measure one active configuration and its target tenant."""
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    if configuration is None or not state.active or state.removed is not None:
        return
    now, telemetry, id_ = engine.clock.now(), engine.telemetry, state.configuration_id
    late = await _lateness(engine, state, configuration, now)
    if late is not None:
        telemetry.gauge(Gauge.CYCLE_LATENESS, late, configuration_id=id_)
    reason = state.quarantine.reason.value if state.quarantine is not None else ""
    telemetry.gauge(Gauge.QUARANTINE, 1 if reason else 0, configuration_id=id_, reason=reason)
    held = len(await engine.entries.staged(state)) if is_held(state) else 0
    telemetry.gauge(Gauge.REMOVALS_HELD, held, configuration_id=id_)
    # that it is idle says that nothing waits, and nobody for the target; a tick with a cycle asks all the same
    idle = state.attention.idle and not needs_look(state.attention, now)
    oldest = now if idle else await _oldest_due(engine, state, now)
    telemetry.gauge(Gauge.OLDEST_DUE, (now - oldest).total_seconds(), configuration_id=id_)
    if not idle or is_due(state, now):
        await _measure_target(engine, configuration.target.tenant_id, now)


async def measure_app(engine: Engine) -> None:
    """Measure what is the same for all configurations."""
    engine.telemetry.gauge(Gauge.READ_ONLY, 1 if await engine.budgets.is_read_only() else 0)


async def _measure_target(engine: Engine, tenant_id: str, now: datetime) -> None:
    until = await engine.budgets.not_before(tenant_id)
    held = timedelta(0) if until is None else max(until - now, timedelta(0))
    engine.telemetry.gauge(Gauge.TENANT_HELD, held.total_seconds(), tenant_id=tenant_id)
    blocked = (await engine.budgets.invitations(tenant_id)).closed_for(now) > timedelta(0)
    engine.telemetry.gauge(Gauge.INVITATIONS_BLOCKED, 1 if blocked else 0, tenant_id=tenant_id)


async def _lateness(
    engine: Engine, state: ConfigurationState, configuration: Configuration, now: datetime
) -> float | None:
    """Return the intervals since the last completed cycle, or since the first one began; None before that."""
    if state.last_completed and state.completed_at is not None:
        return (now - state.completed_at) / configuration.interval
    cycle = await engine.cycles.get(state.configuration_id, max(state.last_completed, 1))
    return None if cycle is None else (now - _since(cycle, state)) / configuration.interval


def _since(cycle: Cycle, state: ConfigurationState) -> datetime:
    return cycle.completed if state.last_completed and cycle.completed is not None else cycle.started


async def _oldest_due(engine: Engine, state: ConfigurationState, now: datetime) -> datetime:
    """Return from when the oldest open work could have been done; now if there is none."""
    oldest = now
    for shard in range(state.shards):
        view = await view_due(engine, state, shard)
        named = {entry.due_class for entry in view.named if entry.due <= now} if view.is_whole else {*WORK}
        for due_class in named.intersection(WORK):
            rows = await live_due(engine, state, shard, due_class, now, 1)
            oldest = min([oldest, *(row.due for row in rows)])
    return oldest
