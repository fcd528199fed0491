"""The last phase: the scope that was read becomes the one to compare with, and the cycle ends."""

from dataclasses import replace

from shared.cycles.attention import is_surveyed
from shared.cycles.cycle import Cycle, CycleState
from shared.cycles.scope_snapshot import pack
from shared.cycles.statement import Statement
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.reading import SCOPE, Reading
from shared.orchestration.watch_policies import with_policies


async def complete_cycle(reading: Reading) -> None:
    """Save the scope, then the cycle, then the configuration's state; each step may be repeated after a crash."""
    engine, cycle = reading.engine, reading.cycle
    if reading.reads_groups:
        content = pack(await reading.scope_in_work())
        await engine.snapshots.save(cycle.configuration_id, SCOPE, cycle.number, content)
    # not the one before: a cycle that failed has not looked
    previous = await engine.cycles.get(cycle.configuration_id, reading.state.last_completed)
    watched = await with_policies(engine, reading.configuration, cycle, previous)
    closing = await _statement(reading, previous)
    now = engine.clock.now()
    done = replace(watched, state=CycleState.COMPLETED, completed=now, heartbeat=now, sequence=cycle.sequence + 1)
    reading.cycle = await engine.cycles.save(replace(done, closing=closing, idle_at=_idle_at(reading)))
    await end_cycle(engine, reading.cycle)
    if reading.reads_groups:
        await engine.snapshots.prune(cycle.configuration_id, SCOPE, cycle.number)


def _idle_at(reading: Reading) -> int:
    """Return the number of writes at which it settled with nothing open, if it is so still."""
    settled_at = reading.cycle.idle_at
    return settled_at if reading.is_idle and settled_at == reading.state.attention.stirred else -1


async def _statement(reading: Reading, previous: Cycle | None) -> Statement:
    """Return how everybody stands: as before, where nothing was open since the links were counted."""
    known = None if previous is None or reading.initial else previous.closing
    if known is not None and reading.is_idle and is_surveyed(reading.state.attention):
        return known
    return await reading.engine.entries.statement(reading.state)
