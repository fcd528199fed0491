"""Did a release of the guard let through as many as it may not? Law 4, by the document's number."""

from datetime import datetime, timedelta

from tests.engine.small_world import CONFIGURATION
from tests.machine.history import Moment
from tests.machine.host import Host

WINDOW = timedelta(hours=24)
DEFAULT_COUNT = 500


async def overrun(host: Host) -> list[str]:
    """Say what was let through too often within a day; called when somebody was removed or disabled."""
    removed = host.oracle.removed
    limit, settled = await _limit(host, removed[-1].release)
    limit = max(limit, *_limits_since(host, removed[-1].due))
    counted = {each.source_id for each in removed if each.due > settled - WINDOW}
    if len(counted) < limit:
        return []
    return [f"law 4 broken: {len(counted)} people removed or disabled within a day, the guard holds {limit}"]


def _limits_since(host: Host, due: datetime) -> list[int]:
    """Return the document's numbers since somebody had to go: what an earlier release let go stays released."""
    documents = host.truth.document.since(Moment(number=host.truth.moment.number, time=due))
    return [each.get("guards", {}).get("removals", {}).get("count", DEFAULT_COUNT) for each in documents]


async def _limit(host: Host, release: int) -> tuple[int, datetime]:
    """Return the number of the cycle that released, and when it did that at the latest."""
    engine = host.local.engine
    cycle = await engine.cycles.get(CONFIGURATION, release)
    if cycle is None:
        return 1, host.local.clock.now()
    configuration = await engine.configurations.configuration(CONFIGURATION, cycle.configuration_version)
    limit = 1 if configuration is None else configuration.guards.removals.count
    return limit, cycle.completed or host.local.clock.now()
