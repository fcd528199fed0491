"""Which open work does nobody work on? Messages are hints and may be lost; the tick finds what they pointed to."""

from datetime import timedelta

from shared.cycles.pending import DueClass
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.hints import hint_entries
from shared.orchestration.index_logs import index_logs

QUIET = timedelta(minutes=5)
"""Work that is due for so long, while the queue is empty, was forgotten."""

FORGOTTEN = timedelta(hours=1)
"""Work that is due for so long is sent again even if the queue is not empty."""

MOST = 400
"""Entries sent again for one configuration in one tick; more would only flood the queue."""


async def resend_stalled(engine: Engine, state: ConfigurationState) -> None:
    """Send hints for forgotten work, and finish the log index where a worker died before it could."""
    idle = await engine.provisioning_queue.length() == 0
    until = engine.clock.now() - (QUIET if idle else FORGOTTEN)
    classes = [DueClass.REMOVAL, DueClass.UPDATE, DueClass.DISABLE, DueClass.CREATE]
    if state.quarantine is None:
        classes.append(DueClass.STAGED)
    left = MOST
    for shard in range(state.shards):
        await index_logs(engine, state, shard)
        for due_class in classes:
            rows = await engine.entries.due(state.configuration_id, shard, due_class, until, left)
            await hint_entries(engine, state, [row.source_id for row in rows])
            left -= len(rows)
            if left <= 0:
                return
