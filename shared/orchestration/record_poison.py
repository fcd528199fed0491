"""A message failed five times: what becomes of the work it pointed to? An escrow and a log record, never silence."""

import logging
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from shared.cycles.cycle import CycleState
from shared.cycles.pending import PendingState
from shared.cycles.retry import escrow
from shared.cycles.state import ConfigurationState
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.engine import Engine
from shared.orchestration.messages import NewerMessage, UnreadableMessage, decode_import, decode_provisioning
from shared.orchestration.ports import EntryRows
from shared.provisioning.change_planning import failure
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)

UNREADABLE = "unreadable"
"""Stands for the configuration in the record of a message that names none."""

ERROR = "InternalError"

_log = logging.getLogger(__name__)


async def record_provisioning_poison(engine: Engine, body: bytes, message_id: str) -> None:
    """Put the entries of the message into escrow; a message that cannot be read leaves a record only."""
    try:
        message = decode_provisioning(body.decode(errors="replace"))
    except (UnreadableMessage, NewerMessage) as error:
        await _record_unreadable(engine, message_id, error)
        return
    state = await engine.configurations.state(message.configuration_id)
    if state is None:
        await _record_unreadable(engine, message_id, LookupError("it names a configuration that does not exist"))
        return
    rows = await engine.entries.read(state, message.source_ids)
    fresh = [row for row in rows.values() if not _is_told(row)]
    # The records first: to die in between is to tell it twice, never not at all.
    await engine.log_index.add([_record(engine, state, row, message_id) for row in fresh])
    now = engine.clock.now()
    parked = [escrow(row.pending, now, ERROR) for row in fresh if row.pending is not None]
    await engine.entries.stage(state, parked)
    _tell(message_id, message.configuration_id)


def _is_told(row: EntryRows) -> bool:
    """Has the message, or another one about the same work, been given up before?"""
    pending = row.pending
    return pending is not None and pending.state is PendingState.ESCROWED and pending.reason == ERROR


async def record_import_poison(engine: Engine, body: bytes, message_id: str) -> None:
    """Fail the cycle of the message, so that the next one starts at its time."""
    try:
        message = decode_import(body.decode(errors="replace"))
    except (UnreadableMessage, NewerMessage) as error:
        await _record_unreadable(engine, message_id, error)
        return
    cycle = await engine.cycles.get(message.configuration_id, message.cycle)
    if cycle is None or cycle.state is not CycleState.RUNNING or cycle.sequence != message.sequence:
        return
    now = engine.clock.now()
    failed = await engine.cycles.save(
        replace(
            cycle,
            state=CycleState.FAILED,
            completed=now,
            heartbeat=now,
            sequence=cycle.sequence + 1,
            error_code=ERROR,
            error_message="Reading failed five times; see the app's own log.",
        )
    )
    await end_cycle(engine, failed)
    _tell(message_id, message.configuration_id)


async def _record_unreadable(engine: Engine, message_id: str, error: Exception) -> None:
    record = ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, f"poison/{message_id}")),
        configuration_id=UNREADABLE,
        cycle=0,
        started=engine.clock.now(),
        duration_milliseconds=0,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.FAILURE,
        source=Identity(id=""),
        target=None,
        error=failure(ERROR, f"A queue message could not be used: {error}.", "Find out who writes to the queue."),
    )
    await engine.log_index.add([record])
    _tell(message_id, UNREADABLE)


def _record(engine: Engine, state: ConfigurationState, row: EntryRows, message_id: str) -> ProvisioningLogRecord:
    return ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, f"poison/{message_id}/{row.source_id}")),
        configuration_id=state.configuration_id,
        cycle=row.pending.cycle if row.pending is not None else state.cycle,
        started=engine.clock.now(),
        duration_milliseconds=0,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.FAILURE,
        source=Identity(id=row.source_id),
        target=None,
        error=failure(ERROR, "Working on the entry failed five times.", "See the app's own log."),
    )


def _tell(message_id: str, configuration_id: str) -> None:
    extra = {"action": "record_poison", "message_id": message_id, "configuration_id": configuration_id}
    _log.error("message given up", extra=extra)
