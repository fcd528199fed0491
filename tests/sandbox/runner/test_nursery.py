"""Hosts from a nursery are processes like any other: of their own, killed one by one, told of when they end."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.azurite import Azurite
from sandbox.runner.clients import client_at
from sandbox.runner.nursery import KILLED, Nursery, open_nursery
from sandbox.runner.processes import Command, free_port, running

TOY = Path(__file__).parents[1] / "host" / "toy"


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    async with open_nursery(TOY, tmp_path / "nursery.log") as nursery:
        yield nursery


def command_of(nursery: Nursery, azurite: Azurite, tmp_path: Path, *arguments: str) -> Command:
    settings = {"AzureWebJobsStorage": azurite.connection_string, "PREFIX": "nursery", "SCHEDULE": "0 0 0 1 1 *"}
    return Command(
        name="A host",
        arguments=["sandbox.host", "--project", str(TOY), *arguments],
        environment=settings,
        log=tmp_path / "host.log",
        starter=nursery,
    )


async def test_a_host_that_was_killed_comes_back_as_another_process(
    nursery: Nursery, azurite: Azurite, tmp_path: Path
) -> None:
    port = free_port()
    command = command_of(nursery, azurite, tmp_path, "--port", str(port))
    ids = set()
    async with client_at(port) as http:

        async def answers() -> bool:
            try:
                return (await http.get("/nowhere")).status_code == 404
            except httpx.TransportError:
                return False

        for _ in range(2):
            async with running(command, answers) as child:
                os.kill(child.process.pid, signal.SIGKILL)
                assert await child.process.wait() == KILLED
                ids.add(child.process.pid)

    assert len(ids) == 2
    assert (tmp_path / "host.log").read_text().count("Listening on") == 2


async def test_a_host_that_cannot_start_is_told_of_with_its_status(
    nursery: Nursery, azurite: Azurite, tmp_path: Path
) -> None:
    process = await nursery.start(command_of(nursery, azurite, tmp_path, "--port", "none"))

    assert await process.wait() == 2
    assert "invalid int value: 'none'" in (tmp_path / "host.log").read_text()
