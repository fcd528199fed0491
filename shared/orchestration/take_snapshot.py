"""The first phase of a cycle: in an initial one, who is provisioned already?"""

from dataclasses import replace

from shared.cycles.cycle import CyclePhase
from shared.cycles.link_snapshot import LinkSnapshot
from shared.orchestration.read_target import open_chain
from shared.orchestration.reading import Reading
from shared.provisioning.link import Link


async def take_snapshot(reading: Reading) -> None:
    """Scan the links once into a packed table; an incremental cycle looks up links one by one instead.

    The open work is read before the links: what a worker ends in between is still known as having been under way.
    """
    if reading.initial:
        await open_chain(reading)
        parts, entries = [], reading.engine.entries
        for shard in range(reading.state.shards):
            busy = {id_ async for id_ in entries.pending_ids(reading.cycle.configuration_id, shard)}
            links = entries.links(reading.cycle.configuration_id, shard)
            parts.append(LinkSnapshot.pack([_taken(link, reading) async for link in links], busy))
        reading.links = LinkSnapshot.merge(parts)
        await reading.checkpoint(phase=CyclePhase.ASSIGNMENTS)
        return
    reading.pass_over(CyclePhase.ASSIGNMENTS)


def _taken(link: Link, reading: Reading) -> Link:
    """Return the link; where all are to be proven its digest is unknown, so that a worker looks at the object.

    A manager whom no mapping is about any more makes no difference.
    """
    link = link if reading.mapping.flow.manager else replace(link, manager="")
    return replace(link, digest="") if reading.state.proves_links else link
