"""How does a functions host of the local world run? As a process on a port of its own, any number on one storage."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from sandbox.runner.clients import client_at, is_host_ready
from sandbox.runner.clock import Clock
from sandbox.runner.options import Options
from sandbox.runner.processes import Command, Restartable, Starter, usable_port

#: An invented app registration; the simulated tenants do not look at it.
APPLICATION_ID = "5d2f1a8c-7b43-4c1e-9d0a-3f6b8e2c4a17"

POLLING = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionsHost:
    """One of the hosts, which can be killed and started again."""

    client: httpx.AsyncClient
    process: Restartable
    address: str
    clock: Clock
    #: How it is started on a machine with the right time.
    command: Command

    async def start(self, *, ahead: float = 0.0) -> None:
        """Start it again, on a machine whose clock is so many seconds ahead; below zero, behind."""
        self.process.command = self._with_wrong_clock(ahead) if ahead else self.command
        await self.process.start()

    def _with_wrong_clock(self, ahead: float) -> Command:
        arguments = ["sandbox.host.wrong_clock", "--ahead", repr(ahead), *self.command.arguments[1:]]
        # The machine takes a wrong moment for the origin too: it is wrong by as much in engine time.
        arguments += ["--time-origin", repr(self.clock.origin + ahead)]
        return replace(self.command, arguments=arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlace:
    """What is there when a host starts."""

    options: Options
    clock: Clock
    connection_string: str
    tenants_port: int
    logs: Path
    starter: Starter | None = None
    #: Longest real seconds before an idle queue is read again.
    polling: float = POLLING
    #: Every host fires them; otherwise the first one only, as on the platform.
    timers_everywhere: bool = True
    #: Nobody does.
    without_timers: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The app settings of every host, and what it hears of the environment of whoever runs the world."""
        return {
            **receivers_of(os.environ),
            "AzureWebJobsStorage": self.connection_string,
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "WEBSITE_AUTH_ENABLED": "true",
            "TENANTSYNC_GRAPH_ENDPOINT": f"http://127.0.0.1:{self.tenants_port}",
            "TENANTSYNC_CREDENTIAL": "sandbox",
            "TENANTSYNC_APPLICATION_ID": APPLICATION_ID,
            "TENANTSYNC_CLOCK_SCALE": repr(self.clock.scale),
            "TENANTSYNC_CLOCK_ORIGIN": repr(self.clock.origin),
        }


async def start_hosts(stack: AsyncExitStack, place: HostPlace, count: int) -> tuple[FunctionsHost, ...]:
    """So many hosts, side by side; the first one on the port that the options want. They end with the stack."""
    hosts = [await _host(stack, place, number) for number in range(count)]
    try:
        async with asyncio.TaskGroup() as group:
            for host in hosts:
                group.create_task(stack.enter_async_context(host.process))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return tuple(hosts)


async def _host(stack: AsyncExitStack, place: HostPlace, number: int) -> FunctionsHost:
    port = usable_port(place.options.port if number == 0 else 0)
    client = await stack.enter_async_context(client_at(port))
    command = _command(place, port, number)
    return FunctionsHost(
        client=client,
        process=Restartable(command=command, is_ready=lambda: is_host_ready(client)),
        address=f"http://127.0.0.1:{port}",
        clock=place.clock,
        command=command,
    )


def _command(place: HostPlace, port: int, number: int) -> Command:
    options = place.options
    arguments = ["sandbox.host", "--port", str(port), "--role", options.role, "--project", str(options.project)]
    arguments += ["--polling", repr(place.polling)]
    fires = not place.without_timers and (number == 0 or place.timers_everywhere)
    arguments += [] if fires else ["--no-timers"]
    return Command(
        name="The functions host" if number == 0 else f"Functions host {number + 1}",
        arguments=[*arguments, *place.clock.arguments],
        environment=place.environment,
        log=place.logs / ("host.log" if number == 0 else f"host-{number + 1}.log"),
        starter=place.starter,
    )


def receivers_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return who shall receive traces and measures: the one thing in which a run depends on who runs it."""
    return {name: value for name, value in environment.items() if name.startswith("OTEL_")}
