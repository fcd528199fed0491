"""What stands between the functions hosts and storage? A reverse proxy for queues and tables that meddles."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field

from sandbox.storage_proxy.answers import ERRORS, error, stored_message
from sandbox.storage_proxy.faults import StorageFault, StorageFaults, conditions, with_stale_condition
from sandbox.storage_proxy.messages import Message, read_message
from sandbox.storage_proxy.upstream import Upstream

#: Shortest and longest, in real seconds.
LATE_SECONDS = (0.2, 3.0)
SLOW_SECONDS = (0.02, 0.5)
TIME_OUT_SECONDS = (0.5, 2.0)

_ENDPOINT = re.compile(r"(Queue|Table)Endpoint=http://127\.0\.0\.1:(\d+)/")


@contextlib.asynccontextmanager
async def storage_proxy(connection_string: str, faults: StorageFaults) -> AsyncIterator[str]:
    """The connection string of the same account behind a proxy."""
    async with contextlib.AsyncExitStack() as stack:
        through = connection_string
        for endpoint in _ENDPOINT.finditer(connection_string):
            service, port = endpoint.groups()
            proxy = _Proxy(faults=faults, port=int(port), of_tables=service == "Table")
            mine = await stack.enter_async_context(proxy.listening())
            through = through.replace(endpoint[0], f"{service}Endpoint=http://127.0.0.1:{mine}/")
        yield through


@dataclass(kw_only=True)
class _Proxy:
    """One service of the account."""

    faults: StorageFaults
    port: int
    of_tables: bool
    #: Connections, and messages that are on their way.
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Serves on a port of its own."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._start(self._serve(reader, writer))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client: each request gets its answer, or the connection ends."""
        upstream = Upstream(self.port)
        try:
            while request := await read_message(reader):
                answer = await self._answered(request, upstream)
                if answer is None:
                    return
                writer.write(answer.head + answer.body)
                await writer.drain()
        except ConnectionError:
            return  # the client is gone
        finally:
            writer.close()
            upstream.close()

    async def _answered(self, request: Message, upstream: Upstream) -> Message | None:
        """The answer to one request; None ends the connection."""
        match self.faults.draw(request):
            case StorageFault.MESSAGE_LOST:
                return stored_message()
            case StorageFault.MESSAGE_DOUBLED:
                await upstream.exchange(request)
            case StorageFault.MESSAGE_LATE:
                self._start(self._delayed(request))
                return stored_message()
            case StorageFault.CONFLICT:
                chosen = self.faults.random.choice(conditions(request))
                return await upstream.exchange(with_stale_condition(request, chosen))
            case StorageFault.ERROR_BEFORE:
                return self._error()
            case StorageFault.ERROR_AFTER:
                await upstream.exchange(request)
                return self._error()
            case StorageFault.CUT_BEFORE:
                return None
            case StorageFault.CUT_AFTER:
                await upstream.exchange(request)
                return None
            case StorageFault.TIME_OUT:
                await self._time_out(request, upstream)
                return None
            case StorageFault.SLOW:
                await self._pause(SLOW_SECONDS)
        return await upstream.exchange(request)

    async def _time_out(self, request: Message, upstream: Upstream) -> None:
        if self.faults.random.random() < 0.5:
            await upstream.exchange(request)
        await self._pause(TIME_OUT_SECONDS)

    async def _delayed(self, request: Message) -> None:
        await self._pause(LATE_SECONDS)
        upstream = Upstream(self.port)
        await upstream.exchange(request)
        upstream.close()

    async def _pause(self, seconds: tuple[float, float]) -> None:
        await asyncio.sleep(self.faults.random.uniform(*seconds))

    def _error(self) -> Message:
        status, code = self.faults.random.choice(ERRORS)
        return error(status, code, of_table=self.of_tables)
