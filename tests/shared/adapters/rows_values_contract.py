"""What must every implementation of Rows keep, and what must it refuse? Subclasses give a `rows` fixture."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest

from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, Row, Rows, RowTooLarge, RowValue, escape_key
from tests.shared.adapters.rows_contract import inserts, put, stored

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
        [2**63, -(2**63) - 1, float("nan"), float("inf"), "\ud800", datetime(2026, 1, 1), None, [1], {}],  # noqa: DTZ001 - a naive time is the case
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
