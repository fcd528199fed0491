"""Are rows that stand close read together, and rows that do not by themselves, and is it the same either way?"""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.memory.rows import MemoryRows
from shared.adapters.tables.close_reading import read_close
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Operation, Row, Upsert


class AskedRows(MemoryRows):
    """Counts the requests."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0

    async def get(self, partition: str, key: str) -> Row | None:
        self.requests += 1
        return await super().get(partition, key)

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        self.requests += 1
        return await super().page(partition, first=first, before=before, limit=limit, select=select)


def key_of(number: int) -> str:
    return f"link:{number:06}"


async def filled(count: int) -> AskedRows:
    rows = AskedRows()
    operations: list[Operation] = [Upsert(key=key_of(number), values={"n": number}) for number in range(count)]
    for batch in batches("p", operations):
        await rows.commit("p", batch)
    return rows


async def test_all_of_a_small_partition_are_one_request() -> None:
    rows = await filled(125)

    found = await read_close(rows, "p", [key_of(number) for number in range(125)])

    assert len(found) == 125
    assert rows.requests == 1


async def test_a_few_are_read_by_themselves() -> None:
    rows = await filled(125)

    assert len(await read_close(rows, "p", [key_of(number) for number in (1, 2, 3)])) == 3
    assert rows.requests == 3


async def test_a_few_among_many_cost_one_request_more_than_by_themselves() -> None:
    rows = await filled(20_000)
    keys = [key_of(number) for number in range(0, 20_000, 2_000)]

    assert len(await read_close(rows, "p", keys)) == 10
    assert rows.requests == 10  # the first one is found by the range that was tried


async def test_nothing_is_asked_for_nobody() -> None:
    rows = await filled(1)

    assert await read_close(rows, "p", []) == {}
    assert rows.requests == 0


@given(
    there=st.sets(st.integers(0, 400), max_size=60),
    asked=st.sets(st.integers(0, 400), max_size=60),
)
async def test_it_finds_what_is_there(there: set[int], asked: set[int]) -> None:
    rows = MemoryRows()
    for number in there:
        await rows.commit("p", [Upsert(key=key_of(number), values={"n": number})])

    found = await read_close(rows, "p", [key_of(number) for number in asked])

    assert set(found) == {key_of(number) for number in there & asked}
    assert all(row.values["n"] == int(key[-6:]) for key, row in found.items())
