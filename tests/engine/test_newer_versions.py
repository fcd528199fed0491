"""A newer version of the app has been here: its rows and messages are put back with a delay, and nothing is raised."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.adapters.memory.queue import Message
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.rows import Rows, Upsert
from shared.orchestration.messages import decode_import, decode_provisioning
from shared.orchestration.start_cycles import tick
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, people, small_world

SOON = timedelta(minutes=1)

Which = Callable[[LocalEngine], Awaitable[tuple[str, str, str]]]
"""Table, partition and key of the row that a newer version wrote."""


async def state_row(_: LocalEngine) -> tuple[str, str, str]:
    return "configurations", ":states", CONFIGURATION


async def cycle_row(local: LocalEngine) -> tuple[str, str, str]:
    (row,) = await local.tables.rows("cycles").page(CONFIGURATION, limit=1)
    return "cycles", CONFIGURATION, row.key


async def pending_row(local: LocalEngine) -> tuple[str, str, str]:
    state = await local.state()
    person = id_of("person0")
    return "entries", f"{CONFIGURATION}:{local.engine.entries.shard(person, state.shards):02}", f"pending:{person}"


async def rewritten(rows: Rows, partition: str, key: str, version: int) -> None:
    row = await rows.get(partition, key)
    assert row is not None
    await rows.commit(partition, [Upsert(key=key, values={**row.values, VERSION: version})])


async def reaching(queue: str, local: LocalEngine) -> None:
    """Go on until there is a message in the queue and, for workers, nothing left to read."""
    await local.start()
    await local.step()
    while not await local.queues.queue(queue).length():
        await local.step()
    while queue == "provisioning" and await local._import():
        pass


@pytest.mark.parametrize(
    ("queue", "which"),
    [
        ("import", state_row),
        ("import", cycle_row),
        ("provisioning", state_row),
        ("provisioning", pending_row),
    ],
)
async def test_a_message_that_meets_a_newer_row_is_put_back_with_a_delay_and_does_its_work_later(
    queue: str, which: Which
) -> None:
    local = LocalEngine(small_world(people(3)), shards=1)
    await reaching(queue, local)
    table, partition, key = await which(local)
    rows = local.tables.rows(table)
    await rewritten(rows, partition, key, FORMAT_VERSION + 1)
    (before,) = [each.text for each in await peeked(local, queue)]

    assert await local._function(queue)
    assert await peeked(local, queue) == [], "not at once"
    local.clock.time += SOON
    (message,) = await peeked(local, queue)
    assert meaning(queue, message.text) == meaning(queue, before)

    await tick(local.worker)  # raises nothing either
    await rewritten(rows, partition, key, FORMAT_VERSION)
    await local.run_for(timedelta(hours=1))
    local.assert_agreement()


async def peeked(local: LocalEngine, queue: str) -> list[Message]:
    messages = await local.queues.queue(queue).receive(10)
    for message in messages:
        await local.queues.queue(queue).release(message)
    return list(messages)


def meaning(queue: str, text: str) -> object:
    return decode_import(text) if queue == "import" else decode_provisioning(text)
