"""The last phase: the scope that was read becomes the one to compare with, and the cycle ends."""

from dataclasses import replace

from shared.cycles.cycle import CycleState
from shared.cycles.scope_snapshot import pack
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.foresee import forecast_after
from shared.orchestration.reading import SCOPE, Reading
from shared.orchestration.watch_policies import with_policies


async def complete_cycle(reading: Reading) -> None:
    """Save the scope, then the cycle, then the configuration's state; each step may be repeated after a crash."""
    engine, cycle = reading.engine, reading.cycle
    if reading.reads_groups:
        content = pack(await reading.scope_in_work())
        await engine.snapshots.save(cycle.configuration_id, SCOPE, cycle.number, content)
    watched = await with_policies(engine, reading.configuration, cycle, reading.state.last_completed)
    closing = await engine.entries.statement(reading.state)
    # one whose end nobody has seen yet stands: a new one would be of what is left of it
    known = bool(reading.state.forecast_cycle)
    forecast = None if known else await forecast_after(engine, reading.configuration, closing)
    now = engine.clock.now()
    done = replace(watched, state=CycleState.COMPLETED, completed=now, heartbeat=now, sequence=cycle.sequence + 1)
    reading.cycle = await engine.cycles.save(replace(done, closing=closing, forecast=forecast))
    await end_cycle(engine, reading.cycle)
    await engine.snapshots.prune(cycle.configuration_id, SCOPE, cycle.number)
