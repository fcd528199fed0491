"""Did an administrator change a partner policy between two cycles? It is told, whether it stops anything or not."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from shared.configuration.configuration import Configuration
from shared.cycles.cycle import Cycle
from shared.cycles.policy_watch import policy_changes, seen_policies
from shared.orchestration.engine import Engine

_log = logging.getLogger(__name__)


async def with_policies(engine: Engine, configuration: Configuration, cycle: Cycle, previous: Cycle | None) -> Cycle:
    """Return the cycle with what the policies say now; what cannot be read is as it was last seen, in `previous`."""
    before: Mapping[str, bool] = previous.policies if previous is not None else {}
    source, target = await engine.directories.policies(configuration)
    now = seen_policies(
        before,
        {
            "inboundSynchronization": target.synchronization_allowed,
            "inboundRedemption": target.inbound_redemption,
            "outboundRedemption": source.outbound_redemption,
        },
    )
    changes = policy_changes(before, now)
    for change in changes:
        _log.warning(
            "partner policy changed",
            extra={
                "action": "policy_changed",
                "configuration_id": cycle.configuration_id,
                "cycle": cycle.number,
                "change": change,
            },
        )
    return replace(cycle, policies=now, policy_changes=changes)
