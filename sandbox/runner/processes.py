"""How does a process of the local world start, prove that it is ready, and end with the runner?"""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any, Protocol, Self

import psutil

from sandbox.runner.options import REPOSITORY
from sandbox.runner.problems import ChildFailedError, UnusableInputError

#: Nothing else of the runner's environment reaches the processes: a run does not depend on who runs it.
INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")

SECONDS_TO_START = 120.0
#: The functions host lets invocations that are running end: ten seconds are its own limit.
SECONDS_TO_END = 12.0

#: Below those of outgoing connections: https://www.rfc-editor.org/rfc/rfc6335#section-6, on Linux from 32768.
PORTS = (20_000, 32_000)
#: Not the seeded one: two runs side by side must not draw the same ports.
_CHANCE = SystemRandom()

_PR_SET_PDEATHSIG = 1


class Process(Protocol):
    """A process that was started for the runner."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...


class Starter(Protocol):
    """Starts processes in another way than from nothing."""

    async def start(self, command: "Command") -> Process: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A Python module to run as a process."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    starter: Starter | None = None
    seconds_to_start: float = SECONDS_TO_START


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    name: str
    process: Process
    log: Path

    def check(self) -> None:
        """Raise if the process has ended by itself."""
        if self.process.returncode is not None:
            raise ChildFailedError(self.name, self.process.returncode, self.log)

    def peak_memory_mib(self) -> int:
        """The most memory the process has had; where the system does not keep that, what it has now."""
        status = Path(f"/proc/{self.process.pid}/status")
        try:
            if status.exists():
                line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
                return int(line.split()[1]) // 1024
            return int(psutil.Process(self.process.pid).memory_info().rss // 2**20)
        except (OSError, StopIteration, psutil.Error):
            return 0


@contextlib.asynccontextmanager
async def running(command: Command, is_ready: Callable[[], Awaitable[bool]]) -> AsyncIterator[Child]:
    """The process while it is needed: ready when entered, ended with its whole group when left."""
    process = await (_spawned(command) if command.starter is None else command.starter.start(command))
    child = Child(name=command.name, process=process, log=command.log)
    try:
        await _wait_until_ready(child, is_ready, command.seconds_to_start)
        yield child
    finally:
        await _end(process)


async def _spawned(command: Command) -> Process:
    with command.log.open("ab") as log:
        return await spawn(command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)


async def spawn(command: Command, **streams: Any) -> asyncio.subprocess.Process:  # noqa: ANN401 - as asyncio has them
    """A new Python with the module of the command, in a session of its own; it dies with the runner."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command.arguments,
        cwd=REPOSITORY,
        env={**inherited_environment(), **command.environment},
        start_new_session=True,
        preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
        **streams,
    )


@dataclass(kw_only=True)
class Restartable:
    """A process that can be killed in the middle of everything and started again; entered, it runs."""

    command: Command
    is_ready: Callable[[], Awaitable[bool]]
    _child: Child | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _peak: int = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def start(self) -> None:
        self._child = await self._stack.enter_async_context(running(self.command, self.is_ready))

    async def kill(self) -> None:
        """SIGKILL, as when the machine is lost: nothing is finished, nothing is handed over."""
        if self._child is not None:
            self._peak = self.peak_memory_mib()
            _signal_group(self._child.process.pid, signal.SIGKILL)
            self._child = None
            await self._stack.aclose()

    def check(self) -> None:
        """Raise if the process has ended by itself."""
        if self._child is not None:
            self._child.check()

    def peak_memory_mib(self) -> int:
        """The most memory that any of the processes so far has had."""
        return max(self._peak, self._child.peak_memory_mib() if self._child else 0)


def inherited_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def free_port() -> int:
    """A port that nobody uses, and that the system gives to no outgoing connection while its process starts again."""
    while True:
        port = _CHANCE.randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def usable_port(wanted: int) -> int:
    """The wanted port, or any free one for 0."""
    if wanted == 0:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            message = f"Port {wanted} cannot be used: {error.strerror}. Give another --port; 0 is any free one."
            raise UnusableInputError(message) from error
    return wanted


async def _wait_until_ready(child: Child, is_ready: Callable[[], Awaitable[bool]], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not await is_ready():
                child.check()
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise ChildFailedError(child.name, None, child.log) from None


async def _end(process: Process) -> None:
    """SIGTERM to the group, SIGKILL to what is left; not interrupted by a second interrupt."""
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(process.wait(), SECONDS_TO_END)
    _signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _die_with_parent() -> Callable[[], None]:
    """What a child does before it starts: ask the kernel for its end should the runner be killed outright."""
    library = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask
