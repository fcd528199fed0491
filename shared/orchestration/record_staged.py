"""Removals are held: what does the provisioning log say of them?"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from shared.cycles.pending import DueClass, Pending
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.live_due import live_due
from shared.provisioning.change_planning import failure
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)

MOST = 1000
"""Records written for one shard; the rest of a flood is told by the status."""


async def record_staged(engine: Engine, state: ConfigurationState) -> None:
    """Write one `stagedDelete` record for each held person and staging; written again, it is the same record."""
    began = dict[int, datetime | None]()
    for shard in range(state.shards):
        held = await live_due(engine, state, shard, DueClass.STAGED, engine.clock.now(), MOST)
        for number in {row.staged_cycle for row in held}.difference(began):
            cycle = await engine.cycles.get(state.configuration_id, number)
            began[number] = None if cycle is None else cycle.started
        # What a worker staged for the next cycle is told by that one, if it is held then.
        told = [_record(state, row, started) for row in held if (started := began[row.staged_cycle]) is not None]
        await engine.log_index.add(told, alone=True)


def _record(state: ConfigurationState, pending: Pending, started: datetime) -> ProvisioningLogRecord:
    """Return the record; the time is that of the cycle that staged it, because the index finds a record by its time."""
    name = f"{state.configuration_id}/{pending.source_id}/staged/{pending.staged_cycle}"
    return ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, name)),
        configuration_id=state.configuration_id,
        cycle=pending.staged_cycle,
        started=started,
        duration_milliseconds=0,
        action=ProvisioningAction.STAGED_DELETE,
        status=ProvisioningStatus.SKIPPED,
        source=Identity(id=pending.source_id),
        target=None,
        error=failure(
            "TooManyDeletes",
            "The removal is held, because too many were staged at once.",
            "Repair the scope or the source, or approve the removals.",
        ),
    )
