"""How do messages reach a storage queue?"""

import asyncio
import math
from datetime import timedelta
from typing import Any, Self

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.adapters.queues.limits import TIME_TO_LIVE, check_delay, check_text
from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_errors import error_code, translated_errors
from shared.orchestration.ports import Clock


class AzureQueues:
    """The queues of one storage account, over one connection pool."""

    def __init__(self, account: StorageAccount, clock: Clock) -> None:
        self._service = _service_client(account)
        self._clock = clock

    def queue(self, name: str) -> "AzureQueue":
        # The Functions host reads base64 unless host.json says otherwise; the library's default is plain text.
        client = self._service.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())
        return AzureQueue(client, self._clock)

    async def close(self) -> None:
        await self._service.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AzureQueue:
    """One queue; it is created when the first message finds it missing. A message may arrive twice."""

    def __init__(self, client: QueueClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._creating = asyncio.Lock()
        self._created = 0

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None:
        """Put a message into the queue that appears after `delay` of engine time, to the next whole real second.

        Raises StorageOutage or StorageRefused; ValueError for a text or a delay that no queue takes.
        """
        check_text(text)
        real_delay = self._clock.real(delay)
        check_delay(real_delay)
        created = self._created
        with translated_errors():
            try:
                await self._put(text, real_delay)
            except ResourceNotFoundError:
                await self._create_queue(created)
                await self._put(text, real_delay)

    async def length(self) -> int:
        """About how many messages are in the queue, hidden ones included."""
        with translated_errors():
            try:
                properties = await self._client.get_queue_properties()
            except ResourceNotFoundError:
                return 0
        return properties.approximate_message_count or 0

    async def _put(self, text: str, real_delay: timedelta) -> None:
        await self._client.send_message(
            text,
            visibility_timeout=math.ceil(real_delay.total_seconds()),
            time_to_live=int(TIME_TO_LIVE.total_seconds()),
        )

    async def _create_queue(self, created: int) -> None:
        async with self._creating:
            if self._created != created:
                return  # another sender of this process was faster
            try:
                await self._client.create_queue()
            except ResourceExistsError as error:
                if error_code(error) != "QueueAlreadyExists":
                    raise
            self._created += 1


def _service_client(account: StorageAccount) -> QueueServiceClient:
    patience = account.patience
    options: dict[str, Any] = {
        "initial_backoff": math.ceil(patience.backoff_seconds),
        "increment_base": 2,
        "random_jitter_range": 1,
        "retry_total": patience.retries,
        "connection_timeout": patience.connect_seconds,
        "read_timeout": patience.read_seconds,
        # proxies and .netrc would be looked up in a thread before each request, and storage is not behind either
        "use_env_settings": False,
        "raw_response_hook": account.answered,
    }
    if account.connection_string:
        return QueueServiceClient.from_connection_string(account.connection_string, **options)
    return QueueServiceClient(account.endpoint, credential=account.credential, **options)
