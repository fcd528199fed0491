"""What do tests of several packages share? One Azurite per process of the test run."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sandbox.azurite import Azurite


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def azurite() -> AsyncIterator[Azurite]:
    """A running storage emulator; every worker of pytest-xdist has its own. Names in it are up to the test."""
    async with Azurite() as storage:
        yield storage
