"""What stands in storage where many people could not be created? An escrow for each, due hours from now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import httpx

from sandbox.scenarios.odd_people import TARGET_HOST
from sandbox.seeding import AgreedWorld, DatabaseSink, seed_standing
from sandbox.seeding.objects import ObjectsOfPeople
from sandbox.seeding.rows import SeededRow
from sandbox.storage.database import Database
from shared.adapters.tables.entry_keys import partition_key, shard_of
from shared.adapters.tables.entry_rows import staged_operations
from shared.adapters.tables.rows import RowValue, Upsert
from shared.configuration.document import parse
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.orchestration.apply_configuration import SHARDS
from shared.provisioning.entry import SourceEntry
from shared.wiring import open_engine

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowSeed:
    """See ``sandbox.runner.storage.Seed``."""

    world: AgreedWorld

    async def fill(self, path: Path) -> None:
        database = Database(path)
        rows = self._rows()
        while part := list(islice(rows, _AT_ONCE)):
            await DatabaseSink(database).take(part)
        database.close()

    async def send(self, connection_string: str) -> None:
        raise NotImplementedError(f"Escrows are seeded in files only, not in {connection_string[:20]}.")

    async def stand(self, environment: Mapping[str, str], tenants: httpx.AsyncClient) -> None:
        async with open_engine(environment) as engine:
            await seed_standing(self.world, engine, tenants)

    def _rows(self) -> Iterator[SeededRow]:
        world = self.world
        people = ObjectsOfPeople(parse(world.document), TARGET_HOST, world.object_id, world.now)
        for entry in people.entries(world.people):
            partition = partition_key(world.document["id"], shard_of(entry.id, SHARDS))
            for key, values in _operations(entry, world.now + timedelta(hours=12)):
                yield "entries", partition, key, values


def _operations(entry: SourceEntry, due: datetime) -> Sequence[tuple[str, Mapping[str, RowValue]]]:
    pending = Pending(
        source_id=entry.id,
        kind=WorkKind.CREATE,
        state=PendingState.ESCROWED,
        due=due,
        cycle=1,
        configuration_version=1,
        source=entry.attributes,
        escrows=1,
        confirm=True,
        reason="InvitationCreationFailure",
    )
    return [(each.key, each.values) for each in staged_operations(pending) if isinstance(each, Upsert)]
