"""Does a storage queue (Azurite) keep the contract, in the form that the Functions host reads?"""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from sandbox.azurite import Azurite
from shared.adapters.clock import StorageClock
from shared.adapters.queues.azure_queue import AzureQueue, AzureQueues
from shared.adapters.storage_account import StorageAccount
from shared.orchestration.ports import MessageQueue
from tests.shared.adapters.queue_contract import QueueContract

SCALE = 60.0


class HostReader:
    """Reads the plain text of messages and decodes it itself, as the host does by default."""

    def __init__(self, client: QueueClient) -> None:
        self.client = client

    async def texts(self) -> list[str]:
        texts: list[str] = []
        while batch := await self._batch():
            texts.extend(batch)
        return texts

    async def pass_time(self, duration: timedelta) -> None:
        await asyncio.sleep(duration.total_seconds() / SCALE + 0.2)

    async def _batch(self) -> list[str]:
        texts = []
        try:
            async for message in self.client.receive_messages(messages_per_page=32, max_messages=32):
                texts.append(base64.b64decode(message.content, validate=True).decode())
                await self.client.delete_message(message)
        except ResourceNotFoundError:
            return []
        return texts


class RecordingClient:
    """Takes every message and remembers for how long it shall be hidden."""

    def __init__(self) -> None:
        self.visibility_timeouts: list[int] = []

    async def send_message(self, content: str, *, visibility_timeout: int, time_to_live: int) -> None:
        self.visibility_timeouts.append(visibility_timeout)


@pytest.fixture
def name() -> str:
    return f"q{uuid4().hex}"


@pytest.fixture
async def reader(azurite: Azurite, name: str) -> AsyncIterator[HostReader]:
    async with QueueClient.from_connection_string(azurite.connection_string, name) as client:
        yield HostReader(client)


@pytest.fixture
async def queue(azurite: Azurite, name: str) -> AsyncIterator[MessageQueue]:
    account = StorageAccount(connection_string=azurite.connection_string)
    async with AzureQueues(account, StorageClock(scale=SCALE)) as queues:
        yield queues.queue(name)


class TestAzureQueue(QueueContract):
    pass


@pytest.mark.parametrize(("engine_seconds", "hidden"), [(0, 0), (1, 1), (60, 1), (61, 2), (1200, 20)])
async def test_a_delay_is_scaled_and_rounded_up(engine_seconds: int, hidden: int) -> None:
    client = RecordingClient()
    queue = AzureQueue(cast("QueueClient", client), StorageClock(scale=SCALE))

    await queue.send("text", delay=timedelta(seconds=engine_seconds))

    assert client.visibility_timeouts == [hidden]


async def test_a_message_stays_for_seven_days(queue: MessageQueue, reader: HostReader) -> None:
    await queue.send("text")

    (message,) = await reader.client.peek_messages()

    assert message.expires_on is not None
    assert message.inserted_on is not None
    assert message.expires_on - message.inserted_on == timedelta(days=7)
