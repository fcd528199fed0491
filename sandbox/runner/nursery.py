"""How does the runner get processes from one that has everything imported? It orders them, a line each."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from sandbox.runner.processes import Command, Process, inherited_environment, spawn

KILLED = -9

#: What processes of the local world import, some of it only when it is first needed.
IMPORTED = (
    "sandbox.host.__main__",
    "sandbox.host.wrong_clock",
    "sandbox.tenants.__main__",
    "shared.adapters.graph.connection",
    "shared.web.application",
    "opentelemetry.sdk.metrics.export",
    "opentelemetry.sdk.trace.export",
)


class Offspring:
    """A process that the nursery forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def end(self, status: int) -> None:
        self.returncode = status
        self._ended.set()

    async def wait(self) -> int:
        await self._ended.wait()
        return KILLED if self.returncode is None else self.returncode


class Nursery:
    """Orders, and what is told of them; see ``sandbox.host.nursery``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._orders: asyncio.Queue[asyncio.Future[Process]] = asyncio.Queue()
        self._offspring: dict[int, Offspring] = {}

    async def start(self, command: Command) -> Process:
        """A process as the command wants it."""
        module, *arguments = command.arguments
        order = {
            "module": module,
            "arguments": arguments,
            "environment": {**inherited_environment(), **command.environment},
            "log": str(command.log),
        }
        began: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._orders.put_nowait(began)
        assert self._process.stdin is not None  # noqa: S101 - it was started so
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await began

    async def listen(self) -> None:
        """Take in what the nursery tells; at its end nothing of it lives any more."""
        assert self._process.stdout is not None  # noqa: S101 - it was started so
        async for line in self._process.stdout:
            told = json.loads(line)
            if "began" in told:
                offspring = self._offspring[told["began"]] = Offspring(told["began"])
                self._orders.get_nowait().set_result(offspring)
            else:
                self._offspring.pop(told["ended"]).end(told["status"])
        for offspring in self._offspring.values():
            offspring.end(KILLED)


@contextlib.asynccontextmanager
async def open_nursery(project: Path, log: Path) -> AsyncIterator[Nursery]:
    """A nursery for hosts of this project, and for its tenants; what still runs of them ends with it."""
    arguments = ["sandbox.host.nursery", str(project), *IMPORTED]
    command = Command(name="The nursery", arguments=arguments, environment={}, log=log)
    with log.open("ab") as errors:
        pipe = asyncio.subprocess.PIPE
        process = await spawn(command, stdin=pipe, stdout=pipe, stderr=errors)
    nursery = Nursery(process)
    listening = asyncio.create_task(nursery.listen())
    try:
        yield nursery
    finally:
        process.kill()
        await process.wait()
        await listening
