"""Whose object was disabled long enough ago? Their removal is staged, to be counted and proven like any other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.cycles.pending import Pending, PendingState
from shared.orchestration.ports import EntryPart
from shared.orchestration.reading import Reading

PAGE = 500


async def mature_removals(reading: Reading, mature: Sequence[str]) -> None:
    """Stage the delayed removals that are due; if the configuration deletes nobody, it finds that out when proven."""
    entries, now = reading.engine.entries, reading.engine.clock.now()
    for start in range(0, len(mature), PAGE):
        part = mature[start : start + PAGE]
        rows = await entries.read(reading.state, part, parts=frozenset({EntryPart.PENDING}))
        due = [row for each in part if (row := rows[each].pending) is not None and _is_mature(row, now)]
        if due:
            await reading.announce()
        await entries.exchange(reading.state, [(row, _staged(reading, row, now)) for row in due])


def _is_mature(row: Pending, now: datetime) -> bool:
    return row.state is PendingState.DELAYED and row.due <= now


def _staged(reading: Reading, row: Pending, now: datetime) -> Pending:
    number = reading.cycle.number
    return replace(row, state=PendingState.STAGED, due=now, cycle=number, staged_cycle=number)
