"""What have others done in the target to the people whom we provision? Reads its users/delta, as far as they are ours.

The chain begins at a moment, not from nothing: of whom the target has besides, nobody asks. What was before is found by
looking at each object directly: when a chain begins, and in each initial cycle, since an empty delta cannot be told
from a lost one. Whoever is found to be otherwise gets a row, and a worker looks again before anything is concluded.
https://learn.microsoft.com/graph/delta-query-overview
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared.cycles.cycle import Cursor, CyclePhase
from shared.orchestration.look_at_target import find_drift, look_at_shard
from shared.orchestration.ports import Forbidden, ResyncRequired, UnexpectedAnswer, Watermark
from shared.orchestration.reading import PAGES, Reading
from shared.orchestration.recover_objects import REPLICATION

TARGET: Final = "target"
"""The name of the chain."""

_log = logging.getLogger(__name__)


async def open_chain(reading: Reading) -> None:
    """Begin the chain before an initial cycle works: then it tells of all that is done after that."""
    if reading.configuration.drift is None or await _watermark(reading) is not None:
        return
    try:
        await _begin(reading)
    except (Forbidden, UnexpectedAnswer):
        return  # told when the target is read


async def read_target(reading: Reading) -> None:
    """Look at one part of the links, or read up to ten pages; then settle.

    A target that does not let itself be looked at keeps nobody from being provisioned: the cycle says so, and goes on.
    """
    try:
        await _go_on(reading)
    except (ResyncRequired, UnexpectedAnswer) as error:
        # an answer that nobody understands may be about the link, which every cycle would follow again
        await reading.engine.watermarks.delete(reading.cycle.configuration_id, TARGET)
        if isinstance(error, UnexpectedAnswer):
            await _give_up(reading, type(error).__name__)
        # else the next message begins a chain; the sequence is the same, so nothing is saved
    except Forbidden as error:
        await _give_up(reading, error.code)


async def _go_on(reading: Reading) -> None:
    watermark, position = await _watermark(reading), reading.cycle.cursor.position
    if watermark is None:
        await _begin(reading)
        await reading.checkpoint(phase=CyclePhase.SETTLE)
    elif position < reading.state.shards and _is_to_be_looked(reading, watermark):
        await look_at_shard(reading, watermark.begun or watermark.issued)
    else:
        await _read_chain(reading, watermark)


def _is_to_be_looked(reading: Reading, watermark: Watermark) -> bool:
    """Is each object to be looked at? Not before reads show what was done right before the chain began."""
    begun = watermark.begun
    return reading.initial if begun is None else reading.engine.clock.now() - begun >= REPLICATION


async def _begin(reading: Reading) -> None:
    """Begin the chain. What its first pages name is of no interest: everybody is looked at later."""
    link = ""
    for _ in range(PAGES):
        try:
            page = await reading.target.objects_page(link)
        except ResyncRequired as error:
            raise UnexpectedAnswer("Graph asked for a new start of a delta that had not begun.") from error
        link = page.next_link
        if not link:
            break
    else:
        raise UnexpectedAnswer(f"Graph answered a delta from now on with more than {PAGES} pages.")
    await _save(reading, page.delta_link, begun=reading.engine.clock.now())


async def _read_chain(reading: Reading, watermark: Watermark) -> None:
    """Read pages; the watermark is saved when all that was read under it is in rows."""
    cursor, shards = reading.cycle.cursor, reading.state.shards
    link, looked = cursor.link or watermark.link, cursor.position == shards
    for _ in range(PAGES):
        page = await reading.target.objects_page(link)
        await find_drift(reading, page.entries, watermark.issued)
        if page.delta_link:
            await reading.tell()
            await _save(reading, page.delta_link, begun=None if looked else watermark.begun)
            await reading.checkpoint(phase=CyclePhase.SETTLE)
            return
        link = page.next_link
        reading.reached = Cursor(position=shards if looked else shards + 1, link=link)
    await reading.checkpoint(cursor=reading.reached)


async def _save(reading: Reading, link: str, begun: datetime | None) -> None:
    watermark = Watermark(chain=TARGET, link=link, issued=reading.engine.clock.now(), begun=begun)
    await reading.engine.watermarks.save(reading.cycle.configuration_id, watermark)


async def _watermark(reading: Reading) -> Watermark | None:
    found = await reading.engine.watermarks.all(reading.cycle.configuration_id)
    return next((each for each in found if each.chain == TARGET), None)


async def _give_up(reading: Reading, code: str) -> None:
    reading.cycle = replace(reading.cycle, target_error=code)
    extra = {"action": "read_target", "configuration_id": reading.cycle.configuration_id, "error_code": code}
    _log.warning("target not looked at", extra=extra)
    await reading.checkpoint(phase=CyclePhase.SETTLE)
