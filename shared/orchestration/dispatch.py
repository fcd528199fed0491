"""What is to be done next? The most urgent work of a shard, chosen when a worker is there to do it.

One hint circulates for each shard that has work. Whoever receives it takes what is most urgent in the shard at that
moment, and sends the hint on. So nobody is told of more than a chunk for each shard ahead, and who has to be removed
never waits behind those who were found before:

| first | class | how many |
|---|---|---|
| 1 | removals that are released | as many as a chunk takes |
| 2 | updates, and who is to be evaluated | 〃 |
| 3 | of people whose disable is held, all the rest | 〃 |
| 4 | creates | 12 |
| 5 | escrows of earlier cycles | 〃 |
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.hints import CHUNK, hint_shard
from shared.orchestration.live_due import idle_due

UNDER_WAY: Final = timedelta(minutes=5)
"""For so long after it was sent a hint is believed to be under way; a lost one is missed by the tick after that."""

CREATES: Final = 12
"""Creates in a chunk. With a chunk for each of eight shards under way, a removal waits for fewer than a hundred."""

ALONE: Final = "InternalError"
"""Whoever a pass failed over for a reason that nobody foresaw goes alone, so that they hold up nobody else."""

_MOST: Final[Mapping[DueClass, int]] = {
    DueClass.REMOVAL: CHUNK,
    DueClass.UPDATE: CHUNK,
    DueClass.DISABLE: CHUNK,
    DueClass.CREATE: CREATES,
    DueClass.ESCROW: CREATES,
}


async def dispatch(engine: Engine, state: ConfigurationState, shards: Iterable[int]) -> None:
    """Send a hint about each of these shards, unless one is under way."""
    for shard in shards:
        now = engine.clock.now()
        if await engine.entries.begin_hint(state.configuration_id, shard, now, now + UNDER_WAY):
            await hint_shard(engine, state.configuration_id, shard)


async def dispatch_due(engine: Engine, state: ConfigurationState) -> None:
    """Send a hint about each shard in which anything could be done now."""
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    if configuration is None or await engine.budgets.is_read_only():
        return
    invitations = await engine.budgets.invitations(configuration.target.tenant_id)
    blocked = invitations.closed_for(engine.clock.now()) > timedelta(0)
    for shard in range(state.shards):
        chunk = await next_chunk(engine, state, shard)
        if any(not (blocked and is_create(row)) for row in chunk):
            await dispatch(engine, state, [shard])


async def send_on(engine: Engine, state: ConfigurationState, shard: int, *, delay: timedelta = timedelta(0)) -> None:
    """Let the hint about a shard go on; until it is visible again nobody needs to send another."""
    await engine.entries.extend_hint(state.configuration_id, shard, engine.clock.now() + delay + UNDER_WAY)
    await hint_shard(engine, state.configuration_id, shard, delay=delay)


async def end_hint(engine: Engine, state: ConfigurationState, shard: int) -> None:
    """Let the hint about a shard end. What was staged while it still seemed to be under way gets a hint of its own."""
    await engine.entries.end_hint(state.configuration_id, shard)
    if await next_chunk(engine, state, shard):
        await dispatch(engine, state, [shard])


async def paced(engine: Engine, tenant_id: str, chunk: Sequence[Pending]) -> tuple[list[Pending], timedelta]:
    """Return the chunk without those who may not be invited yet, and if nobody is left, how long to wait."""
    creates = [row for row in chunk if is_create(row)]
    if not creates:
        return list(chunk), timedelta(0)
    grant = await engine.budgets.reserve_invitations(tenant_id, len(creates), engine.clock.now())
    left_out = {row.source_id for row in creates[grant.count :]}
    kept = [row for row in chunk if row.source_id not in left_out]
    return kept, timedelta(0) if kept else grant.wait


def is_create(row: Pending) -> bool:
    """Will the row most likely end in an invitation? Escrows mostly do not."""
    return row.kind is WorkKind.CREATE and row.state is PendingState.WAITING


async def next_chunk(engine: Engine, state: ConfigurationState, shard: int) -> list[Pending]:
    """Return who is next in a shard, the most urgent first; nobody if there is nothing that could be done now."""
    now, chunk = engine.clock.now(), list[Pending]()
    for due_class, most in _MOST.items():
        room = min(most, CHUNK - len(chunk))
        if room > 0:
            chunk += await _eligible(engine, state, shard, due_class, now, room)
        if chunk and chunk[0].reason == ALONE:
            return chunk[:1]
    return [row for row in chunk if row.reason != ALONE]


async def _eligible(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, now: datetime, room: int
) -> list[Pending]:
    rows = await idle_due(engine, state, shard, due_class, now, 2 * CHUNK)
    return [row for row in rows if _is_eligible(row, state)][:room]


def _is_eligible(row: Pending, state: ConfigurationState) -> bool:
    """An escrow is tried again once in each later cycle."""
    return row.state is not PendingState.ESCROWED or row.cycle < state.cycle
