"""Processes of the local world: ready before they are used, and never left behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.runner import UnusableInputError
from sandbox.runner.options import REPOSITORY
from sandbox.runner.problems import ChildFailedError, last_lines
from sandbox.runner.processes import Command, Restartable, inherited_environment, running, usable_port


def command_for(tmp_path: Path, *arguments: str) -> Command:
    return Command(name="A process", arguments=arguments, environment={"MARK": "1"}, log=tmp_path / "log")


WEB_SERVER = ("http.server", "0", "--bind", "127.0.0.1")


async def ready() -> bool:
    return True


async def never_ready() -> bool:
    return False


async def test_a_process_runs_while_it_is_needed(tmp_path: Path) -> None:
    async with running(command_for(tmp_path, *WEB_SERVER), ready) as child:
        child.check()
        process = psutil.Process(child.process.pid)

    assert not process.is_running()


async def test_a_process_that_ends_before_it_is_ready_is_named_with_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(ChildFailedError, match=r"(?s)A process ended with status 1.*No module named sandbox\.nowhere"):
        async with running(command_for(tmp_path, "sandbox.nowhere"), never_ready):
            pass


async def test_a_process_that_is_interrupted_while_it_starts_is_ended(tmp_path: Path) -> None:
    async def start() -> None:
        async with running(command_for(tmp_path, *WEB_SERVER), never_ready):
            pass

    earlier = set(psutil.Process().children())
    task = asyncio.create_task(start())
    while not (started := set(psutil.Process().children()) - earlier):  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.01)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not any(child.is_running() for child in started)


async def test_a_process_that_was_killed_is_started_again_and_ended_with_the_rest(tmp_path: Path) -> None:
    others = set(psutil.Process().children())
    async with Restartable(command=command_for(tmp_path, *WEB_SERVER), is_ready=ready) as process:
        before = set(psutil.Process().children()) - others

        await process.kill()
        await process.start()
        process.check()
        after = set(psutil.Process().children()) - others

    assert not before & after
    assert not any(child.is_running() for child in (*before, *after))


def test_the_last_lines_of_a_log_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"

    assert last_lines(log) == "  (no log)"
    log.write_text("")
    assert last_lines(log) == "  (empty)"
    log.write_text("1\n2\n3\n")
    assert last_lines(log, 2) == "  2\n  3"


#: Starts a web server as a child, says its process id, and then waits to be killed.
PARENT = """
import asyncio, sys
from pathlib import Path
from sandbox.runner.processes import Command, running

async def ready():
    return True

async def main():
    server = ["http.server", "0", "--bind", "127.0.0.1"]
    command = Command(name="x", arguments=server, environment={}, log=Path(sys.argv[1]))
    async with running(command, ready) as child:
        print(child.process.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_process_does_not_outlive_a_runner_that_is_killed(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))

        os.kill(parent.pid, signal.SIGKILL)

    while not has_ended(child):
        time.sleep(0.02)


def has_ended(process: psutil.Process) -> bool:
    """Whether anybody collects its status is up to the machine."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_nothing_but_the_necessary_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "x")

    assert set(inherited_environment()) <= {"PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV"}


def test_a_port_in_use_is_refused_with_what_to_do() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()

        with pytest.raises(UnusableInputError, match="Give another --port"):
            usable_port(holder.getsockname()[1])
