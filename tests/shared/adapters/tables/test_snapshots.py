"""Does a snapshot come back whole, or not at all?"""

import asyncio
from collections.abc import Callable

import pytest

from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Delete, Row, Rows, Upsert
from shared.adapters.tables.snapshots import PART_ROW_BYTES, TableSnapshotStore
from shared.orchestration.ports import NewerRow, StorageUnavailable
from tests.shared.adapters.tables.disturbed_rows import DisturbedRows

BIG = bytes(index % 253 for index in range(4 * PART_ROW_BYTES + 5))
BIGGER = bytes(index % 249 for index in range(6 * PART_ROW_BYTES))


@pytest.fixture
def store(rows: Rows) -> TableSnapshotStore:
    return TableSnapshotStore(rows)


@pytest.mark.parametrize("size", [0, 1, PART_ROW_BYTES, PART_ROW_BYTES + 1, len(BIG)])
async def test_bytes_of_any_size_come_back(store: TableSnapshotStore, size: int) -> None:
    await store.save("c", "links", 1, BIG[:size])

    assert await store.load("c", "links", 1) == BIG[:size]


async def test_kinds_numbers_and_configurations_are_kept_apart(store: TableSnapshotStore) -> None:
    await store.save("c", "links", 1, b"one")

    assert await store.load("c", "links", 2) is None
    assert await store.load("c", "link", 1) is None
    assert await store.load("d", "links", 1) is None


async def test_a_snapshot_is_replaced_and_leaves_no_parts_behind(store: TableSnapshotStore, rows: Rows) -> None:
    await store.save("c", "links", 1, BIG)

    await store.save("c", "links", 1, b"small")

    assert await store.load("c", "links", 1) == b"small"
    assert len([row async for row in rows.scan("c")]) == 2


async def test_the_same_bytes_may_be_saved_again(store: TableSnapshotStore) -> None:
    await store.save("c", "links", 1, BIG)

    await store.save("c", "links", 1, BIG)

    assert await store.load("c", "links", 1) == BIG


async def test_what_is_not_whole_is_not_there(store: TableSnapshotStore, rows: Rows) -> None:
    await store.save("c", "links", 1, BIG)
    keys = [row.key async for row in rows.scan("c", first="part:", before="part;")]

    await rows.commit("c", [Delete(key=keys[2])])

    assert await store.load("c", "links", 1) is None


async def test_what_was_tampered_with_is_not_there(store: TableSnapshotStore, rows: Rows) -> None:
    await store.save("c", "links", 1, b"content")
    keys = [row.key async for row in rows.scan("c", first="part:", before="part;")]

    await rows.commit("c", [Upsert(key=keys[0], values={VERSION: 1, "content": b"c0ntent"})])

    assert await store.load("c", "links", 1) is None


async def test_pruning_deletes_smaller_numbers_of_one_kind(store: TableSnapshotStore) -> None:
    for kind, number in (("links", 1), ("links", 9), ("links", 10), ("seen", 1)):
        await store.save("c", kind, number, BIG)

    await store.prune("c", "links", 10)

    assert await store.load("c", "links", 1) is None
    assert await store.load("c", "links", 9) is None
    assert await store.load("c", "links", 10) == BIG
    assert await store.load("c", "seen", 1) == BIG


async def test_savers_at_once_leave_one_of_their_contents(store: TableSnapshotStore, rows: Rows) -> None:
    contents = [BIG, BIGGER, b"small", BIG]

    await asyncio.gather(*(store.save("c", "links", 1, content) for content in contents))

    assert await store.load("c", "links", 1) in contents


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("failing", range(5))
async def test_a_crash_while_saving_leaves_the_content_before_or_after(
    memory: Callable[[], Rows], failing: int, after: bool
) -> None:
    rows = memory()
    await TableSnapshotStore(rows).save("c", "links", 1, BIG)
    crashing = DisturbedRows(rows, fails_at=failing, happened=after, always=True)

    with pytest.raises(StorageUnavailable):
        await TableSnapshotStore(crashing).save("c", "links", 1, BIGGER)
    found = await TableSnapshotStore(rows).load("c", "links", 1)
    await TableSnapshotStore(rows).save("c", "links", 1, BIGGER)

    assert found in (BIG, BIGGER)
    assert await TableSnapshotStore(rows).load("c", "links", 1) == BIGGER


async def test_a_reader_who_meets_the_switch_reads_the_new_content(memory: Callable[[], Rows]) -> None:
    rows = memory()
    store = TableSnapshotStore(rows)
    await store.save("c", "links", 1, BIG)

    class Switching(DisturbedRows):
        """The content is replaced after the head was read for the first time."""

        async def get(self, partition: str, key: str) -> Row | None:
            row = await super().get(partition, key)
            if not self.commits:
                self.commits = 1
                await store.save("c", "links", 1, b"new")
            return row

    assert await TableSnapshotStore(Switching(rows)).load("c", "links", 1) == b"new"


async def test_a_head_of_a_newer_version_is_left_alone(store: TableSnapshotStore, rows: Rows) -> None:
    await rows.commit("c", [Upsert(key="head:links:0000000001", values={VERSION: 2})])

    with pytest.raises(NewerRow):
        await store.load("c", "links", 1)
    with pytest.raises(NewerRow):
        await store.save("c", "links", 1, b"")
