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
| 5 | managers, where nothing else is to be done | as many as a chunk takes |
| 6 | escrows of earlier cycles | 12 |
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, Pending, PendingState
from shared.cycles.state import ConfigurationState
from shared.cycles.write_budget import Grant
from shared.orchestration.engine import Engine
from shared.orchestration.hints import CHUNK, hint_shard
from shared.orchestration.live_due import DueView, idle_due, named_due, view_due, view_named, with_works
from shared.orchestration.ports import EntryRows

UNDER_WAY: Final = timedelta(minutes=10)
"""For so long after it was sent a hint is believed to be under way; a lost one is missed by the tick after that."""

CREATES: Final = 12
"""Creates in a chunk. With a chunk for each of eight shards under way, a removal waits for fewer than a hundred."""

ALONE: Final = "InternalError"
"""Whoever a pass failed over for a reason that nobody foresaw goes alone, so that they hold up nobody else."""

LONGEST_HINT: Final = timedelta(minutes=1)
"""A hint that would have to wait longer ends: meanwhile there may be other work in the shard."""

_MOST: Final[dict[DueClass, int]] = {
    DueClass.REMOVAL: CHUNK,
    DueClass.UPDATE: CHUNK,
    DueClass.DISABLE: CHUNK,
    DueClass.CREATE: CREATES,
    DueClass.REFERENCE: CHUNK,
    DueClass.ESCROW: CREATES,
}


async def dispatch(engine: Engine, state: ConfigurationState, shards: Iterable[int]) -> None:
    """Send a hint about each of these shards, unless one is under way."""
    for shard in shards:
        now = engine.clock.now()
        if await engine.entries.begin_hint(state.configuration_id, shard, now, now + UNDER_WAY):
            await hint_shard(engine, state.configuration_id, shard)


async def dispatch_due(engine: Engine, state: ConfigurationState) -> None:
    """Send a hint about each shard in which anything could be done now, and about which none is under way."""
    await dispatch_viewed(engine, state, [await view_named(engine, state, shard) for shard in range(state.shards)])


async def dispatch_viewed(engine: Engine, state: ConfigurationState, views: Sequence[DueView]) -> None:
    """Send a hint about each of the shards where a look shows that anything could be done now, if none is under way."""
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    open_ = [view for view in views if view.named]
    if not open_ or configuration is None or await engine.budgets.is_read_only():
        return
    now = engine.clock.now()
    blocked = (await engine.budgets.invitations(configuration.target.tenant_id)).closed_for(now) > timedelta(0)
    for view in open_:
        if await engine.entries.is_hinted(state.configuration_id, view.shard, now):
            continue
        if await chunk_of(await with_works(view), creates=0 if blocked else 1, most=1):
            await dispatch(engine, state, [view.shard])


async def send_on(
    engine: Engine, state: ConfigurationState, shard: int, *, granted: int = 0, delay: timedelta = timedelta(0)
) -> None:
    """Let the hint about a shard go on; until it is visible again nobody needs to send another."""
    await engine.entries.extend_hint(state.configuration_id, shard, engine.clock.now() + delay + UNDER_WAY)
    await hint_shard(engine, state.configuration_id, shard, granted=granted, delay=delay)


async def end_hint(engine: Engine, state: ConfigurationState, shard: int) -> None:
    """Let the hint about a shard end. What was staged while it still seemed to be under way gets a hint of its own."""
    await engine.entries.end_hint(state.configuration_id, shard)
    if await next_chunk(engine, state, shard, creates=1, most=1):
        await dispatch(engine, state, [shard])


async def reserve_creates(view: DueView, tenant_id: str) -> Grant:
    """Reserve invitations for the creates that wait in a shard; they may be for a time within the next minute.

    Reserved before anybody is looked at: workers that all ask again at one time would mostly look in vain.
    """
    now = view.engine.clock.now()
    waiting = await named_due(view, DueClass.CREATE, now, CREATES)
    if not waiting:
        return Grant(count=0)
    return await view.engine.budgets.reserve_invitations(tenant_id, len(waiting), now, patience=LONGEST_HINT)


async def next_chunk(
    engine: Engine, state: ConfigurationState, shard: int, *, creates: int = CREATES, most: int = CHUNK
) -> list[EntryRows]:
    """Return the rows of who is next in a shard, the most urgent first; of creates at the most so many."""
    return await chunk_of(await view_due(engine, state, shard), creates=creates, most=most)


async def chunk_of(view: DueView, *, creates: int = CREATES, most: int = CHUNK) -> list[EntryRows]:
    """Return who is next in a shard that was looked at."""
    now, chunk = view.engine.clock.now(), list[EntryRows]()
    for due_class, limit in (_MOST | {DueClass.CREATE: creates}).items():
        room = min(limit, most - len(chunk))
        if room > 0 and not (chunk and due_class is DueClass.REFERENCE):
            chunk += await _eligible(view, due_class, now, room)
        if chunk and _goes_alone(chunk[0]):
            return chunk[:1]
    return [row for row in chunk if not _goes_alone(row)]


def _goes_alone(row: EntryRows) -> bool:
    return row.pending is not None and row.pending.reason == ALONE


async def _eligible(view: DueView, due_class: DueClass, now: datetime, room: int) -> list[EntryRows]:
    rows = await idle_due(view, due_class, now, room)
    return [row for row in rows if row.pending is not None and _is_eligible(row.pending, view.state)]


def _is_eligible(row: Pending, state: ConfigurationState) -> bool:
    """An escrow is tried again once in each later cycle."""
    return row.state is not PendingState.ESCROWED or row.cycle < state.cycle
