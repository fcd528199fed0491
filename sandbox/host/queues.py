"""How are queues reached? Through the connections that the app settings name.

Texts stand in a queue as host.json says it, base64 unless told otherwise; every producer must do the same.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages
"""

import base64
import binascii
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from sandbox.host.settings import SettingsError


class UndecodableTextError(ValueError):
    """The text of a message is not base64: its producer does not encode as host.json says."""


class Queues:
    """The queues of an app, by connection and name."""

    def __init__(self, settings: Mapping[str, str], *, base64_texts: bool) -> None:
        self._settings = settings
        self._base64 = base64_texts
        self._services: dict[str, QueueServiceClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for service in self._services.values():
            await service.close()

    def client(self, connection: str, queue: str) -> QueueClient:
        if connection not in self._services:
            string = connection_string(self._settings, connection)
            # Whoever calls tries again by itself: the library's own pauses would only delay the end of the host.
            self._services[connection] = QueueServiceClient.from_connection_string(string, retry_total=0)
        return self._services[connection].get_queue_client(queue)

    async def send(self, connection: str, queue: str, text: str) -> None:
        """Adds a message."""
        content = base64.b64encode(text.encode()).decode() if self._base64 else text
        await self.put(self.client(connection, queue), content)

    async def put(self, client: QueueClient, content: str) -> None:
        """Adds a message with this content as it is."""
        try:
            await client.send_message(content)
        except ResourceNotFoundError:
            await _create(client)  # as the platform does for outputs and for poison queues
            await client.send_message(content)

    def text(self, content: str) -> str:
        """The text that stands in a message's content."""
        if not self._base64:
            return content
        try:
            return base64.b64decode(content, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise UndecodableTextError from error


async def _create(client: QueueClient) -> None:
    """Creates the queue, unless somebody else just did."""
    try:
        await client.create_queue()
    except ResourceExistsError:
        return


def connection_string(settings: Mapping[str, str], connection: str) -> str:
    """The connection string in the app setting of this name; the local host signs in with keys only."""
    if not settings.get(connection):
        raise SettingsError(f"The app setting {connection} is missing: it holds the connection string of the storage.")
    return settings[connection]
