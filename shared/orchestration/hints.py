"""Who is told that there is work? Messages are sent here, after the rows they point to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from shared.cycles.pending import INVITATIONS_BLOCKED, Pending, PendingState
from shared.cycles.state import ConfigurationState, holds_removals
from shared.orchestration.engine import Engine
from shared.orchestration.messages import ImportMessage, ProvisioningMessage, encode

CHUNK: Final = 190
"""Entries in a chunk: two transactions of at most 100 write their leases, and ten of 19 close them."""

NEWER: Final = timedelta(minutes=1)
"""How long a message waits whose rows, or which itself, a newer version of the app wrote: that one is coming."""


async def hint_reading(
    engine: Engine, configuration_id: str, cycle: int, sequence: int, *, delay: timedelta = timedelta(0)
) -> None:
    """Tell an import worker to go on from this sequence number."""
    message = ImportMessage(
        configuration_id=configuration_id, cycle=cycle, sequence=sequence, traceparent=engine.telemetry.traceparent()
    )
    await engine.import_queue.send(encode(message), delay=delay)


async def hint_entries(
    engine: Engine, state: ConfigurationState, source_ids: Iterable[str], *, delay: timedelta = timedelta(0)
) -> int:
    """Tell provisioning workers about these entries, in chunks of one shard; returns the number of messages."""
    by_shard = defaultdict[int, list[str]](list)
    for source_id in dict.fromkeys(source_ids):
        by_shard[engine.entries.shard(source_id, state.shards)].append(source_id)
    sent = 0
    for shard, ids in sorted(by_shard.items()):
        for start in range(0, len(ids), CHUNK):
            await _send(engine, state, shard, ids[start : start + CHUNK], delay)
            sent += 1
    return sent


async def hint_shard(
    engine: Engine, configuration_id: str, shard: int, *, granted: int = 0, delay: timedelta = timedelta(0)
) -> None:
    """Tell a provisioning worker that there is work in a shard; which, is decided when it comes."""
    message = ProvisioningMessage(
        configuration_id=configuration_id, shard=shard, granted=granted, traceparent=engine.telemetry.traceparent()
    )
    await engine.provisioning_queue.send(encode(message), delay=delay)


async def hint_again(engine: Engine, message: ProvisioningMessage, *, delay: timedelta = timedelta(0)) -> None:
    """Send a message once more; what was reserved for its time is not reserved for another."""
    again = msgspec.structs.replace(message, granted=0, traceparent=engine.telemetry.traceparent())
    await engine.provisioning_queue.send(encode(again), delay=delay)


async def hint_waiting(engine: Engine, state: ConfigurationState, rows: Sequence[Pending]) -> None:
    """Tell provisioning workers about rows that become due later.

    Escrows wait for their next cycle, and whoever may not be invited for the breaker. Staged rows wait for the guard;
    but where it has spoken meanwhile, nobody else would tell of them before the next tick.
    """
    told = [row for row in rows if row.state is PendingState.WAITING and row.reason != INVITATIONS_BLOCKED]
    told += await _released(engine, state, [row for row in rows if row.state is PendingState.STAGED])
    now = engine.clock.now()
    by_delay = defaultdict[timedelta, list[str]](list)
    for row in told:
        by_delay[timedelta(seconds=max(0, -int(-(row.due - now).total_seconds() // 1)))].append(row.source_id)
    for delay, ids in by_delay.items():
        await hint_entries(engine, state, ids, delay=delay)


async def _released(engine: Engine, state: ConfigurationState, staged: Sequence[Pending]) -> list[Pending]:
    now_standing = await engine.configurations.state(state.configuration_id) if staged else None
    if now_standing is None or holds_removals(now_standing):
        return []
    return [row for row in staged if row.staged_cycle <= now_standing.released_cycle]


async def _send(engine: Engine, state: ConfigurationState, shard: int, ids: list[str], delay: timedelta) -> None:
    message = ProvisioningMessage(
        configuration_id=state.configuration_id,
        shard=shard,
        source_ids=tuple(ids),
        traceparent=engine.telemetry.traceparent(),
    )
    await engine.provisioning_queue.send(encode(message), delay=delay)
