"""Which objects of the target are left otherwise than the mapping wants them?"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.provisioning.link import Link, LinkState


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """How many they are, and the links of the first of them."""

    count: int
    links: Sequence[Link]


async def read_drift(engine: Engine, state: ConfigurationState, most: int) -> DriftReport:
    """Return what was found when each object was looked at last; it reads all links."""
    count, links = 0, list[Link]()
    for shard in range(state.shards):
        async for link in engine.entries.links(state.configuration_id, shard):
            if link.drift is None or link.state is not LinkState.ACTIVE:
                continue
            count += 1
            if len(links) < most:
                links.append(link)
    return DriftReport(count=count, links=links)
