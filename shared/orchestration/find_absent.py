"""Who was provisioned when an initial cycle began and has not been seen in scope? They are candidates for removal."""

from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.pending import WorkKind
from shared.orchestration.reading import Reading
from shared.provisioning.link import LinkState

PAGE = 500


async def find_absent(reading: Reading) -> None:
    """Stage the absent of one shard; absence proves nothing yet, each is read directly before anything is removed."""
    shard = reading.cycle.cursor.position
    if not reading.initial or shard >= reading.state.shards:
        await reading.checkpoint(phase=CyclePhase.SETTLE)
        return
    snapshot = await reading.link_snapshot()
    absent = list[str]()
    async for link in reading.engine.entries.links(reading.cycle.configuration_id, shard):
        if link.state is LinkState.ACTIVE and snapshot.is_absent(link.source_id):
            absent.append(link.source_id)
        if len(absent) == PAGE:
            await _stage(reading, absent)
            absent.clear()
    await _stage(reading, absent)
    await reading.checkpoint(cursor=Cursor(position=shard + 1))


async def _stage(reading: Reading, absent: list[str]) -> None:
    await reading.stage(dict.fromkeys(absent, (WorkKind.REMOVE, None)))
