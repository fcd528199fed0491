"""How fast are people created: against the quota, against a client that uses the SDK, and with how much memory?"""

import asyncio
import time
from dataclasses import dataclass

from bench import peer
from bench.figure import Figure, at_least, at_most
from bench.world import MeasuredWorld, created_world
from sandbox.report import GraphUse
from sandbox.runner.options import Options
from sandbox.tenants.quotas import WRITES, WRITES_SECONDS

LATENCY_MS = 100.0
"""Of each answer of Graph, in real time."""

FAST = 60.0
"""Engine seconds in a second where the quota is off: the engine's own pace is far away then."""

MEMORY_MIB = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRun:
    """How long writes are counted against the quota, at which scale of time."""

    seconds: float = 75.0
    scale: float = 2.0


async def quota_figures(run: QuotaRun = QuotaRun()) -> list[Figure]:
    """Return how much of the quota is used, and how many writes it refuses: with one host, and with four."""
    return [figure for hosts in (1, 4) for figure in await _against_quota(run, hosts)]


async def _against_quota(run: QuotaRun, hosts: int) -> list[Figure]:
    allowed = WRITES / WRITES_SECONDS * run.scale
    people = int(allowed * (run.seconds + 60))
    options = Options(users=people, storage="sqlite", time_scale=run.scale, quota="L")
    async with created_world(options, hosts=hosts) as world:
        await _until_writes(world, 200)
        await world.local.tenants.change(world.agreed.target_id, [{"op": "drainQuota"}])
        began, before = time.monotonic(), await world.graph_use()
        await asyncio.sleep(run.seconds)
        after, lasted = await world.graph_use(), time.monotonic() - began
    writes, refused = after.writes - before.writes, after.throttled - before.throttled
    who = f"{hosts} hosts" if hosts > 1 else "one host"
    note = f"{writes:,} writes in {lasted:.0f} s at time scale {run.scale:g}, from an empty bucket"
    return [
        at_least(
            f"creates against the quota, {who}: writes of what it allows",
            100 * writes / (allowed * lasted),
            95,
            unit=" %",
            note=note,
        ),
        at_most(
            f"creates against the quota, {who}: writes refused with 429",
            100 * refused / max(writes + refused, 1),
            1,
            unit=" %",
            note=f"{refused} of {writes + refused:,}",
        ),
    ]


async def peer_figures(people: int) -> list[Figure]:
    """Return how much faster the engine creates people than one SDK client with 16 calls in flight."""
    found = []
    for storage, name, bound in (("azurite", "Azurite", 3), ("sqlite", "storage in memory", 5)):
        ours, theirs = await _pace(people, storage)
        note = f"{ours:.0f} people a second against {theirs:.0f}; {people:,} people, {LATENCY_MS:.0f} ms latency"
        what = f"creates, quota off, against msgraph-sdk with 16 calls in flight: with {name}"
        found.append(at_least(what, ours / theirs, bound, unit="×", note=note))
    return found


async def _pace(people: int, storage: str) -> tuple[float, float]:
    """People a second: the engine's, then the SDK's with the same tenants."""
    options = Options(users=people, storage=storage, time_scale=FAST, latency=LATENCY_MS * FAST)
    async with created_world(options) as world:
        await _until_writes(world, 1)
        began, before = time.monotonic(), await world.graph_use()
        left = 2 * people - before.writes
        await _until_writes(world, 2 * people)
        ours = left / 2 / (time.monotonic() - began)
        endpoint = world.local.environment["TENANTSYNC_GRAPH_ENDPOINT"]
        theirs = await peer.people_per_second(endpoint, world.agreed.target_id)
    return ours, theirs


async def memory_figures(people: int) -> list[Figure]:
    """Return the memory of a host that creates so many people."""
    options = Options(users=people, storage="sqlite", time_scale=FAST)
    async with created_world(options) as world:
        await _until_writes(world, 2 * people)
        peak = world.peak_memory_mib
    what = f"peak memory of a host, {people:,} creates"
    return [at_most(what, peak, MEMORY_MIB, unit=" MiB")]


async def _until_writes(world: MeasuredWorld, writes: int) -> GraphUse:
    """Wait until so many writes have come to Graph; looking costs storage nothing."""
    last, moved = -1, time.monotonic()
    while True:
        world.local.check()
        use = await world.graph_use()
        if use.writes >= writes:
            return use
        if use.writes != last:
            last, moved = use.writes, time.monotonic()
        if time.monotonic() - moved > 180:
            raise RuntimeError(f"Nothing has been written for three minutes; {use.writes} of {writes} writes are done.")
        await asyncio.sleep(0.2)
