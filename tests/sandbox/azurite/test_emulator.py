"""Does Azurite come up on ports of its own, keep what it is told to keep, and go away for certain?"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from sandbox.azurite import Azurite
from sandbox.azurite.emulator import AzuriteError

ROOT = Path(__file__).parents[3]

# Starts Azurite, says its process id, and is killed before it can stop it.
ABANDON = """
import asyncio, os, signal
from sandbox.azurite import Azurite
async def main():
    async with Azurite() as storage:
        print(storage.process_id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_two_run_side_by_side_and_share_nothing(azurite: Azurite) -> None:
    async with Azurite() as other:
        async with _queues(azurite) as queues:
            await queues.create_queue("side-by-side")

        async with _queues(other) as queues:
            with pytest.raises(ResourceNotFoundError):
                await queues.get_queue_client("side-by-side").get_queue_properties()


async def test_queue_and_table_requests_are_transactions_and_polling_is_not() -> None:
    async with Azurite() as storage, _queues(storage) as queues:
        async with TableServiceClient.from_connection_string(storage.connection_string) as tables:
            await tables.create_table("people")
        queue = await queues.create_queue("work")
        await queue.send_message("one")
        received = await queue.receive_message()
        assert received is not None
        await queue.delete_message(received)

        while storage.transactions() < 4:  # noqa: ASYNC110 - Azurite answers first and logs then
            await asyncio.sleep(0.01)
        assert storage.transactions() == 4


async def test_a_directory_keeps_what_was_stored(tmp_path: Path) -> None:
    async with Azurite(tmp_path) as storage, _queues(storage) as queues:
        await queues.create_queue("kept")

    async with Azurite(tmp_path) as storage, _queues(storage) as queues:
        names = [queue.name async for queue in queues.list_queues()]

    assert names == ["kept"]


async def test_requests_are_logged_in_the_file_that_the_caller_names(tmp_path: Path) -> None:
    log = tmp_path / "requests.log"

    async with Azurite(access_log=log) as storage, _queues(storage) as queues:
        await queues.create_queue("logged")

    assert "PUT /devstoreaccount1/logged" in log.read_text()


async def test_accounts_of_one_emulator_share_nothing(tmp_path: Path) -> None:
    log = tmp_path / "first.log"

    async with Azurite(accounts=["first", "second"]) as storage:
        first, second = storage.account("first"), storage.account("second")
        async with QueueServiceClient.from_connection_string(first.connection_string) as queues:
            await queues.create_queue("alone")
        async with QueueServiceClient.from_connection_string(second.connection_string) as queues:
            assert [queue.name async for queue in queues.list_queues()] == []

        while storage.transactions() < 2:  # noqa: ASYNC110 - Azurite answers first and logs then
            await asyncio.sleep(0.01)
        assert (first.transactions(), second.transactions()) == (1, 1)
        first.log.copy(log)
        with pytest.raises(AzuriteError, match="no account third"):
            storage.account("third")

    assert log.read_text().count(" /") == log.read_text().count("PUT /first/alone") == 1


async def test_azurite_is_gone_when_the_block_is_left() -> None:
    async with Azurite() as storage:
        process = storage.process_id

    assert _has_ended(process)


def test_azurite_goes_with_a_parent_that_was_killed() -> None:
    killed = subprocess.run([sys.executable, "-c", ABANDON], cwd=ROOT, capture_output=True, text=True, check=False)
    process = int(killed.stdout)

    _wait_until_gone(process)


async def test_a_start_that_fails_says_what_azurite_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()

    with pytest.raises(AzuriteError, match="It printed"):
        async with Azurite(in_the_way):
            pass


def _queues(storage: Azurite) -> QueueServiceClient:
    return QueueServiceClient.from_connection_string(storage.connection_string)


def _wait_until_gone(process: int) -> None:
    """Returns once it has ended; whether anybody collects its status is up to the machine."""
    while not _has_ended(process):
        time.sleep(0.02)


def _has_ended(process: int) -> bool:
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
