"""What must every implementation of Rows do? Subclasses give a `rows` fixture with an empty table."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

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
    RowTooLarge,
    RowValue,
    Upsert,
    escape_key,
)

# aiohttp would rather have a file for more than a mebibyte; the library gives it what it has
LARGE_BODY = "ignore:Sending a large body directly:ResourceWarning"

HOSTILE = [
    "O'Brien",
    "it''s",
    '"quoted" \\ back',
    "line\r\nbreak\ttab",
    "--batch_0\r\nContent-Type: application/http\r\n",
    "<&amp;> %27 %2F +",
    "Zoë Łukasz Ωmega Ж 张伟 😀 \u202eright",
    "a' or RowKey ge '",
    " leading and trailing ",
    "",
]


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


class ValuesContract:
    """Values come back as they went."""

    @pytest.mark.parametrize(
        "value",
        [
            0,
            -1,
            2**31,
            -(2**63),
            2**63 - 1,
            0.0,
            1.0,
            -1.5e-300,
            0.1,
            1.7976931348623157e308,
            True,
            False,
            b"",
            bytes(range(256)),
            b"x" * 65536,
            "x" * 32768,
            "Ж" * 32768,
            "😀" * 16384,
            datetime(2026, 11, 23, 12, 34, 56, 789012, tzinfo=UTC),
            datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC),
            datetime(1601, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            *HOSTILE,
        ],
        ids=lambda value: f"{type(value).__name__}-{str(value)[:12]!r}",
    )
    async def test_a_value_comes_back_as_it_went(self, rows: Rows, value: RowValue) -> None:
        await put(rows, "single", v=value)
        await rows.commit("p", [Insert(key="one", values={"v": value}), Insert(key="two", values={"v": value})])

        row = await rows.get("p", "single")

        assert row is not None
        assert (row.values["v"], type(row.values["v"])) == (value, type(value))
        assert await stored(rows) == {"single": {"v": value}, "one": {"v": value}, "two": {"v": value}}

    async def test_a_time_of_another_zone_comes_back_in_utc(self, rows: Rows) -> None:
        local = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
        await put(rows, "k", v=local)

        row = await rows.get("p", "k")

        assert row is not None
        assert row.values["v"] == local
        assert getattr(row.values["v"], "tzinfo", None) is UTC

    async def test_an_enumerated_text_comes_back_as_text(self, rows: Rows) -> None:
        class Colour(StrEnum):
            RED = "red"

        await put(rows, "k", v=Colour.RED)

        assert [type(value["v"]) for value in (await stored(rows)).values()] == [str]

    async def test_what_a_caller_does_to_its_values_later_changes_no_row(self, rows: Rows) -> None:
        values: dict[str, RowValue] = {"v": 1}
        await rows.commit("p", [Insert(key="k", values=values)])

        values["v"] = 2
        row = await rows.get("p", "k")

        assert row is not None
        assert row.values == {"v": 1}

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_an_escaped_text_makes_a_key(self, rows: Rows, text: str) -> None:
        key, partition = f"kind:{escape_key(text)}", f"tenant:{escape_key(text)}"
        etag = await put(rows, key, partition=partition, v=1)

        await rows.commit(partition, [Replace(key=key, values={"v": 2}, etag=etag), Insert(key="x", values={})])

        assert await rows.get_many(partition, [key]) == {
            row.key: row async for row in rows.scan(partition, first="k", before="l")
        }

    @pytest.mark.parametrize("key", ["it's", "100%", "a b", "%2F", "a&b=c+d", "$batch", "(x)", "k" * 512, "a,b;c"])
    async def test_a_key_of_printable_characters_is_taken_everywhere(self, rows: Rows, key: str) -> None:
        etag = await put(rows, key, partition=key, v=1)
        etags = await rows.commit(key, [Replace(key=key, values={"v": 2}, etag=etag), Insert(key="other", values={})])

        row = await rows.get(key, key)
        await rows.commit(key, [Delete(key=key, etag=etags[key])])

        assert row == Row(partition=key, key=key, values={"v": 2}, etag=etags[key])
        assert (await stored(rows, key)).keys() == {"other"}


class LimitsContract:
    """What a table does not take is refused before anything is written."""

    async def test_a_hundred_operations_are_one_commit(self, rows: Rows) -> None:
        etags = await rows.commit("p", inserts(100))

        assert len(etags) == len(set(etags)) == 100
        assert len(await stored(rows)) == 100

    @pytest.mark.filterwarnings(LARGE_BODY)
    async def test_nearly_four_mebibytes_are_one_commit(self, rows: Rows) -> None:
        await rows.commit("p", inserts(47, size=65536))

        assert len(await stored(rows)) == 47

    @pytest.mark.parametrize(
        "operations",
        [
            inserts(101),
            inserts(48, size=65536),
            [Insert(key="k", values={}), Delete(key="k")],
            [Replace(key="k", values={}, etag="")],
            [Replace(key="k", values={}, etag="*")],
            [Delete(key="k", etag="*")],
        ],
        ids=["101 operations", "4 MiB", "one row twice", "empty etag", "any etag", "any etag deleted"],
    )
    async def test_an_impossible_commit_is_refused(self, rows: Rows, operations: list[Operation]) -> None:
        with pytest.raises(ValueError, match=r".+"):
            await rows.commit("p", operations)

        assert await stored(rows) == {}

    @pytest.mark.parametrize("key", ["", "a/b", "a\\b", "a#b", "a?b", "a\nb", "a\x7fb", "Ж", "\x00", "k" * 513])
    async def test_a_forbidden_key_is_refused_everywhere(self, rows: Rows, key: str) -> None:
        with pytest.raises(ValueError, match="Key"):
            await rows.get("p", key)
        with pytest.raises(ValueError, match="Key"):
            await rows.get_many(key, ["k"])
        with pytest.raises(ValueError, match="Key"):
            await rows.commit("p", [Insert(key="good", values={}), Insert(key=key, values={})])
        with pytest.raises(ValueError, match="Key"):
            await rows.page(key, limit=1)
        assert await stored(rows) == {}

    @pytest.mark.parametrize(
        "values", [{"": 1}, {"a-b": 1}, {"1a": 1}, {"a.b": 1}, {"PartitionKey": "p"}, {"Timestamp": 1}]
    )
    async def test_a_forbidden_name_is_refused(self, rows: Rows, values: dict[str, RowValue]) -> None:
        with pytest.raises(ValueError, match="is no name of a value"):
            await rows.commit("p", [Insert(key="k", values=values)])

    @pytest.mark.parametrize(
        "value",
        [2**63, -(2**63) - 1, float("nan"), float("inf"), "\ud800", datetime(2026, 1, 1), None, [1], object()],  # noqa: DTZ001 - a naive time is the case
        ids=repr,
    )
    async def test_a_value_that_would_not_come_back_is_refused(self, rows: Rows, value: RowValue) -> None:
        with pytest.raises(ValueError, match=r".+"):
            await rows.commit("p", [Insert(key="k", values={"v": value})])

        assert await stored(rows) == {}

    @pytest.mark.parametrize(
        "values",
        [
            {"v": "x" * 32769},
            {"v": "😀" * 16385},
            {"v": b"x" * 65537},
            {f"v{number}": b"x" * 65536 for number in range(12)},
            {f"v{number}": "x" * 32768 for number in range(16)},
            {f"v{number}": 1 for number in range(253)},
        ],
        ids=["text", "text beyond the BMP", "bytes", "row in a request", "row", "values"],
    )
    async def test_a_row_that_is_too_large_is_refused(self, rows: Rows, values: dict[str, RowValue]) -> None:
        with pytest.raises(RowTooLarge):
            await rows.commit("p", [Insert(key="k", values=values)])

        assert await stored(rows) == {}

    async def test_a_row_of_eleven_full_values_is_taken(self, rows: Rows) -> None:
        values: dict[str, RowValue] = {f"v{number}": b"x" * 65536 for number in range(11)}

        await rows.commit("p", [Insert(key="k", values=values)])

        assert await stored(rows) == {"k": values}
