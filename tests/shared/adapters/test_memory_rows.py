"""Do rows in memory keep the contract?"""

from copy import deepcopy

import pytest

from shared.adapters.memory.rows import MemoryRows, MemoryTables
from shared.adapters.tables.rows import Delete, Insert, Replace, Rows
from tests.shared.adapters.rows_contract import RangesContract, RowsContract
from tests.shared.adapters.rows_values_contract import LimitsContract, ValuesContract


@pytest.fixture
def rows() -> Rows:
    return MemoryRows()


class TestMemoryRows(RowsContract):
    pass


class TestMemoryRanges(RangesContract):
    pass


class TestMemoryValues(ValuesContract):
    pass


class TestMemoryLimits(LimitsContract):
    pass


async def test_a_name_always_gives_the_same_table() -> None:
    tables = MemoryTables()

    await tables.rows("entries").commit("p", [Insert(key="k", values={})])

    assert await tables.rows("entries").get("p", "k") is not None
    assert await tables.rows("claims").get("p", "k") is None


async def test_a_backup_does_not_change_with_the_table() -> None:
    tables = MemoryTables()
    rows = tables.rows("entries")
    etags = await rows.commit("p", [Insert(key="k", values={"v": 1}), Insert(key="gone", values={})])

    backup = deepcopy(tables).rows("entries")
    await rows.commit("p", [Replace(key="k", values={"v": 2}, etag=etags["k"]), Delete(key="gone")])

    assert [(row.key, row.values) async for row in backup.scan("p")] == [("gone", {}), ("k", {"v": 1})]
    assert [row.key async for row in rows.scan("p")] == ["k"]
    await backup.commit("p", [Replace(key="k", values={"v": 3}, etag=etags["k"])])
