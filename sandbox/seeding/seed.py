"""How do the rows of an agreed world come into storage?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from sandbox.seeding.agreed import AgreedWorld
from sandbox.seeding.rows import DatabaseSink, RowsSink, seed_rows
from sandbox.seeding.standing import seed_standing
from sandbox.storage.database import Database
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.wiring import open_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedSeed:
    """What cycles would have left in storage; see ``sandbox.runner.storage.Seed``."""

    world: AgreedWorld

    async def fill(self, path: Path) -> None:
        database = Database(path)
        await seed_rows(self.world, DatabaseSink(database))
        database.close()

    async def send(self, connection_string: str) -> None:
        async with AzureTables(StorageAccount(connection_string=connection_string)) as tables:
            await seed_rows(self.world, RowsSink(tables.rows))

    async def stand(self, environment: Mapping[str, str], tenants: httpx.AsyncClient) -> None:
        async with open_engine(environment) as engine:
            await seed_standing(self.world, engine, tenants)
