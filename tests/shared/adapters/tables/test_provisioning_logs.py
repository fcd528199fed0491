"""Is the log read newest first over days and configurations, page after page, with nothing left out or repeated?"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Rows
from shared.adapters.tables.skip_tokens import Position, read_token, write_token
from shared.provisioning.provisioning_log import ProvisioningLogRecord
from tests.shared.adapters.tables.values import HOUR, NOW, record

DAY = timedelta(days=1)


@pytest.fixture
def index(rows: Rows, clock: ManualClock) -> TableProvisioningLogIndex:
    return TableProvisioningLogIndex(rows, rows, clock)


def entry(number: int, started: datetime, configuration_id: str = "c") -> ProvisioningLogRecord:
    return record("a", id=f"r{number}", started=started, configuration_id=configuration_id)


async def all_pages(
    index: TableProvisioningLogIndex, configuration_ids: Sequence[str], top: int
) -> list[tuple[ProvisioningLogRecord, ...]]:
    pages = [await index.page(configuration_ids, top, "")]
    while pages[-1].next:
        pages.append(await index.page(configuration_ids, top, pages[-1].next))
    return [page.records for page in pages]


async def test_records_come_newest_first_over_days_months_and_years(index: TableProvisioningLogIndex) -> None:
    ages = [timedelta(0), HOUR, DAY, 40 * DAY, 400 * DAY]
    records = [entry(number, NOW - age) for number, age in enumerate(ages)]
    await index.add(records[::-1])

    page = await index.page(["c"], 10, "")

    assert page.records == tuple(records)
    assert page.next == ""


async def test_pages_go_on_where_the_last_ended(index: TableProvisioningLogIndex) -> None:
    records = [entry(number, NOW - number * HOUR) for number in range(30)]
    await index.add(records)

    pages = await all_pages(index, ["c"], 7)

    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert [found for page in pages for found in page] == records


async def test_a_last_page_that_is_full_has_no_next(index: TableProvisioningLogIndex) -> None:
    await index.add([entry(number, NOW) for number in range(4)])

    assert [len(page) for page in await all_pages(index, ["c"], 2)] == [2, 2]


async def test_a_day_with_many_records_is_read_to_its_end(index: TableProvisioningLogIndex) -> None:
    await index.add([entry(number, NOW + timedelta(microseconds=number)) for number in range(350)])

    page = await index.page(["c"], 1000, "")

    assert [found.id for found in page.records] == [f"r{number}" for number in reversed(range(350))]


async def test_only_the_configurations_asked_for_are_read(index: TableProvisioningLogIndex) -> None:
    await index.add([entry(1, NOW, "c"), entry(2, NOW, "d"), entry(3, NOW, "e/f")])

    page = await index.page(["c", "e/f", "c", "unknown"], 10, "")

    assert sorted(found.id for found in page.records) == ["r1", "r3"]
    assert (await index.page([], 10, "")).records == ()


async def test_records_added_again_or_at_once_are_there_once(index: TableProvisioningLogIndex) -> None:
    records = [entry(number, NOW - number * 5 * HOUR) for number in range(12)]
    await index.add(records[:3])

    await asyncio.gather(index.add(records), index.add(records[::-1]), index.add([*records, *records]))

    assert (await index.page(["c"], 100, "")).records == tuple(records)


async def test_a_record_that_is_there_stays_as_it_is(index: TableProvisioningLogIndex) -> None:
    await index.add([record("a", configuration_id="c", cycle=1)])

    await index.add([record("a", configuration_id="c", cycle=2)])

    assert [found.cycle for found in (await index.page(["c"], 10, "")).records] == [1]


async def test_records_that_come_while_somebody_reads_do_not_repeat_others(index: TableProvisioningLogIndex) -> None:
    await index.add([entry(number, NOW - number * HOUR) for number in range(4)])
    first = await index.page(["c"], 2, "")

    await index.add([entry(9, NOW + DAY)])

    rest = await index.page(["c"], 10, first.next)
    assert [found.id for found in (*first.records, *rest.records)] == ["r0", "r1", "r2", "r3"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["a", "a b", "b", "z"])), max_size=30),
    st.integers(1, 8),
)
async def test_any_records_are_paged_in_one_order_without_loss(moments: list[tuple[int, str]], top: int) -> None:
    rows = MemoryTables().rows("log")
    index = TableProvisioningLogIndex(rows, rows, ManualClock())
    records = [entry(number, NOW + moment * HOUR, name) for number, (moment, name) in enumerate(moments)]
    await index.add(records)

    pages = await all_pages(index, ["a", "a b", "b", "z"], top)

    found = [one for page in pages for one in page]
    assert sorted(one.id for one in found) == sorted(one.id for one in records)
    assert [one.started for one in found] == sorted((one.started for one in records), reverse=True)
    assert all(len(page) == top for page in pages[:-1])


def test_a_token_comes_back() -> None:
    position = Position(time="0" * 9 + "998232774", configuration="a=20b", id="r1")

    with pytest.raises(ValueError, match="handed out"):
        read_token(write_token(position))  # a time beyond all calendars

    position = Position(time="998232774399999999", configuration="a=20b", id="r1")
    assert read_token(write_token(position)) == position


BAD = Position(time="998232774399999999", configuration="c", id="r")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "e30",
        "!!!!",
        "bnVsbA",
        "A" * 5000,
        write_token(Position(time="1", configuration="c", id="r")),
        write_token(Position(time="٣" * 18, configuration="c", id="r")),
        write_token(Position(time=BAD.time, configuration="a/b", id="r")),
        write_token(Position(time=BAD.time, configuration="c", id="a:b")),
        write_token(Position(time=BAD.time, configuration="c", id="r", version=2)),
        write_token(BAD) + "x",
    ],
)
async def test_a_token_that_we_did_not_hand_out_is_refused(index: TableProvisioningLogIndex, token: str) -> None:
    with pytest.raises(ValueError, match=r"skip token"):
        await index.page(["c"], 10, token)


async def test_each_day_is_named_before_its_records(rows: Rows, index: TableProvisioningLogIndex) -> None:
    await index.add([entry(1, NOW), entry(2, NOW + HOUR), entry(3, NOW + DAY)])

    assert len([row async for row in rows.scan("c:days", before=":", select=[VERSION])]) == 2
    assert len([row async for row in rows.scan("c:2026-01-01", before=":", select=[VERSION])]) == 2
