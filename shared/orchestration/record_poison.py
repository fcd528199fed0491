"""A message failed five times: what becomes of the work it pointed to? An escrow and a log record, never silence."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from shared.cycles.cycle import CycleState
from shared.cycles.pending import Pending, PendingState
from shared.cycles.retry import escrow
from shared.cycles.state import ConfigurationState
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.engine import Engine
from shared.orchestration.messages import (
    NewerMessage,
    ProvisioningMessage,
    UnreadableMessage,
    decode_import,
    decode_provisioning,
)
from shared.orchestration.ports import Count
from shared.orchestration.stir import stir
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A message that was given up; its id and time make the records, so that a second delivery makes the same ones."""

    body: bytes
    id: str
    inserted: datetime


async def record_provisioning_poison(engine: Engine, given_up: GivenUp) -> None:
    """Put the entries of the message that wait into escrow; a message that cannot be read leaves a record only.

    The hint about a shard is over with its message; the tick sends another.

    What is staged stays staged, and what changed meanwhile is left: the message says nothing of that.
    """
    try:
        message = decode_provisioning(given_up.body.decode(errors="replace"))
    except (UnreadableMessage, NewerMessage) as error:
        await _record_unreadable(engine, given_up, error)
        return
    state = await engine.configurations.state(message.configuration_id)
    if state is None:
        await _record_unreadable(engine, given_up, LookupError("it names a configuration that does not exist"))
        return
    waiting = [row for row in await _named(engine, state, message) if row.state is PendingState.WAITING]
    # The records first: to die in between is to tell it again in the same words, never not at all.
    await engine.log_index.add([_record(state, row, given_up) for row in waiting], alone=True)
    now = engine.clock.now()
    await engine.entries.exchange(state, [(row, escrow(row, now, ERROR)) for row in waiting])
    _tell(engine, given_up, message.configuration_id)


async def _named(engine: Engine, state: ConfigurationState, message: ProvisioningMessage) -> list[Pending]:
    """Return the rows that the message named; if it named a shard, those whose workers died or failed over them."""
    if message.source_ids:
        rows = await engine.entries.read(state, message.source_ids)
        return [row.pending for row in rows.values() if row.pending is not None]
    now = engine.clock.now()
    works = await engine.entries.open_works(state.configuration_id, message.shard)
    died = {work.source_id for work in works if work.abandoned and not work.log_key and work.expires <= now}
    failed = {source_id async for source_id in engine.entries.pending_ids(state.configuration_id, message.shard)}
    rows = await engine.entries.read(state, sorted(died | failed))
    open_ = [row.pending for row in rows.values() if row.pending is not None]
    return [row for row in open_ if row.reason == ERROR or row.source_id in died]


async def record_import_poison(engine: Engine, given_up: GivenUp) -> None:
    """Fail the cycle of the message, so that the next one starts at its time."""
    try:
        message = decode_import(given_up.body.decode(errors="replace"))
    except (UnreadableMessage, NewerMessage) as error:
        await _record_unreadable(engine, given_up, error)
        return
    _tell(engine, given_up, message.configuration_id)
    cycle = await engine.cycles.get(message.configuration_id, message.cycle)
    if cycle is None or cycle.state is not CycleState.RUNNING or cycle.sequence != message.sequence:
        return
    await stir(engine, message.configuration_id)  # what the slices have written before they died
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


async def _record_unreadable(engine: Engine, given_up: GivenUp, error: Exception) -> None:
    record = ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, f"poison/{given_up.id}")),
        configuration_id=UNREADABLE,
        cycle=0,
        started=given_up.inserted,
        duration_milliseconds=0,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.FAILURE,
        source=Identity(id=""),
        target=None,
        error=failure(ERROR, f"A queue message could not be used: {error}.", "Find out who writes to the queue."),
    )
    await engine.log_index.add([record], alone=True)
    _tell(engine, given_up, UNREADABLE)


def _record(state: ConfigurationState, row: Pending, given_up: GivenUp) -> ProvisioningLogRecord:
    return ProvisioningLogRecord(
        id=str(uuid5(NAMESPACE_URL, f"poison/{given_up.id}/{row.source_id}")),
        configuration_id=state.configuration_id,
        cycle=row.cycle,
        started=given_up.inserted,
        duration_milliseconds=0,
        action=ProvisioningAction.OTHER,
        status=ProvisioningStatus.FAILURE,
        source=Identity(id=row.source_id),
        target=None,
        error=failure(ERROR, "Working on the entry failed five times.", "See the app's own log."),
    )


def _tell(engine: Engine, given_up: GivenUp, configuration_id: str) -> None:
    engine.telemetry.count(Count.POISON_MESSAGES, configuration_id=configuration_id)
    extra = {"action": "record_poison", "message_id": given_up.id, "configuration_id": configuration_id}
    _log.error("message given up", extra=extra)
