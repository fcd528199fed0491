"""Removals are held: what does the provisioning log say of them?"""

from uuid import NAMESPACE_URL, uuid5

from shared.cycles.pending import DueClass, Pending
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
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
    for shard in range(state.shards):
        due = await engine.entries.due(state.configuration_id, shard, DueClass.STAGED, engine.clock.now(), MOST)
        rows = await engine.entries.read(state, [entry.source_id for entry in due])
        held = [row.pending for row in rows.values() if row.pending is not None and row.pending.staged_cycle]
        await engine.log_index.add([_record(state, pending) for pending in held])


def _record(state: ConfigurationState, pending: Pending) -> ProvisioningLogRecord:
    name = f"{state.configuration_id}/{pending.source_id}/staged/{pending.staged_cycle}"
    return ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, name)),
        configuration_id=state.configuration_id,
        cycle=pending.staged_cycle,
        started=pending.due,
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
