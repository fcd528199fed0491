"""The first phase of a cycle: in an initial one, who is provisioned already?"""

from dataclasses import replace

from shared.cycles.cycle import CyclePhase
from shared.cycles.link_snapshot import LinkSnapshot, Packing
from shared.orchestration.read_target import open_chain
from shared.orchestration.reading import Reading
from shared.provisioning.link import Link

AT_ONCE = 5000


async def take_snapshot(reading: Reading) -> None:
    """Scan the links once into a packed table; an incremental cycle looks up links one by one instead.

    The open work is read before the links: what a worker ends in between is still known as having been under way.
    """
    if reading.initial:
        await open_chain(reading)
        packing = Packing()
        for shard in range(reading.state.shards):
            await _pack(reading, shard, packing)
        reading.links = LinkSnapshot(packing.table())
        await reading.checkpoint(phase=CyclePhase.ASSIGNMENTS)
        return
    reading.pass_over(CyclePhase.ASSIGNMENTS)


async def _pack(reading: Reading, shard: int, packing: Packing) -> None:
    """Pack the links of a shard, some thousands at a time: as objects they take forty times as much."""
    entries, configuration_id = reading.engine.entries, reading.cycle.configuration_id
    busy = {id_ async for id_ in entries.pending_ids(configuration_id, shard)}
    links = dict[str, Link]()
    async for link in entries.links(configuration_id, shard):
        links[link.source_id] = _taken(link, reading)
        if len(links) == AT_ONCE:
            packing.add(links.values(), busy.intersection(links))
            busy.difference_update(links)
            links.clear()
    packing.add(links.values(), busy)


def _taken(link: Link, reading: Reading) -> Link:
    """Return the link; where all are to be proven its digest is unknown, so that a worker looks at the object.

    A manager whom no mapping is about any more makes no difference.
    """
    link = link if reading.mapping.flow.manager else replace(link, manager="")
    return replace(link, digest="") if reading.state.proves_links else link
