"""One slice of a cycle's reading: page by page, within a time budget, then a message for the next slice."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.cycles.cycle import Cursor, CycleKind, CyclePhase, CycleState
from shared.cycles.doubt import Doubt
from shared.orchestration.complete_cycle import complete_cycle
from shared.orchestration.cycle_snapshots import SnapshotLost
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.engine import Engine
from shared.orchestration.find_absent import find_absent
from shared.orchestration.hints import NEWER, hint_reading
from shared.orchestration.messages import ImportMessage
from shared.orchestration.ports import (
    Conflict,
    Forbidden,
    NewerRow,
    ResyncRequired,
    StorageUnavailable,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
)
from shared.orchestration.read_groups import TooManyGroups, read_groups
from shared.orchestration.read_scope import read_assignments
from shared.orchestration.read_target import read_target
from shared.orchestration.read_users import read_users
from shared.orchestration.reading import SLICE, Reading
from shared.orchestration.settle_removals import settle_removals
from shared.orchestration.take_snapshot import take_snapshot

RETRY = timedelta(seconds=30)
"""How long reading waits when Graph or storage do not answer."""

_STEPS = {
    CyclePhase.SNAPSHOT: take_snapshot,
    CyclePhase.ASSIGNMENTS: read_assignments,
    CyclePhase.GROUPS: read_groups,
    CyclePhase.USERS: read_users,
    CyclePhase.ABSENT: find_absent,
    CyclePhase.TARGET: read_target,
    CyclePhase.SETTLE: settle_removals,
    CyclePhase.COMPLETE: complete_cycle,
}

_log = logging.getLogger(__name__)


async def import_changes(engine: Engine, message: ImportMessage) -> None:
    """Go on with the cycle that the message names, if it still stands where the message says."""
    reading: Reading | None = None
    try:
        reading = await _open(engine, message)
        if reading is not None:
            await _read_slice(reading)
    except Conflict:
        if reading is not None:  # another slice is ahead: our part is theirs, but for rows that only we have written
            with suppress(Conflict, StorageUnavailable):
                await reading.tell()
    except (NewerRow, StorageUnavailable) as error:
        delay = NEWER if isinstance(error, NewerRow) else RETRY
        sequence = message.sequence if reading is None else reading.cycle.sequence
        await hint_reading(engine, message.configuration_id, message.cycle, sequence, delay=delay)


async def _open(engine: Engine, message: ImportMessage) -> Reading | None:
    state = await engine.configurations.state(message.configuration_id)
    cycle = await engine.cycles.get(message.configuration_id, message.cycle)
    if state is None or cycle is None or not state.active or cycle.state is not CycleState.RUNNING:
        return None
    if message.sequence != cycle.sequence:
        return None  # an old message; the newer one is on its way, or the tick sends it again
    configuration = await engine.configurations.configuration(cycle.configuration_id, cycle.configuration_version)
    if configuration is None:
        return None
    return Reading(
        engine=engine,
        state=state,
        configuration=configuration,
        mapping=engine.mappings.of(configuration),
        source=engine.directories.source(configuration),
        target=engine.directories.target(configuration),
        cycle=cycle,
        known_users=cycle.known_users,
    )


async def _read_slice(reading: Reading) -> None:
    until = reading.engine.clock.now() + SLICE
    delay = timedelta(0)
    try:
        while reading.cycle.state is CycleState.RUNNING and reading.engine.clock.now() < until and not delay:
            await _STEPS[reading.cycle.phase](reading)
            delay = reading.rest
    except Throttled as throttled:
        delay = throttled.retry_after
        await reading.save_reached()
    except Unavailable:
        delay = RETRY
        await reading.save_reached()
    except (ResyncRequired, SnapshotLost):
        await _read_all_again(reading)
    except (Forbidden, TooManyGroups, UnexpectedAnswer) as error:
        await _fail(reading, error)
    if reading.cycle.state is CycleState.RUNNING:
        cycle = reading.cycle
        await hint_reading(reading.engine, cycle.configuration_id, cycle.number, cycle.sequence, delay=delay)


async def _read_all_again(reading: Reading) -> None:
    """The delta link is void: what changed since cannot be told, so this cycle evaluates everybody.

    https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
    """
    await reading.tell()
    cycle = replace(
        reading.cycle,
        kind=CycleKind.INITIAL,
        phase=CyclePhase.SNAPSHOT,
        cursor=Cursor(restarted=True),
        sequence=reading.cycle.sequence + 1,
        heartbeat=reading.engine.clock.now(),
        imported=0,
        in_scope=0,
        skipped={},
        doubt=Doubt.NONE,
        links_at=0,
        scope_at=0,
        drifted=0,
        target_error="",
    )
    reading.cycle = await reading.engine.cycles.save(cycle)


async def _fail(reading: Reading, error: Forbidden | TooManyGroups | UnexpectedAnswer) -> None:
    """End the cycle; the next one is tried at its time. What is already in rows stays."""
    await reading.tell()
    now = reading.engine.clock.now()
    failed = replace(
        reading.cycle,
        state=CycleState.FAILED,
        completed=now,
        heartbeat=now,
        sequence=reading.cycle.sequence + 1,
        error_code=error.code if isinstance(error, Forbidden) else type(error).__name__,
        error_message=str(error),
    )
    reading.cycle = await reading.engine.cycles.save(failed)
    await end_cycle(reading.engine, reading.cycle)
    extra = {"action": "fail_cycle", "configuration_id": failed.configuration_id, "cycle": failed.number}
    _log.warning("cycle failed", extra=extra | {"error_code": failed.error_code})
