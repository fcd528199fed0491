"""Were as many removed under one release of the guard as it may let through? Law 4, by the document's number."""

from tests.engine.small_world import CONFIGURATION
from tests.machine.host import Host


async def overrun(host: Host) -> list[str]:
    """Say which releases let through as many as the guard holds."""
    return [
        f"law 4 broken: {len(people)} people removed or disabled under release {release}, the guard holds {limit}"
        for release, people in host.oracle.removed.items()
        if len(people) > 1 and len(people) >= (limit := await _limit(host, release))
    ]


async def _limit(host: Host, release: int) -> int:
    engine = host.local.engine
    cycle = await engine.cycles.get(CONFIGURATION, release)
    version = 1 if cycle is None else cycle.configuration_version
    configuration = await engine.configurations.configuration(CONFIGURATION, version)
    return 1 if configuration is None else configuration.guards.removals.count
