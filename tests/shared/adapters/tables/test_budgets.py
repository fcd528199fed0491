"""Is a target tenant held until the latest time that anybody named?"""

import asyncio
from datetime import timedelta

import pytest

from shared.adapters.tables.budgets import (
    FORMER_SWITCH,
    STANDING,
    SWITCH,
    WRITES,
    ReadOnly,
    TableBudgetStore,
    budget_key,
)
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Rows, Upsert
from shared.cycles.write_budget import BURST, SETTLED
from shared.orchestration.ports import NewerRow, TenantStanding
from tests.shared.adapters.tables.values import HOUR, NOW


@pytest.fixture
def store(rows: Rows) -> TableBudgetStore:
    return TableBudgetStore(rows)


async def test_a_tenant_is_free_until_it_is_held(store: TableBudgetStore) -> None:
    assert await store.not_before("contoso") is None

    await store.hold_until("contoso", NOW)

    assert await store.not_before("contoso") == NOW
    assert await store.not_before("fabrikam") is None


async def test_an_earlier_time_changes_nothing(store: TableBudgetStore) -> None:
    await store.hold_until("contoso", NOW + HOUR)

    await store.hold_until("contoso", NOW)

    assert await store.not_before("contoso") == NOW + HOUR


async def test_the_latest_of_many_at_once_stands(store: TableBudgetStore) -> None:
    times = [NOW + timedelta(seconds=(7 * number) % 10, microseconds=number) for number in range(10)]

    await asyncio.gather(*(store.hold_until("contoso", time) for time in times))

    assert await store.not_before("contoso") == max(times)


async def test_a_budget_of_a_newer_version_is_left_alone(store: TableBudgetStore, rows: Rows) -> None:
    await rows.commit(STANDING, [Upsert(key=budget_key("contoso", WRITES), values={VERSION: 2})])

    with pytest.raises(NewerRow):
        await store.hold_until("contoso", NOW)


async def test_slots_that_many_want_at_once_are_given_one_after_the_other(store: TableBudgetStore) -> None:
    grants = await asyncio.gather(
        *(store.reserve_writes("contoso", 20, NOW, patience=timedelta(minutes=1)) for _ in range(10))
    )

    waits = sorted(grant.wait for grant in grants)
    assert [grant.count for grant in grants] == [20] * 10
    at_once = BURST // 20
    assert waits[:at_once] == [timedelta(0)] * at_once, "the burst"
    assert len(set(waits[at_once:])) == 10 - at_once


async def test_a_hold_gives_no_slots_and_keeps_what_is_reserved(store: TableBudgetStore) -> None:
    await store.reserve_writes("contoso", BURST, NOW, patience=timedelta(0))
    await store.hold_until("contoso", NOW + timedelta(seconds=1))

    assert (await store.reserve_writes("contoso", 1, NOW, patience=HOUR)).count == 0
    later = await store.reserve_writes("contoso", 20, NOW + timedelta(seconds=1), patience=timedelta(0))
    assert later.count == 0, "the burst is used up"
    assert (await store.reserve_writes("fabrikam", 20, NOW, patience=timedelta(0))).count == 20


async def test_what_graph_says_of_its_limit_slows_all_hosts(store: TableBudgetStore) -> None:
    later = NOW + SETTLED
    await store.hold_until("contoso", NOW, refused=NOW)
    await store.slow_down("contoso", 1.25, later)

    assert (await store.writes("contoso")).share_at(later) == pytest.approx(0.8)
    assert (await store.writes("fabrikam")).share_at(later) == 1.0


async def test_invitations_are_counted_blocked_and_let_through_again(store: TableBudgetStore) -> None:
    assert (await store.reserve_invitations("contoso", 12, NOW)).count == 12
    assert (await store.invitations("contoso")).sent == 12

    await store.block_invitations("contoso", NOW)
    assert (await store.reserve_invitations("contoso", 12, NOW)).count == 0
    assert (await store.reserve_invitations("fabrikam", 12, NOW)).count == 12

    await store.pass_invitations("contoso")
    assert (await store.reserve_invitations("contoso", 12, NOW + HOUR)).count == 12


async def test_the_switch_is_off_until_somebody_switches_it_on(store: TableBudgetStore) -> None:
    assert not await store.is_read_only()

    for _ in range(2):
        await store.set_read_only(on=True, by="ada", now=NOW)
        assert await store.is_read_only()

    for _ in range(2):
        await store.set_read_only(on=False, by="ada", now=NOW)
        assert not await store.is_read_only()


async def test_one_request_says_what_keeps_a_tenant_from_being_written_to(store: TableBudgetStore) -> None:
    assert await store.standing("contoso", "source") == TenantStanding()

    await store.hold_until("contoso", NOW + HOUR)
    await store.refuse("contoso", "source", NOW)
    await store.block_invitations("contoso", NOW)
    await store.set_read_only(on=True, by="ada", now=NOW)

    invitations = await store.invitations("contoso")
    assert await store.standing("contoso", "source") == TenantStanding(
        read_only=True, not_before=NOW + HOUR, refused_since=NOW, invitations=invitations
    )
    assert await store.standing("contoso", "another source") == TenantStanding(
        read_only=True, not_before=NOW + HOUR, invitations=invitations
    )
    assert await store.standing("fabrikam", "source") == TenantStanding(read_only=True)


async def test_a_switch_that_an_earlier_version_has_on_stays_on_until_it_is_switched_off(
    store: TableBudgetStore, rows: Rows
) -> None:
    await store.take_over_switch()
    assert not await store.is_read_only()
    partition, key = FORMER_SWITCH
    switched = SWITCH.columns(ReadOnly(since=NOW, switched_by="ada"))
    await rows.commit(partition, [Upsert(key=key, values=switched)])

    await store.take_over_switch()
    assert (await store.standing("contoso", "source")).read_only

    await store.set_read_only(on=False, by="ada", now=NOW)
    await store.take_over_switch()
    assert not await store.is_read_only()


async def test_the_setting_says_it_whatever_the_switch_says(rows: Rows) -> None:
    store = TableBudgetStore(rows, always_read_only=True)

    await store.set_read_only(on=False, by="ada", now=NOW)

    assert await store.is_read_only()
    assert (await store.standing("contoso", "source")).read_only
