"""Does the storage of large worlds keep the contracts that Azurite and memory keep?"""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueClient

from sandbox.runner.large_storage import LargeStorage
from sandbox.storage.database import Database
from shared.adapters.clock import StorageClock
from shared.adapters.queues.azure_queue import AzureQueues
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.rows import Delete, Insert, Replace, Rows
from shared.orchestration.ports import MessageQueue
from tests.shared.adapters.queue_contract import QueueContract
from tests.shared.adapters.rows_contract import RangesContract, RowsContract
from tests.shared.adapters.rows_values_contract import ValuesContract
from tests.shared.adapters.test_azure_queue import SCALE, HostReader


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LargeStorage]:
    async with LargeStorage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture
async def rows(storage: LargeStorage) -> AsyncIterator[Rows]:
    async with AzureTables(StorageAccount(connection_string=storage.connection_string)) as tables:
        yield tables.rows(f"t{uuid4().hex}")


@pytest.fixture
def name() -> str:
    return f"q{uuid4().hex}"


@pytest.fixture
async def reader(storage: LargeStorage, name: str) -> AsyncIterator[HostReader]:
    async with QueueClient.from_connection_string(storage.connection_string, name) as client:
        yield HostReader(client)


@pytest.fixture
async def queue(storage: LargeStorage, name: str) -> AsyncIterator[MessageQueue]:
    account = StorageAccount(connection_string=storage.connection_string)
    async with AzureQueues(account, StorageClock(scale=SCALE)) as queues:
        yield queues.queue(name)


class TestRows(RowsContract):
    pass


class TestRanges(RangesContract):
    pass


class TestValues(ValuesContract):
    pass


class TestQueue(QueueContract):
    pass


async def test_requests_are_counted_as_a_bill_would_count_them(storage: LargeStorage, rows: Rows) -> None:
    await rows.get("p", "warm")
    before = storage.transactions()

    etags = await rows.commit("p", [Insert(key="a", values={}), Insert(key="b", values={})])
    once = storage.transactions() - before
    await rows.commit("p", [Replace(key="a", values={}, etag=etags["a"]), Delete(key="b")])
    await rows.get("p", "a")

    assert once == 3  # the table is missing, is created, and the transaction is sent again
    assert storage.transactions() - before == once + 2


async def test_a_merged_entity_keeps_what_the_request_does_not_name(storage: LargeStorage) -> None:
    async with TableServiceClient.from_connection_string(storage.connection_string) as service:
        table = await service.create_table(f"t{uuid4().hex}")
        for values in ({"a": "1", "b": "1"}, {"b": "2"}):
            await table.upsert_entity({"PartitionKey": "p", "RowKey": "k", **values}, UpdateMode.MERGE)

        assert {**await table.get_entity("p", "k")} == {"PartitionKey": "p", "RowKey": "k", "a": "1", "b": "2"}


async def test_what_is_not_the_products_business_is_not_implemented(storage: LargeStorage) -> None:
    address = next(part for part in storage.connection_string.split(";") if part.startswith("TableEndpoint"))

    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{address.partition('=')[2]}/entries()?$filter=a eq 1")

    assert answer.status_code == 501


async def test_rows_that_were_filled_in_are_there_when_a_process_begins(tmp_path: Path) -> None:
    database = Database(tmp_path / "rows.db")
    database.fill("entries", [("p", f"k{number:04}", b'"RowKey":"k","PartitionKey":"p","v":1') for number in range(3)])
    database.close()

    again = Database(tmp_path / "rows.db")

    assert [row.key for row in again.page("entries", "p", "k0001", None, 10)] == ["k0001", "k0002"]
    again.close()
