"""Is what was done kept as it was written, with how it ended, and found by time over configurations?"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.audits import MOST_REQUESTS, TableAuditLog
from shared.adapters.tables.rows import Rows
from shared.cycles.audit import Activity, Audited, AuditedValue, AuditOutcome, AuditRecord, AuditResult
from shared.orchestration.ports import AuditQuery
from tests.shared.adapters.tables.values import HOUR, NOW

RECORD = AuditRecord(
    id="a1",
    configuration_id="c",
    when=NOW,
    activity=Activity.START,
    initiated_by="user 1 Zoë",
    reason="because " * 60,
    display_name="c to d",
    changes=(AuditedValue(name="/a", before=None, after='"1"'),),
    people=("p",),
    details={"k": "v"},
)
OUTCOME = AuditOutcome(when=NOW + HOUR, result=AuditResult.SUCCESS, reason="", details={"Version": "2"})


@pytest.fixture
def audits(rows: Rows) -> TableAuditLog:
    return TableAuditLog(rows)


async def all_acts(audits: TableAuditLog, ids: list[str], top: int, query: AuditQuery | None = None) -> list[Audited]:
    query = query or AuditQuery()
    page = await audits.page(ids, top, "", query)
    acts = [*page.acts]
    while page.next:
        page = await audits.page(ids, top, page.next, query)
        acts += page.acts
    return acts


async def test_an_act_comes_back_as_it_was_written_with_its_end(audits: TableAuditLog) -> None:
    assert await audits.add(RECORD)
    assert (await audits.page(["c"], 5, "")).acts == (Audited(record=RECORD, outcome=None),)

    await audits.end(RECORD, OUTCOME)

    assert (await audits.page(["c"], 5, "")).acts == (Audited(record=RECORD, outcome=OUTCOME),)


async def test_what_was_written_first_stays(audits: TableAuditLog) -> None:
    await audits.add(RECORD)
    await audits.end(RECORD, OUTCOME)

    assert not await audits.add(replace(RECORD, reason="another"))
    await audits.end(RECORD, replace(OUTCOME, result=AuditResult.FAILURE))

    assert await all_acts(audits, ["c"], 5) == [Audited(record=RECORD, outcome=OUTCOME)]


async def test_what_concerns_everybody_has_a_place_of_its_own(audits: TableAuditLog) -> None:
    everybody = replace(RECORD, id="e", configuration_id="", when=NOW + HOUR)
    for each in (RECORD, everybody, replace(RECORD, id="o", configuration_id="other one")):
        await audits.add(each)

    assert sorted(await audits.configuration_ids()) == ["c", "other one"]
    assert [each.record for each in await all_acts(audits, ["", "c"], 1)] == [everybody, RECORD]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["", "a", "b c"])), max_size=20),
    st.integers(1, 5),
    st.booleans(),
    st.integers(0, 20),
)
async def test_any_acts_are_paged_in_one_order_without_loss(
    described: list[tuple[int, str]], top: int, oldest_first: bool, since: int
) -> None:
    audits = TableAuditLog(MemoryTables().rows("audits"))
    records = [
        replace(RECORD, id=f"r{number}", when=NOW + hour * HOUR, configuration_id=name)
        for number, (hour, name) in enumerate(described)
    ]
    for each in records:
        await audits.add(each)
    query = AuditQuery(
        since=NOW + since * HOUR, oldest_first=oldest_first, matches=lambda act: not act.record.id.endswith("3")
    )

    acts = await all_acts(audits, ["", "a", "b c"], top, query)

    wanted = [each for each in records if each.when >= NOW + since * HOUR and not each.id.endswith("3")]
    assert sorted(each.record.id for each in acts) == sorted(each.id for each in wanted)
    times = [each.record.when for each in acts]
    assert times == sorted(times, reverse=not oldest_first)


async def test_a_search_without_a_hit_ends_before_it_costs_too_much() -> None:
    rows = MemoryTables().rows("audits")
    audits = TableAuditLog(rows)
    for number in range(300):
        await audits.add(replace(RECORD, id=f"r{number}", when=NOW + number * HOUR))

    acts = await all_acts(audits, ["c"], 2, AuditQuery(matches=lambda _: False))

    assert acts == []
    assert MOST_REQUESTS == 100
