"""A storage account that misbehaves: what is answered, and what has happened, by Azurite's own word."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceModifiedError
from azure.data.tables import TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient
from azure.storage.queue.aio import QueueClient

from sandbox.azurite import Azurite
from sandbox.storage_proxy import StorageFault, StorageFaults, proxy, storage_proxy


class Account:
    """A queue and a table, each reached through the proxy and past it."""

    def __init__(self, direct: str, through: str, faults: StorageFaults) -> None:
        name = f"t{uuid.uuid4().hex[:20]}"
        self.faults = faults
        self.queue = QueueClient.from_connection_string(through, name, retry_total=0)
        self.real_queue = QueueClient.from_connection_string(direct, name)
        self.table = TableClient.from_connection_string(through, name, retry_total=0)
        self.real_table = TableClient.from_connection_string(direct, name)

    @contextlib.contextmanager
    def failing(self, fault: StorageFault) -> Iterator[None]:
        """The fault happens to whatever it can happen to."""
        self.faults.rates = {fault: 1.0}
        yield
        self.faults.rates = {}

    async def texts(self) -> list[str]:
        return [message.content async for message in self.real_queue.receive_messages()]

    async def size(self) -> int:
        size: int = (await self.real_table.get_entity("p", "r"))["size"]
        return size

    async def close(self) -> None:
        for client in (self.queue, self.real_queue, self.table, self.real_table):
            await client.close()


@pytest.fixture
async def account(azurite: Azurite) -> AsyncIterator[Account]:
    faults = StorageFaults(Random(1))
    async with storage_proxy(azurite.connection_string, faults) as through:
        account = Account(azurite.connection_string, through, faults)
        await account.queue.create_queue()
        await account.table.create_table()
        await account.table.create_entity({"PartitionKey": "p", "RowKey": "r", "size": 1})
        yield account
        await account.close()


async def test_without_faults_everything_passes_as_it_is(account: Account) -> None:
    rows = [{"PartitionKey": "p", "RowKey": f"{number}: a's é", "text": "x" * 10_000} for number in range(50)]

    await account.table.submit_transaction([("create", row) for row in rows])
    found = [row async for row in account.table.list_entities(results_per_page=20)]
    await account.queue.send_message("é" * 10_000)
    received = await account.queue.receive_message()

    assert len(found) == 51
    assert found[0]["text"] == rows[0]["text"]
    assert received is not None
    assert received.content == "é" * 10_000


async def test_a_lost_message_is_answered_and_not_stored(account: Account) -> None:
    with account.failing(StorageFault.MESSAGE_LOST):
        sent = await account.queue.send_message("one")

    assert sent.id
    assert await account.texts() == []


async def test_a_doubled_message_is_stored_twice(account: Account) -> None:
    with account.failing(StorageFault.MESSAGE_DOUBLED):
        await account.queue.send_message("one")

    assert await account.texts() == ["one", "one"]


async def test_a_late_message_is_stored_in_the_end(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "LATE_SECONDS", (0.0, 0.0))

    with account.failing(StorageFault.MESSAGE_LATE):
        await account.queue.send_message("one")

    while not (texts := await account.texts()):
        pass
    assert texts == ["one"]


async def test_a_conditional_write_is_refused_though_nobody_else_wrote(account: Account) -> None:
    row = await account.table.get_entity("p", "r")

    with account.failing(StorageFault.CONFLICT), pytest.raises(ResourceModifiedError) as refusal:
        await account.table.update_entity(
            {**row, "size": 2},
            UpdateMode.REPLACE,
            etag=row.metadata["etag"],
            match_condition=MatchConditions.IfNotModified,
        )

    assert refusal.value.status_code == 412
    assert await account.size() == 1


async def test_a_conditional_part_of_a_transaction_is_refused_by_its_index(account: Account) -> None:
    row = await account.table.get_entity("p", "r")
    condition = {"etag": row.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
    parts: list[Any] = [("create", {"PartitionKey": "p", "RowKey": "new"}), ("update", {**row, "size": 2}, condition)]

    with account.failing(StorageFault.CONFLICT), pytest.raises(TableTransactionError) as refusal:
        await account.table.submit_transaction(parts)

    assert (refusal.value.status_code, refusal.value.index) == (412, 1)
    assert [row["RowKey"] async for row in account.real_table.list_entities()] == ["r"]


#: (fault, the answer is an error of storage, it has happened)
NO_ANSWER = [
    (StorageFault.ERROR_BEFORE, True, False),
    (StorageFault.ERROR_AFTER, True, True),
    (StorageFault.CUT_BEFORE, False, False),
    (StorageFault.CUT_AFTER, False, True),
]


@pytest.mark.parametrize(("fault", "answered", "happened"), NO_ANSWER)
async def test_an_answer_is_lost_before_or_after_the_fact(
    account: Account, fault: StorageFault, answered: bool, happened: bool
) -> None:
    with account.failing(fault):
        with pytest.raises(AzureError) as of_table:
            await account.table.upsert_entity({"PartitionKey": "p", "RowKey": "r", "size": 2})
        with pytest.raises(AzureError) as of_queue:
            await account.queue.send_message("one")

    for error in (of_table.value, of_queue.value):
        assert (isinstance(error, HttpResponseError) and (error.status_code or 0) >= 500) is answered
    assert await account.size() == (2 if happened else 1)
    assert await account.texts() == (["one"] if happened else [])


async def test_after_a_time_out_the_connection_ends(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "TIME_OUT_SECONDS", (0.0, 0.0))

    with account.failing(StorageFault.TIME_OUT), pytest.raises(AzureError):
        await account.table.upsert_entity({"PartitionKey": "p", "RowKey": "r", "size": 2})

    assert (await account.table.get_entity("p", "r"))["size"] in (1, 2)


async def test_each_fault_that_happened_is_counted(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "SLOW_SECONDS", (0.0, 0.0))

    with account.failing(StorageFault.SLOW):
        await account.queue.get_queue_properties()
        await account.table.get_entity("p", "r")
    with account.failing(StorageFault.MESSAGE_LOST):
        await account.queue.get_queue_properties()

    assert account.faults.fired == {StorageFault.SLOW: 2}
