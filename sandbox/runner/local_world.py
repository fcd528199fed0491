"""What does a run need around the engine? Storage, the simulated tenants and the functions host, started in order."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import httpx

from sandbox.azurite import Azurite
from sandbox.azurite.emulator import Account, AzuriteError
from sandbox.node import NodeMissingError
from sandbox.runner.clients import TenantsClient, client_at, jobs_path
from sandbox.runner.clock import Clock
from sandbox.runner.functions_host import POLLING, FunctionsHost, HostPlace, start_hosts
from sandbox.runner.large_storage import LargeStorage
from sandbox.runner.options import Options
from sandbox.runner.problems import ChildFailedError, GaveUpError, UnusableInputError, last_lines
from sandbox.runner.processes import SECONDS_TO_START, Command, Starter, free_port, running
from sandbox.runner.storage import Seed, started_storage
from sandbox.scenarios import Scenario

#: Where other processes want the processor as well.
PEOPLE_READ_IN_A_SECOND = 2_000


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
    """Everything that is running, for as long as it is; host and host_process belong to the first host."""

    clock: Clock
    tenants: TenantsClient
    host: httpx.AsyncClient
    host_process: Process
    tenants_process: Process
    storage: Storage
    #: Of the first configuration's jobs, which a browser can show.
    address: str
    hosts: tuple[FunctionsHost, ...] = ()
    #: The app settings of each host.
    environment: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raise if a process has ended by itself."""
        self.tenants_process.check()
        self.host_process.check()
        for host in self.hosts:
            host.process.check()


@contextlib.asynccontextmanager
async def nothing_between(connection_string: str) -> AsyncIterator[str]:
    """The hosts reach storage itself."""
    yield connection_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a world may have that the options of a run do not offer."""

    #: So many hosts work on one storage.
    hosts: int = 1
    #: Turns the connection string of storage into the one that the hosts get.
    between: Callable[[str], AbstractAsyncContextManager[str]] = nothing_between
    #: Storage that runs already, and of which nobody else uses this account.
    storage: Account | None = None
    #: Processes are forked from one that has imported everything: for worlds in which many of them start.
    starter: Starter | None = None
    #: Longest real seconds before an idle queue is read again.
    polling: float = POLLING
    #: Every host fires timers, not the first one only.
    timers_everywhere: bool = True
    #: Whoever runs the world has cycles begin.
    without_timers: bool = False
    #: What stands in storage before the first cycle.
    seed: Seed | None = None


@contextlib.asynccontextmanager
async def local_world(options: Options, scenario: Scenario, seed: Seed | None = None) -> AsyncIterator[LocalWorld]:
    """The local world of a scenario. Its logs stay behind where it fails."""
    async with (
        _logs() as logs,
        started_world(options, scenario, logs, Surroundings(seed=seed)) as world,
    ):
        yield world


@contextlib.asynccontextmanager
async def started_world(
    options: Options, scenario: Scenario, logs: Path, surroundings: Surroundings
) -> AsyncIterator[LocalWorld]:
    """The same with the logs in a directory of the caller's."""
    clock = Clock(origin=time.time(), scale=options.time_scale)
    async with AsyncExitStack() as stack:
        storage: Account | Azurite | LargeStorage
        if surroundings.storage is None:
            starting = started_storage(options.storage, logs, surroundings.seed)
            storage = await stack.enter_async_context(starting)
        else:
            storage = surroundings.storage
        tenants_port = free_port()
        tenants = TenantsClient(http=await stack.enter_async_context(client_at(tenants_port)))
        command = _tenants_command(options, scenario, clock, tenants_port, logs)
        command = replace(command, starter=surroundings.starter)
        tenants_process = await stack.enter_async_context(running(command, tenants.is_ready))
        place = HostPlace(
            options=options,
            clock=clock,
            connection_string=await stack.enter_async_context(surroundings.between(storage.connection_string)),
            tenants_port=tenants_port,
            logs=logs,
            starter=surroundings.starter,
            polling=surroundings.polling,
            timers_everywhere=surroundings.timers_everywhere,
            without_timers=surroundings.without_timers,
        )
        if surroundings.seed is not None:
            await surroundings.seed.stand(place.environment, tenants.http)
        hosts = await start_hosts(stack, place, surroundings.hosts)
        yield LocalWorld(
            clock=clock,
            tenants=tenants,
            host=hosts[0].client,
            host_process=hosts[0].process,
            tenants_process=tenants_process,
            storage=storage,
            address=hosts[0].address + jobs_path(scenario.configurations[0]),
            hosts=hosts,
            environment=place.environment,
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
        remove_logs(logs)
        raise GaveUpError(str(problem)) from problem
    except GaveUpError as problem:
        lines = last_lines(logs / "host.log")
        raise GaveUpError(f"{problem}\nThe logs are in {logs}; the host's last lines:\n{lines}") from problem
    except (asyncio.CancelledError, UnusableInputError):
        remove_logs(logs)
        raise
    remove_logs(logs)


def _tenants_command(options: Options, scenario: Scenario, clock: Clock, port: int, logs: Path) -> Command:
    world = logs / "world.json"
    scenario.world.dump(world)
    arguments = ["sandbox.tenants", "--port", str(port), "--world", str(world), "--faults", options.faults]
    arguments += ["--latency", str(options.latency), "--quota", options.quota, "--seed", str(options.seed)]
    if options.record:
        arguments += ["--record", str(options.record.resolve())]
    people = sum(len(tenant.users) for tenant in scenario.world.tenants)
    return Command(
        name="The process of the simulated tenants",
        arguments=[*arguments, *clock.arguments],
        environment={},
        log=logs / "tenants.log",
        seconds_to_start=SECONDS_TO_START + people / PEOPLE_READ_IN_A_SECOND,
    )


def remove_logs(directory: Path) -> None:
    """Remove the directory of logs, which holds files only."""
    for file in directory.iterdir():
        file.unlink()
    directory.rmdir()
