"""What does a run need around the engine? Storage, the simulated tenants and the functions host, started in order."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx

from sandbox.azurite import Azurite
from sandbox.azurite.emulator import AzuriteError
from sandbox.node import NodeMissingError
from sandbox.runner.clients import TenantsClient, is_host_ready, jobs_path
from sandbox.runner.options import Options
from sandbox.runner.problems import ChildFailedError, GaveUpError, UnusableInputError, last_lines
from sandbox.runner.processes import Command, Restartable, free_port, running, usable_port
from sandbox.scenarios import Scenario

#: An invented app registration; the simulated tenants do not look at it.
APPLICATION_ID = "5d2f1a8c-7b43-4c1e-9d0a-3f6b8e2c4a17"

#: The dump of a tenant of 100,000 people takes its time.
SECONDS_TO_ANSWER = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Engine time: real time, faster."""

    origin: float
    scale: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.origin + (time.time() - self.origin) * self.scale, UTC)

    @property
    def arguments(self) -> list[str]:
        return ["--time-scale", repr(self.scale), "--time-origin", repr(self.origin)]


class Process(Protocol):
    """A process of the local world."""

    def check(self) -> None:
        """Raise if it has ended by itself."""

    def peak_memory_mib(self) -> int: ...


class Storage(Protocol):
    def transactions(self) -> int:
        """Requests to tables and queues so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWorld:
    """Everything that is running, for as long as it is."""

    clock: Clock
    tenants: TenantsClient
    host: httpx.AsyncClient
    host_process: Process
    tenants_process: Process
    storage: Storage
    #: Of the first configuration's jobs, which a browser can show.
    address: str

    def check(self) -> None:
        """Raise if a process has ended by itself."""
        self.host_process.check()
        self.tenants_process.check()


@contextlib.asynccontextmanager
async def local_world(options: Options, scenario: Scenario) -> AsyncIterator[LocalWorld]:
    """The local world of a scenario. Its logs stay behind where it fails."""
    async with _logs() as logs, _started(options, scenario, logs) as world:
        yield world


@contextlib.asynccontextmanager
async def _started(options: Options, scenario: Scenario, logs: Path) -> AsyncIterator[LocalWorld]:
    port = usable_port(options.port)
    clock = Clock(origin=time.time(), scale=options.time_scale)
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(Azurite(access_log=logs / "azurite.log"))
        tenants_port = free_port()
        tenants = TenantsClient(http=await stack.enter_async_context(_client(tenants_port)))
        command = _tenants_command(options, scenario, clock, tenants_port, logs)
        tenants_process = await stack.enter_async_context(running(command, tenants.is_ready))
        host = await stack.enter_async_context(_client(port))
        environment = _host_environment(clock, storage.connection_string, tenants_port)
        command = _host_command(options, clock, port, environment, logs)
        restartable = Restartable(command=command, is_ready=lambda: is_host_ready(host))
        host_process = await stack.enter_async_context(restartable)
        yield LocalWorld(
            clock=clock,
            tenants=tenants,
            host=host,
            host_process=host_process,
            tenants_process=tenants_process,
            storage=storage,
            address=f"http://127.0.0.1:{port}{jobs_path(scenario.configurations[0])}",
        )


@contextlib.asynccontextmanager
async def _logs() -> AsyncIterator[Path]:
    """A directory for the logs, which stays behind, and is named, where the run fails."""
    logs = Path(tempfile.mkdtemp(prefix="tenantsync-"))
    try:
        yield logs
    except ChildFailedError:
        raise
    except (AzuriteError, NodeMissingError) as problem:
        _remove(logs)
        raise GaveUpError(str(problem)) from problem
    except GaveUpError as problem:
        lines = last_lines(logs / "host.log")
        raise GaveUpError(f"{problem}\nThe logs are in {logs}; the host's last lines:\n{lines}") from problem
    except (asyncio.CancelledError, UnusableInputError):
        _remove(logs)
        raise
    _remove(logs)


def _tenants_command(options: Options, scenario: Scenario, clock: Clock, port: int, logs: Path) -> Command:
    world = logs / "world.json"
    scenario.world.dump(world)
    arguments = ["sandbox.tenants", "--port", str(port), "--world", str(world), "--faults", options.faults]
    arguments += ["--latency", str(options.latency), "--quota", options.quota, "--seed", str(options.seed)]
    if options.record:
        arguments += ["--record", str(options.record.resolve())]
    return Command(
        name="The process of the simulated tenants",
        arguments=[*arguments, *clock.arguments],
        environment={},
        log=logs / "tenants.log",
    )


def _host_command(options: Options, clock: Clock, port: int, environment: Mapping[str, str], logs: Path) -> Command:
    arguments = ["sandbox.host", "--port", str(port), "--role", options.role, "--project", str(options.project)]
    return Command(
        name="The functions host",
        arguments=[*arguments, *clock.arguments],
        environment=environment,
        log=logs / "host.log",
    )


def _host_environment(clock: Clock, connection_string: str, tenants_port: int) -> dict[str, str]:
    return {
        "AzureWebJobsStorage": connection_string,
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "WEBSITE_AUTH_ENABLED": "true",
        "TENANTSYNC_GRAPH_ENDPOINT": f"http://127.0.0.1:{tenants_port}",
        "TENANTSYNC_CREDENTIAL": "sandbox",
        "TENANTSYNC_APPLICATION_ID": APPLICATION_ID,
        "TENANTSYNC_CLOCK_SCALE": repr(clock.scale),
        "TENANTSYNC_CLOCK_ORIGIN": repr(clock.origin),
    }


def _client(port: int) -> httpx.AsyncClient:
    # No proxy of the environment stands between loopback and loopback.
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS_TO_ANSWER, trust_env=False)


def _remove(directory: Path) -> None:
    for file in directory.iterdir():
        file.unlink()
    directory.rmdir()
