"""Do rows in Azure Tables (Azurite) keep the contract?"""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import uuid4

import pytest

from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.rows import Rows
from tests.shared.adapters.rows_contract import RangesContract, RowsContract
from tests.shared.adapters.rows_values_contract import LimitsContract, ValuesContract


class Storage(Protocol):
    connection_string: str


@pytest.fixture
async def rows(azurite: Storage) -> AsyncIterator[Rows]:
    async with AzureTables(StorageAccount(connection_string=azurite.connection_string)) as tables:
        yield tables.rows(f"t{uuid4().hex}")


class TestAzureRows(RowsContract):
    pass


class TestAzureRanges(RangesContract):
    pass


class TestAzureValues(ValuesContract):
    pass


class TestAzureLimits(LimitsContract):
    pass
