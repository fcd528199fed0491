"""How do tests run the local host? As the process that everybody runs, on queues of its own."""

import asyncio
import base64
import contextlib
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from sandbox.azurite import Azurite

ROOT = Path(__file__).parents[3]
TOY = Path(__file__).parent / "toy"
NEVER = "0 0 0 1 1 *"


class Hosting:
    """The toy app, hosted; started again with ``start`` it finds its own queues."""

    def __init__(self, azurite: Azurite, *, schedule: str = NEVER) -> None:
        self._azurite = azurite
        self._prefix = f"t{uuid.uuid4().hex[:12]}"
        self._schedule = schedule
        self._service = QueueServiceClient.from_connection_string(azurite.connection_string)
        self._process: Process | None = None
        self._printed = ""
        self.http = httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            await self.kill()
        await self._service.close()
        await self.http.aclose()

    @property
    def process(self) -> Process:
        assert self._process is not None
        return self._process

    async def start(self, *arguments: str, scale: float = 60.0) -> None:
        options = ["--port", "0", "--project", str(TOY), "--time-scale", str(scale), *arguments]
        environment = {
            "PYTHONPATH": str(ROOT),
            "AzureWebJobsStorage": self._azurite.connection_string,
            "PREFIX": self._prefix,
            "SCHEDULE": self._schedule,
        }
        command = [sys.executable, "-m", "sandbox.host", *options]
        self._process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment)
        line = await self.printed("Listening on")
        self.http.base_url = httpx.URL(line.split()[-1])

    async def printed(self, beginning: str) -> str:
        """The next line of output that begins so."""
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            if line.startswith(beginning):
                return line
        raise AssertionError((await self.errors()) or f"the host ended without printing {beginning!r}")

    async def errors(self) -> str:
        """All of standard error, once the process has ended."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def stop(self) -> int:
        self.process.terminate()
        return await self.process.wait()

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    def queue(self, name: str) -> QueueClient:
        return self._service.get_queue_client(f"{self._prefix}-{name}")

    async def send(self, queue: str, text: str) -> None:
        await self.put(queue, base64.b64encode(text.encode()).decode())

    async def put(self, queue: str, content: str) -> None:
        with contextlib.suppress(ResourceExistsError):
            await self.queue(queue).create_queue()
        await self.queue(queue).send_message(content)

    async def receive(self, queue: str) -> str:
        """The text of the next message, once there is one."""
        return base64.b64decode(await self.take(queue)).decode()

    async def take(self, queue: str) -> str:
        """The content of the next message as it is, once there is one."""
        while await self.peek(queue) is None:  # noqa: ASYNC110 - another process sends it
            await asyncio.sleep(0.02)
        message = await self.queue(queue).receive_message()
        assert message is not None
        await self.queue(queue).delete_message(message)
        return str(message.content)

    async def peek(self, queue: str) -> QueueMessage | None:
        try:
            messages = await self.queue(queue).peek_messages()
        except ResourceNotFoundError:
            return None
        return messages[0] if messages else None

    async def count(self, queue: str) -> int:
        """How many messages the queue holds, invisible ones too."""
        properties = await self.queue(queue).get_queue_properties()
        return properties.approximate_message_count or 0
