"""Who is provisioned and has not been seen in scope by an initial cycle? They are candidates for removal."""

from shared.configuration.configuration import RemovalAction
from shared.configuration.user_mapping import removal_action
from shared.cycles.cycle import Cursor
from shared.cycles.link_snapshot import LinkSnapshot
from shared.cycles.pending import WorkKind
from shared.orchestration.read_users import save_watermark
from shared.orchestration.reading import Reading
from shared.provisioning.link import Link, LinkState

PAGE = 500


async def find_absent(reading: Reading) -> None:
    """Save the watermark, then stage the absent of one shard.

    Absence proves nothing yet: each is read directly before anything is removed. Whose link was made while this cycle
    was reading was no absent one when it began, and is evaluated.
    """
    await save_watermark(reading)
    shard = reading.cycle.cursor.position
    if not reading.initial:
        reading.pass_over(reading.after_reading)
        return
    if shard >= reading.state.shards:
        await reading.checkpoint(phase=reading.after_reading)
        reading.links = None  # it may be large, and nobody asks it any more
        return
    snapshot = await reading.link_snapshot()
    work = dict[str, tuple[WorkKind, None]]()
    async for link in reading.engine.entries.links(reading.cycle.configuration_id, shard):
        kind = _work(reading, snapshot, link)
        if kind is not None:
            work[link.source_id] = (kind, None)
        if len(work) == PAGE:
            await reading.stage(work, new=False)
            work.clear()
    await reading.stage(work, new=False)
    await reading.checkpoint(cursor=Cursor(position=shard + 1))


def _work(reading: Reading, snapshot: LinkSnapshot, link: Link) -> WorkKind | None:
    if link.state is LinkState.DISABLED and not snapshot.is_seen(link.source_id):
        # a document may have changed since as to whether, and when, it is deleted
        return WorkKind.EVALUATE if removal_action(reading.configuration) is RemovalAction.DELETE else None
    if link.state is not LinkState.ACTIVE:
        return None
    if snapshot.is_absent(link.source_id):
        return WorkKind.REMOVE
    return WorkKind.EVALUATE if snapshot.is_unexpected(link.source_id) else None
