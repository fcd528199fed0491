"""What does a cycle of many people cost, and how much memory does a host need for it?"""

from itertools import islice

from bench.figure import Figure, at_most
from bench.world import MeasuredWorld, Use, agreed_world, escrowed_world
from sandbox.runner.options import Options
from shared.cycles.cycle import Cycle
from shared.cycles.reset_scope import ResetScope
from shared.orchestration.restart_job import restart_job

SCALE = 1.0
"""As in production: in faster time a slice of reading would end, and save what it holds, after fewer pages."""

CHANGED = 1000
"""People who change among all, each far from the next."""

CHANGED_TOGETHER = 5000
"""People who change in a company of a tenth, where many of them stand in one page of rows."""

MEMORY_MIB = 300


async def figures(people: int) -> list[Figure]:
    """Return the figures of a quiet cycle, of an unchanged initial one and of changes, and the memory of the host."""
    async with agreed_world(_options(people)) as world:
        await world.cycle()  # what a process does once (tokens, domains, the compiled mapping) is no cost of a cycle
        _, quiet = await world.cycle()
        _, changed = await _changed(world, CHANGED)
        before = world.peak_memory_mib
        initial, unchanged = await world.cycle(full=True)
        peak = world.peak_memory_mib
    many = min(people // 10, CHANGED_TOGETHER)
    small, together = await _small(people // 10, many)
    return [
        *_quiet(people, quiet),
        *_unchanged(people, initial, unchanged),
        _per_thousand(
            "changed people, incremental: storage transactions per 1,000, many together",
            together,
            many,
            400,
            people // 10,
        ),
        _per_thousand("changed people, incremental: storage transactions per 1,000", changed, CHANGED, 400, people),
        at_most(
            f"peak memory of a host, unchanged initial cycle, {people:,} people",
            peak,
            MEMORY_MIB,
            unit=" MiB",
            note=f"{before} MiB before that cycle",
        ),
        at_most(
            f"peak memory of a host, {people:,} people against {people // 10:,}",
            peak / small,
            1.3,
            unit="×",
            note=f"{small} MiB with {people // 10:,}",
        ),
    ]


async def _changed(world: MeasuredWorld, count: int) -> tuple[Cycle, Use]:
    ids = [person["id"] for person in islice(world.agreed.people, count)]
    await world.change([{"op": "updateUser", "id": id_, "set": {"jobTitle": "Changed for a figure"}} for id_ in ids])
    return await world.cycle(writes=len(ids))


def _quiet(people: int, use: Use) -> list[Figure]:
    return [
        at_most(f"quiet incremental cycle, {people:,} people: Graph requests", use.graph.requests, 10),
        at_most(
            f"quiet incremental cycle, {people:,} people: storage transactions",
            use.transactions,
            30,
            note="with the tick that starts it",
        ),
    ]


def _unchanged(people: int, cycle: Cycle, use: Use) -> list[Figure]:
    if cycle.imported < people:
        raise RuntimeError(f"The initial cycle has read {cycle.imported} people of {people}.")
    return [
        _per_thousand("unchanged initial cycle: storage transactions per 1,000 people", use, people, 30, people),
        at_most(
            f"unchanged initial cycle, {people:,} people: writes to Graph",
            use.graph.writes,
            0,
            note=f"{use.seconds:,.0f} s",
        ),
    ]


def _per_thousand(what: str, use: Use, of: int, bound: float, people: int) -> Figure:
    note = f"{use.transactions:,} for {of:,} of {people:,} people; {use.graph.requests:,} Graph requests"
    return at_most(what, use.transactions * 1000 / of, bound, note=note)


async def _small(people: int, many: int) -> tuple[int, Use]:
    """Return the peak memory of an unchanged initial cycle, and what many changes cost after it."""
    async with agreed_world(_options(people)) as world:
        await world.cycle(full=True)
        peak = world.peak_memory_mib
        _, changed = await _changed(world, many)
        return peak, changed


async def escrow_figures(escrows: int) -> list[Figure]:
    """Return the memory of a host that is told to try so many open escrows again."""
    async with escrowed_world(_options(escrows)) as world:
        await restart_job(world.engine, world.id, {ResetScope.ESCROWS}, "bench")
        _, use = await world.cycle(full=True)
        peak = world.peak_memory_mib
    note = f"{use.transactions:,} storage transactions until the cycle was over"
    what = f"peak memory of a host, restart with {escrows:,} open escrows"
    return [at_most(what, peak, MEMORY_MIB, unit=" MiB", note=note)]


def _options(people: int) -> Options:
    return Options(users=people, storage="sqlite", time_scale=SCALE)
