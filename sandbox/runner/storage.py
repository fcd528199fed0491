"""Which storage does a world have, and what stands there before its hosts start?"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx

from sandbox.azurite import Azurite
from sandbox.runner.large_storage import LargeStorage
from sandbox.seeding import AgreedWorld, DatabaseSink, RowsSink, seed_rows, seed_standing
from sandbox.storage.database import Database
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.wiring import open_engine


@contextlib.asynccontextmanager
async def started_storage(
    kind: str, directory: Path, agreed: AgreedWorld | None
) -> AsyncIterator[Azurite | LargeStorage]:
    """Storage of this kind, with the rows of an agreed world in it."""
    if kind == "sqlite":
        async with LargeStorage(directory, None if agreed is None else await _filled(agreed, directory)) as large:
            yield large
        return
    async with Azurite(access_log=directory / "azurite.log") as azurite:
        if agreed is not None:
            async with AzureTables(StorageAccount(connection_string=azurite.connection_string)) as tables:
                await seed_rows(agreed, RowsSink(tables.rows))
        yield azurite


async def seed_running(agreed: AgreedWorld, environment: Mapping[str, str], tenants: httpx.AsyncClient) -> None:
    """Write how the configuration stands, with the engine that the hosts are going to have."""
    async with open_engine(environment) as engine:
        await seed_standing(agreed, engine, tenants)


async def _filled(agreed: AgreedWorld, directory: Path) -> Path:
    path = directory / "rows.db"
    database = Database(path)
    await seed_rows(agreed, DatabaseSink(database))
    database.close()
    return path
