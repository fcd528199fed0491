"""How is the storage of a large world started, addressed, measured and stopped?"""

from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.azurite.access_log import AccessLog
from sandbox.azurite.emulator import ACCOUNT, ACCOUNT_KEY
from sandbox.runner.clients import client_at, is_answering
from sandbox.runner.processes import Child, Command, free_port, running
from sandbox.storage.application import QUEUES, TABLES


class LargeStorage:
    """One storage process on a port of its own; its files are in a directory of the caller's."""

    def __init__(self, directory: Path, database: Path | None = None) -> None:
        self._directory = directory
        self._database = database
        self._stack = AsyncExitStack()
        self._log = AccessLog(directory / "storage.log")
        self._child: Child | None = None
        self.connection_string = ""

    async def __aenter__(self) -> Self:
        port = free_port()
        client = await self._stack.enter_async_context(client_at(port))

        arguments = ["sandbox.storage", "--port", str(port), "--log", str(self._log.path)]
        arguments += [] if self._database is None else ["--database", str(self._database)]
        command = Command(
            name="Storage", arguments=arguments, environment={}, log=self._directory / "storage-process.log"
        )
        self._child = await self._stack.enter_async_context(running(command, lambda: is_answering(client, "/")))
        self.connection_string = connection_string(port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def transactions(self) -> int:
        """How many table and queue requests came so far, as a bill would count them; see ``AccessLog``."""
        return self._log.transactions()


def connection_string(port: int) -> str:
    """The connection string of a storage that listens on this port."""
    services = {"Table": TABLES, "Queue": QUEUES, "Blob": "blobs"}
    endpoints = (f"{service}Endpoint=http://127.0.0.1:{port}/{path}" for service, path in services.items())
    return ";".join(
        ("DefaultEndpointsProtocol=http", f"AccountName={ACCOUNT}", f"AccountKey={ACCOUNT_KEY}", *endpoints)
    )
