"""Whose object was disabled long enough ago? Their removal is staged, to be counted and proven like any other."""

from dataclasses import replace
from datetime import datetime

from shared.cycles.pending import DueClass, Pending, PendingState
from shared.orchestration.live_due import live_due
from shared.orchestration.reading import Reading

MOST = 1000
"""Removals of one shard that one cycle stages; the next one goes on with what is left."""


async def mature_removals(reading: Reading) -> None:
    """Stage the delayed removals that are due; if the configuration deletes nobody, it finds that out when proven."""
    engine, state, now = reading.engine, reading.state, reading.engine.clock.now()
    for shard in range(state.shards):
        rows = await live_due(engine, state, shard, DueClass.DELAYED, now, MOST)
        await engine.entries.exchange(state, [(row, _staged(reading, row, now)) for row in rows])
        reading.stirs |= bool(rows)


def _staged(reading: Reading, row: Pending, now: datetime) -> Pending:
    number = reading.cycle.number
    return replace(row, state=PendingState.STAGED, due=now, cycle=number, staged_cycle=number)
