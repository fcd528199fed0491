"""Where do the tables of a test stand? Every test of a store runs in memory and on Azurite."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.rows import Rows

MEMORY = "memory"


@pytest.fixture(params=[MEMORY, "azurite"])
def storage(request: pytest.FixtureRequest) -> str:
    """A connection string, or MEMORY."""
    if request.param == MEMORY:
        return MEMORY
    return str(request.getfixturevalue("azurite").connection_string)


@pytest.fixture
async def rows(storage: str) -> AsyncIterator[Rows]:
    """An empty table."""
    if storage == MEMORY:
        yield MemoryTables().rows("rows")
        return
    async with AzureTables(StorageAccount(connection_string=storage)) as tables:
        yield tables.rows(f"t{uuid4().hex}")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def memory() -> Callable[[], Rows]:
    """Empty tables in memory, for tests of what the stores make of failures."""
    return lambda: MemoryTables().rows("rows")
