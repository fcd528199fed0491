"""What runs while the host runs? Every function's listener, until it is told to stop or one of them breaks."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from azure.core.exceptions import ResourceExistsError
from azure.data.tables.aio import TableServiceClient

from sandbox.host.bindings import HostedFunction, HttpTrigger, QueueTrigger, TimerTrigger
from sandbox.host.clock import EngineClock
from sandbox.host.http_listener import HttpListener
from sandbox.host.invocation import Invoker
from sandbox.host.persistence import persistently
from sandbox.host.principal import Role
from sandbox.host.project import load
from sandbox.host.queue_listener import QueueListener, QueuePolicy
from sandbox.host.queues import Queues, connection_string
from sandbox.host.settings import HostSettings, read_host_settings
from sandbox.host.timer_listener import TimerListener
from sandbox.host.timer_status import TABLE, TimerStatuses

log = logging.getLogger(__name__)

GRACE_SECONDS = 10
HOST_STORAGE = "AzureWebJobsStorage"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """How the host was started; port 0 is any free one."""

    project: Path
    port: int
    role: Role
    clock: EngineClock
    longest_idle: float
    #: On the platform one host of an app has all its timers.
    timers: bool = True


async def run(options: HostOptions) -> None:
    """Hosts the project until SIGTERM or SIGINT; TimeoutError if an invocation outlasts the time of grace."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    settings = _app_settings()
    host = read_host_settings(options.project)
    functions = load(options.project, settings)
    async with AsyncExitStack() as stack:
        queues = await stack.enter_async_context(Queues(settings, base64_texts=host.queues.base64))
        # Whoever calls tries again by itself.
        tables = TableServiceClient.from_connection_string(connection_string(settings, HOST_STORAGE), retry_total=0)
        await stack.enter_async_context(tables)
        app = _App(options=options, host=host, functions=functions, queues=queues, statuses=await _statuses(tables))
        await app.serve(stopping)


class _Server(uvicorn.Server):
    """A server that leaves the signals to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class _App:
    """The app's functions with all they need."""

    options: HostOptions
    host: HostSettings
    functions: tuple[HostedFunction, ...]
    queues: Queues
    statuses: TimerStatuses

    async def serve(self, stopping: asyncio.Event) -> None:
        invoker = Invoker(self.queues, str(self.options.project))
        server = _Server(self._server_configuration(invoker))
        listening = socket.create_server(("127.0.0.1", self.options.port))
        async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listening]))
            for listener in self._listeners(invoker):
                group.create_task(listener.listen(stopping))
            # Whoever started the host waits for this line: the port may have been chosen here.
            print(f"Listening on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
            await stopping.wait()
            server.should_exit = True
            limit.reschedule(asyncio.get_running_loop().time() + GRACE_SECONDS)

    def _server_configuration(self, invoker: Invoker) -> uvicorn.Config:
        http = [function for function in self.functions if isinstance(function.trigger, HttpTrigger)]
        application = HttpListener(http, prefix=self.host.route_prefix, default_role=self.options.role, invoker=invoker)
        return uvicorn.Config(
            application,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )

    def _listeners(self, invoker: Invoker) -> Iterable[TimerListener | QueueListener]:
        clock = self.options.clock
        policy = QueuePolicy(settings=self.host.queues, clock=clock, longest_idle=self.options.longest_idle)
        for function in self.functions:
            match function.trigger:
                case TimerTrigger() as timer if self.options.timers:
                    yield TimerListener(function, timer, clock=clock, invoker=invoker, statuses=self.statuses)
                case QueueTrigger() as queue:
                    yield QueueListener(function, queue, policy=policy, queues=self.queues, invoker=invoker)


def _app_settings() -> Mapping[str, str]:
    """The environment, as the platform would complete it: App Service Authentication is on."""
    os.environ["WEBSITE_AUTH_ENABLED"] = "true"
    return os.environ


async def _statuses(tables: TableServiceClient) -> TimerStatuses:
    try:
        table = await persistently(lambda: tables.create_table(TABLE))
    except ResourceExistsError:
        table = tables.get_table_client(TABLE)
    return TimerStatuses(table)
