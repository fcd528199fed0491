"""Is a target tenant held until the latest time that anybody named?"""

import asyncio
from datetime import timedelta

import pytest

from shared.adapters.tables.budgets import WRITES, TableBudgetStore
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Rows, Upsert
from shared.orchestration.ports import NewerRow
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
    await rows.commit("contoso", [Upsert(key=WRITES, values={VERSION: 2})])

    with pytest.raises(NewerRow):
        await store.hold_until("contoso", NOW)
