"""Is each log record in the index too? The record beside the entry is the truth, the index is a copy of it."""

from collections.abc import Iterable, Sequence

from shared.cycles.state import ConfigurationState
from shared.cycles.work import Work
from shared.orchestration.engine import Engine
from shared.provisioning.provisioning_log import ProvisioningLogRecord


async def index_logs(
    engine: Engine, state: ConfigurationState, shard: int, *, known: Iterable[ProvisioningLogRecord] = ()
) -> Sequence[Work]:
    """Copy the records of closed passes into the index, then forget the passes; return all that were open.

    A pass that died in between is found by the tick: its row still points to the record. `known` are records that the
    caller has just written and that need not be read again.
    """
    at_hand = {record.source.id: record for record in known}
    works = await engine.entries.open_works(state.configuration_id, shard)
    closed = [work for work in works if work.log_key and (not at_hand or work.source_id in at_hand)]
    if not closed:
        return works
    missing = [work for work in closed if work.source_id not in at_hand]
    read = await engine.entries.finish_log(state.configuration_id, shard, missing) if missing else ()
    await engine.log_index.add([*(at_hand[work.source_id] for work in closed if work not in missing), *read])
    await engine.entries.drop_works(state.configuration_id, shard, closed)
    return works
