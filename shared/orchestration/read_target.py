"""What have others done in the target to the people whom we provision? Reads its users/delta, as far as they are ours.

The chain begins at a moment, not from nothing: of whom the target has besides, nobody asks. What was before is found by
looking at each object directly: when a chain begins, and in each initial cycle, since an empty delta cannot be told
from a lost one. Whoever is found to be otherwise gets a row, and a worker looks again before anything is concluded.
https://learn.microsoft.com/graph/delta-query-overview
"""

import logging
from dataclasses import replace
from typing import Final

from shared.cycles.cycle import Cursor, CyclePhase
from shared.orchestration.look_at_target import find_drift, look_at_shard
from shared.orchestration.ports import Forbidden, ResyncRequired, UnexpectedAnswer, Watermark
from shared.orchestration.reading import PAGES, Reading

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
    except ResyncRequired as error:
        await reading.engine.watermarks.delete(reading.cycle.configuration_id, TARGET)
        if reading.cycle.cursor.restarted:
            await _give_up(reading, type(error).__name__)
            return
        await reading.checkpoint(cursor=Cursor(restarted=True))
    except UnexpectedAnswer as error:
        # it may be about the link, which every cycle would follow again
        await reading.engine.watermarks.delete(reading.cycle.configuration_id, TARGET)
        await _give_up(reading, type(error).__name__)
    except Forbidden as error:
        await _give_up(reading, error.code)


async def _go_on(reading: Reading) -> None:
    watermark, cursor = await _watermark(reading), reading.cycle.cursor
    if watermark is None:
        await _begin(reading)
        await reading.checkpoint(cursor=Cursor(restarted=True))
    elif cursor.position < reading.state.shards and (reading.initial or cursor.restarted):
        await look_at_shard(reading, watermark.issued)
    else:
        await _read_chain(reading, cursor.link or watermark.link)


async def _begin(reading: Reading) -> None:
    page = await reading.target.objects_page("")
    while page.next_link:
        page = await reading.target.objects_page(page.next_link)
    await _save(reading, page.delta_link)


async def _read_chain(reading: Reading, link: str) -> None:
    """Read pages; the watermark is saved when all that was read under it is in rows."""
    for _ in range(PAGES):
        page = await reading.target.objects_page(link)
        await find_drift(reading, page.entries)
        if page.delta_link:
            await _save(reading, page.delta_link)
            await reading.checkpoint(phase=CyclePhase.SETTLE)
            return
        link = page.next_link
        reading.reached = replace(reading.cycle.cursor, position=reading.state.shards, link=link)
    await reading.checkpoint(cursor=reading.reached)


async def _save(reading: Reading, link: str) -> None:
    watermark = Watermark(chain=TARGET, link=link, issued=reading.engine.clock.now())
    await reading.engine.watermarks.save(reading.cycle.configuration_id, watermark)


async def _watermark(reading: Reading) -> Watermark | None:
    found = await reading.engine.watermarks.all(reading.cycle.configuration_id)
    return next((each for each in found if each.chain == TARGET), None)


async def _give_up(reading: Reading, code: str) -> None:
    reading.cycle = replace(reading.cycle, target_error=code)
    extra = {"action": "read_target", "configuration_id": reading.cycle.configuration_id, "error_code": code}
    _log.warning("target not looked at", extra=extra)
    await reading.checkpoint(phase=CyclePhase.SETTLE)
