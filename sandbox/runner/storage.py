"""Which storage does a world have, and what stands there before its hosts start?"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

import httpx

from sandbox.azurite import Azurite
from sandbox.runner.large_storage import LargeStorage


class Seed(Protocol):
    """What stands in storage before the first cycle of a run."""

    async def fill(self, path: Path) -> None:
        """Write the rows of the people into the file of a storage that does not run yet."""

    async def send(self, connection_string: str) -> None:
        """Write them into a storage that runs."""

    async def stand(self, environment: Mapping[str, str], tenants: httpx.AsyncClient) -> None:
        """Write how the configuration stands, as a host with these settings would."""


@contextlib.asynccontextmanager
async def started_storage(kind: str, directory: Path, seed: Seed | None) -> AsyncIterator[Azurite | LargeStorage]:
    """Storage of this kind, with the rows of the people in it."""
    if kind == "sqlite":
        path = None if seed is None else directory / "rows.db"
        if seed is not None and path is not None:
            await seed.fill(path)
        async with LargeStorage(directory, path) as large:
            yield large
        return
    async with Azurite(access_log=directory / "azurite.log") as azurite:
        if seed is not None:
            await seed.send(azurite.connection_string)
        yield azurite
