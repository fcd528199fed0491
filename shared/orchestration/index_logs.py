"""Is each log record in the index too? The record beside the entry is the truth, the index is a copy of it."""

from datetime import timedelta

from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine


async def index_logs(
    engine: Engine, state: ConfigurationState, shard: int, *, older_than: timedelta = timedelta(0)
) -> None:
    """Copy the records of closed passes into the index, then forget the passes.

    A pass that died in between is found by the tick: its row still points to the record. `older_than` leaves passes
    alone that may just be doing it themselves.
    """
    now = engine.clock.now()
    works = await engine.entries.open_works(state.configuration_id, shard)
    closed = [work for work in works if work.log_key and now - work.expires >= older_than]
    if not closed:
        return
    records = await engine.entries.finish_log(state.configuration_id, shard, closed)
    await engine.log_index.add(records)
    await engine.entries.drop_works(state.configuration_id, shard, closed)
