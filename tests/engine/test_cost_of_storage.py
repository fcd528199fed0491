"""What does a cycle cost in storage transactions: reads, pages and commits of tables, messages put, got and deleted?

The host's own polling of empty queues is not counted. A year of cycles is mostly cycles in which nothing changes.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from shared.adapters.memory.telemetry import MemoryTelemetry
from shared.adapters.tables.row_limits import PAGE_ROWS
from shared.adapters.tables.rows import Operation, Row, Rows
from shared.orchestration.apply_configuration import SHARDS
from shared.orchestration.ports import MessageQueue
from tests.engine.hazards import Calm
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import id_of, people, person, small_world

QUIET = 30


class CountedRows:
    """Counts what Azure would bill: a request for each row that is read by its key, each page and each commit."""

    def __init__(self, rows: Rows, count: Counter[str]) -> None:
        self._rows = rows
        self._count = count

    async def get(self, partition: str, key: str) -> Row | None:
        self._count["get"] += 1
        return await self._rows.get(partition, key)

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        self._count["get"] += len(set(keys))
        return await self._rows.get_many(partition, keys)

    async def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        read = 0
        async for row in self._rows.scan(partition, first=first, before=before, select=select):
            self._count["page"] += read % PAGE_ROWS == 0
            read += 1
            yield row
        self._count["page"] += not read

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        self._count["page"] += 1
        return await self._rows.page(partition, first=first, before=before, limit=limit, select=select)

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        self._count["commit"] += 1
        return await self._rows.commit(partition, operations)


class CountedQueue:
    """Each message that is sent is also got and deleted."""

    def __init__(self, queue: MessageQueue, count: Counter[str]) -> None:
        self._queue = queue
        self._count = count

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None:
        self._count["message"] += 3
        await self._queue.send(text, delay=delay)

    async def length(self) -> int:
        self._count["length"] += 1
        return await self._queue.length()


class Counting(Calm):
    """Counts what one process does; nothing is changed by that."""

    def __init__(self) -> None:
        self.count = Counter[str]()

    def rows(self, rows: Rows) -> Rows:
        return CountedRows(rows, self.count)

    def queue(self, queue: MessageQueue) -> MessageQueue:
        return CountedQueue(queue, self.count)


async def company(count: int, shards: int = SHARDS) -> tuple[LocalEngine, Counter[str]]:
    """A company that was provisioned, and has been quiet since; with telemetry, which measures at each tick."""
    local, counting = LocalEngine(small_world(people(count)), shards=shards), Counting()
    await local.begin()
    local.work_by(counting)
    local.worker = replace(local.worker, telemetry=MemoryTelemetry())
    await local.run_for(3 * CYCLE)
    counting.count.clear()
    return local, counting.count


async def test_a_cycle_in_which_nothing_changes_costs_thirty_with_all_ticks_until_the_next() -> None:
    local, count = await company(50)
    writes, number = local.writes(), (await local.state()).cycle

    await local.run_for(CYCLE)

    assert (await local.state()).cycle == number + 1
    assert local.writes() == writes
    assert count.total() <= QUIET, count


async def test_what_a_quiet_cycle_costs_does_not_depend_on_the_number_of_people() -> None:
    few, many = await _quiet(10), await _quiet(400)

    assert many <= few


async def _quiet(people_of_it: int) -> int:
    local, count = await company(people_of_it)
    await local.run_for(CYCLE)
    return count.total()


async def test_the_day_of_a_quiet_company_costs_little_more_than_its_cycles() -> None:
    local, count = await company(20)

    await local.run_for(36 * CYCLE)

    assert count.total() <= 36 * QUIET + 40  # one look at all shards, and one for what is past its time


async def test_an_initial_cycle_that_finds_everybody_unchanged_writes_nothing_and_costs_little() -> None:
    costs = list[int]()
    for size in (50, 450):
        local, count = await company(size, shards=1)
        writes = local.writes()
        await local.engine.configurations.save(replace(await local.state(), full_next=True))
        await local.run_for(CYCLE)
        assert local.writes() == writes
        costs.append(count.total())

    assert costs[1] - costs[0] <= 0.03 * 400
    assert costs[0] <= 100


async def test_people_who_change_together_cost_less_than_half_a_transaction_each() -> None:
    local, count = await company(400, shards=1)
    changed = [f"person{number}" for number in range(400)]

    local.change(*({"op": "updateUser", "id": id_of(each), "set": {"jobTitle": "Dyer"}} for each in changed))
    await local.run_for(CYCLE)

    local.assert_agreement()
    assert count.total() <= QUIET + 0.45 * len(changed), count


async def test_people_who_come_cost_six_each() -> None:
    local, count = await company(20, shards=1)
    newcomers = [person(f"newcomer{number}") for number in range(96)]

    local.change(*({"op": "createUser", "user": each} for each in newcomers))
    await local.run_for(2 * CYCLE)

    local.assert_agreement()
    assert count.total() <= 6 * len(newcomers), count
