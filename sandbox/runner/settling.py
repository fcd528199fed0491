"""When is a cycle over, so that the judge may look? It is completed and nothing of it is left to do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.runner.clients import Cycle, JobClient, Workload
from sandbox.runner.problems import GaveUpError

#: Each look costs the product a few storage transactions, which the report counts.
SECONDS_BETWEEN_LOOKS = 0.4
#: Looking at thousands of open rows takes long enough to hold up the product: it is let alone this many times as long.
REST_BETWEEN_LOOKS = 5
LONGEST_REST = 5.0

#: Nothing has moved for so long in both times: an entry may wait 15 engine minutes before it is escrowed, and the
#: next cycle may be as far away as the interval.
STALLED_REAL_SECONDS = 120.0
STALLED_ENGINE_SECONDS = 60 * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast engine time runs, and how long the product is left alone between two looks."""

    scale: float
    seconds_between_looks: float = SECONDS_BETWEEN_LOOKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a configuration shows."""

    cycles: tuple[Cycle, ...]
    workload: Workload

    def is_settled(self, after: int) -> bool:
        """A cycle with a higher number is completed, and no row is due, waits, or is staged.

        Who was staged too late for one cycle to release is the next one's; who is held is a matter of the quarantine.
        """
        done = any(cycle.is_completed and cycle.number > after for cycle in self.cycles)
        return done and self.workload.open == 0 and self.workload.staged == 0


async def look_at(job: JobClient, after: int = 0) -> Look:
    """The cycles; and the open rows once a cycle after that number has ended, for counting them costs the product more.

    In this order: rows of a cycle that has ended are all there when they are counted. Before, only the newest is told.
    """
    newest = await job.cycles(most=1)
    if not any(_has_ended(cycle, after) for cycle in newest):
        return Look(cycles=tuple(newest), workload=Workload())
    return Look(cycles=tuple(await job.cycles()), workload=await job.workload())


def _has_ended(newest: Cycle, after: int) -> bool:
    """Has it, or one before it, ended after that number?"""
    return newest.number - (newest.state == "running") > after


async def settled(
    job: JobClient,
    after: int,
    *,
    pace: Pace,
    watch: Callable[[Look], Awaitable[object]],
) -> Look:
    """The first look at which a cycle after that number is over; gives up when nothing moves any more."""
    limit = STALLED_REAL_SECONDS + STALLED_ENGINE_SECONDS / pace.scale
    last_sign: object = None
    moved = time.monotonic()
    while True:
        began = time.monotonic()
        look = await look_at(job, after)
        rest = REST_BETWEEN_LOOKS * (time.monotonic() - began)
        if look.is_settled(after) or await _is_held(job, look, after):
            return look
        sign = (await watch(look), look.workload, [cycle.state for cycle in look.cycles if cycle.number > after][-1:])
        if sign != last_sign:
            last_sign, moved = sign, time.monotonic()
        if time.monotonic() - moved > limit:
            raise GaveUpError(_explanation(job, look, after, limit))
        await asyncio.sleep(max(pace.seconds_between_looks, min(rest, LONGEST_REST)))


async def _is_held(job: JobClient, look: Look, after: int) -> bool:
    """A configuration in quarantine completes no cycle; what there is can be judged once its cycle has ended."""
    ended = any(cycle.state != "running" and cycle.number > after for cycle in look.cycles)
    return ended and look.workload.open == 0 and await job.status_code() == "Quarantine"


def _explanation(job: JobClient, look: Look, after: int, limit: float) -> str:
    states = ", ".join(f"{cycle.number} is {cycle.state}" for cycle in look.cycles[:3]) or "there is none"
    return (
        f"Configuration {job.id}: no cycle after number {after} was over, and nothing moved for {limit:.0f} seconds. "
        f"Cycles: {states}. Rows: {look.workload.due} due, {look.workload.waiting} waiting, "
        f"{look.workload.staged} staged, {look.workload.escrowed} escrowed."
    )
