"""What must every implementation of Rows do? Subclasses give a `rows` fixture with an empty table."""

import asyncio
from collections.abc import Callable

import pytest

from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import (
    ConflictReason,
    Delete,
    Insert,
    Operation,
    Replace,
    Row,
    RowConflict,
    Rows,
    RowValue,
    Upsert,
)


async def put(rows: Rows, key: str, *, partition: str = "p", **values: RowValue) -> str:
    etags = await rows.commit(partition, [Upsert(key=key, values=values)])
    return etags[key]


async def stored(rows: Rows, partition: str = "p") -> dict[str, dict[str, RowValue]]:
    return {row.key: dict(row.values) async for row in rows.scan(partition)}


def inserts(count: int, *, size: int = 1) -> list[Operation]:
    return [Insert(key=f"k{number:04}", values={"v": b"x" * size}) for number in range(count)]


class RowsContract:
    """Read, write, conflict."""

    async def test_a_table_that_nobody_wrote_is_empty(self, rows: Rows) -> None:
        assert await rows.get("p", "k") is None
        assert await rows.get_many("p", ["k"]) == {}
        assert await rows.page("p", limit=10) == []
        assert await stored(rows) == {}

    async def test_an_inserted_row_is_read_with_its_values_and_the_etag_of_the_commit(self, rows: Rows) -> None:
        etags = await rows.commit("p", [Insert(key="k", values={"a": "1", "b": 2})])

        row = await rows.get("p", "k")

        assert row == Row(partition="p", key="k", values={"a": "1", "b": 2}, etag=etags["k"])
        assert row.etag

    async def test_a_commit_of_nothing_does_nothing(self, rows: Rows) -> None:
        assert await rows.commit("p", []) == {}

    async def test_partitions_do_not_see_each_other(self, rows: Rows) -> None:
        await put(rows, "k", partition="p", v=1)
        await put(rows, "k", partition="pp", v=2)

        await rows.commit("p", [Delete(key="k")])

        assert await stored(rows, "p") == {}
        assert await stored(rows, "pp") == {"k": {"v": 2}}

    async def test_keys_are_told_apart_by_case(self, rows: Rows) -> None:
        await put(rows, "Key", v=1)
        await put(rows, "key", v=2)

        assert await stored(rows) == {"Key": {"v": 1}, "key": {"v": 2}}

    @pytest.mark.parametrize("alone", [True, False], ids=["single", "transaction"])
    async def test_replace_and_upsert_leave_no_value_of_before(self, rows: Rows, alone: bool) -> None:
        etag = await put(rows, "k", old=1)
        await put(rows, "l", old=1)

        operations: list[Operation] = [
            Replace(key="k", values={"new": 2}, etag=etag),
            Upsert(key="l", values={"new": 3}),
        ]
        for commit in [[each] for each in operations] if alone else [operations]:
            await rows.commit("p", commit)

        assert await stored(rows) == {"k": {"new": 2}, "l": {"new": 3}}

    async def test_every_write_gives_a_row_another_etag(self, rows: Rows) -> None:
        first = await put(rows, "k", v=1)
        second = (await rows.commit("p", [Replace(key="k", values={"v": 1}, etag=first)]))["k"]
        third = (await rows.commit("p", [Upsert(key="k", values={"v": 1}), Upsert(key="l", values={})]))["k"]

        assert len({first, second, third}) == 3

    async def test_a_transaction_answers_the_etags_by_which_its_rows_are_read_and_replaced(self, rows: Rows) -> None:
        await put(rows, "gone", v=0)
        etags = await rows.commit(
            "p", [Insert(key="a", values={"v": 1}), Delete(key="gone"), Upsert(key="b", values={"v": 1})]
        )

        again = await rows.commit("p", [Replace(key=key, values={"v": 2}, etag=etags[key]) for key in ("a", "b")])

        assert etags.keys() == {"a", "b"}
        assert {row.key: row.etag async for row in rows.scan("p")} == again

    @pytest.mark.parametrize("alone", [True, False], ids=["single", "transaction"])
    @pytest.mark.parametrize(
        ("conflicting", "key", "reason"),
        [
            (lambda _: Insert(key="there", values={}), "there", ConflictReason.exists),
            (lambda stale: Replace(key="there", values={}, etag=stale), "there", ConflictReason.changed),
            (lambda stale: Replace(key="absent", values={}, etag=stale), "absent", ConflictReason.missing),
            (lambda stale: Delete(key="there", etag=stale), "there", ConflictReason.changed),
            (lambda stale: Delete(key="absent", etag=stale), "absent", ConflictReason.missing),
        ],
        ids=["insert exists", "replace changed", "replace missing", "delete changed", "delete missing"],
    )
    async def test_a_conflict_names_row_and_reason_and_changes_nothing(
        self, rows: Rows, conflicting: Callable[[str], Operation], key: str, reason: ConflictReason, alone: bool
    ) -> None:
        stale = await put(rows, "there", v=1)
        await put(rows, "there", v=2)
        before: list[Operation] = [Insert(key="first", values={}), Delete(key="nothing"), Upsert(key="u", values={})]
        around = ([], []) if alone else (before, [Insert(key="last", values={})])

        with pytest.raises(RowConflict) as conflict:
            await rows.commit("p", [*around[0], conflicting(stale), *around[1]])

        assert (conflict.value.partition, conflict.value.key, conflict.value.reason) == ("p", key, reason)
        assert await stored(rows) == {"there": {"v": 2}}

    @pytest.mark.parametrize("others", [0, 1, 40])
    async def test_an_unconditional_delete_of_nothing_succeeds(self, rows: Rows, others: int) -> None:
        await put(rows, "there", v=1)
        written = inserts(others)

        await rows.commit("p", [Delete(key="n1"), *written, Delete(key="n2"), Delete(key="there"), Delete(key="n3")])

        assert (await stored(rows)).keys() == {operation.key for operation in written}

    async def test_a_delete_of_nothing_alone_succeeds(self, rows: Rows) -> None:
        assert await rows.commit("p", [Delete(key="nothing")]) == {}
        assert await rows.commit("p", [Delete(key="nothing"), Delete(key="nothing2")]) == {}

    @pytest.mark.parametrize("alone", [True, False], ids=["single", "transaction"])
    async def test_a_delete_with_the_current_etag_removes_the_row(self, rows: Rows, alone: bool) -> None:
        etag = await put(rows, "k", v=1)

        await rows.commit("p", [Delete(key="k", etag=etag)] + ([] if alone else [Delete(key="other")]))

        assert await rows.get("p", "k") is None

    @pytest.mark.parametrize("others", [0, 1], ids=["single", "transaction"])
    async def test_of_two_writers_with_one_etag_exactly_one_wins(self, rows: Rows, others: int) -> None:
        etag = await put(rows, "k", v=0)

        async def write(number: int) -> bool:
            extra = [Insert(key=f"extra{number}", values={})] * others
            try:
                await rows.commit("p", [*extra, Replace(key="k", values={"v": number}, etag=etag)])
            except RowConflict:
                return False
            return True

        won = await asyncio.gather(*(write(number) for number in range(1, 9)))

        assert sum(won) == 1
        winner = won.index(True) + 1
        assert (await stored(rows))["k"] == {"v": winner}
        assert len(await stored(rows)) == 1 + others

    async def test_of_two_inserts_of_one_row_into_a_new_table_exactly_one_wins(self, rows: Rows) -> None:
        commits = (rows.commit("p", [Insert(key="k", values={"v": number})]) for number in range(8))

        results = await asyncio.gather(*commits, return_exceptions=True)

        lost = [result for result in results if isinstance(result, RowConflict)]
        assert [conflict.reason for conflict in lost] == [ConflictReason.exists] * 7


class RangesContract:
    """Pages, ranges, selected values."""

    async def test_more_rows_than_a_page_of_the_service_are_all_read_in_key_order(self, rows: Rows) -> None:
        operations = inserts(1050)
        for batch in batches("p", operations[::-1]):
            await rows.commit("p", batch)

        keys = [row.key async for row in rows.scan("p")]

        assert keys == [operation.key for operation in operations]
        assert [row.key for row in await rows.page("p", first="k0003", limit=1020)] == keys[3:1023]

    @pytest.mark.parametrize(
        ("first", "before", "expected"),
        [
            ("", None, ["a", "b:1", "b:2", "b;", "c'd"]),
            ("b:", "b;", ["b:1", "b:2"]),
            ("b:1", "b:2", ["b:1"]),
            ("b:1", "b:1", []),
            ("c", None, ["c'd"]),
            ("c'd", "c'e", ["c'd"]),
            ("", "b:1", ["a"]),
            ("", "", []),
            ("c", "b", []),
        ],
    )
    async def test_a_range_has_its_first_key_and_not_its_last(
        self, rows: Rows, first: str, before: str | None, expected: list[str]
    ) -> None:
        for key in ("b:2", "c'd", "a", "b;", "b:1"):
            await put(rows, key, v=1)

        scanned = [row.key async for row in rows.scan("p", first=first, before=before)]
        page = [row.key for row in await rows.page("p", first=first, before=before, limit=2)]

        assert scanned == expected
        assert page == expected[:2]

    async def test_keys_sort_by_their_characters(self, rows: Rows) -> None:
        keys = [" ", "!", "'", "-", ".", "0", "10", "9", ":", "=", "@", "A", "Z", "_", "a", "a ", "aa", "z", "~"]
        await rows.commit("p", [Insert(key=key, values={}) for key in reversed(keys)])

        assert [row.key async for row in rows.scan("p")] == keys

    async def test_select_reads_only_the_named_values_that_a_row_has(self, rows: Rows) -> None:
        etag = await put(rows, "k", a=1, b=2, c=3)

        scanned = [row async for row in rows.scan("p", select=["a", "c", "absent"])]
        page = await rows.page("p", limit=1, select=[])

        assert scanned == [Row(partition="p", key="k", values={"a": 1, "c": 3}, etag=etag)]
        assert page == [Row(partition="p", key="k", values={}, etag=etag)]

    async def test_get_many_reads_those_that_exist_once_each(self, rows: Rows) -> None:
        await rows.commit("p", inserts(60))

        found = await rows.get_many("p", ["k0001", "absent", "k0059", "k0001"])

        assert found.keys() == {"k0001", "k0059"}
        assert len(await rows.get_many("p", [operation.key for operation in inserts(60)])) == 60
        assert await rows.get_many("p", []) == {}

    async def test_a_scan_that_is_given_up_does_no_harm(self, rows: Rows) -> None:
        await rows.commit("p", inserts(5))

        async for row in rows.scan("p"):
            await rows.commit("p", [Delete(key=row.key)])
            break

        assert len(await stored(rows)) == 4
