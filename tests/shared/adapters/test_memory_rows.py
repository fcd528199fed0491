"""Do rows in memory keep the contract?"""

import pytest

from shared.adapters.memory.rows import MemoryRows, MemoryTables
from shared.adapters.tables.rows import Insert, Rows
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
