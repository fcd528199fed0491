"""Which rows would the cycles have left of the people: their links and claims? The records are past their retention."""

import base64
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol

import msgspec

from sandbox.scenarios.odd_people import TARGET_HOST
from sandbox.seeding.agreed import AgreedWorld
from sandbox.seeding.objects import ObjectsOfPeople
from sandbox.storage.database import Database
from shared.adapters.tables.claims import OWNER, Owner, claim_keys
from shared.adapters.tables.entry_keys import link_key, partition_key, shard_of
from shared.adapters.tables.entry_rows import LINK
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Rows, RowValue, Upsert
from shared.configuration.document import parse
from shared.cycles.claim import Claim, ClaimKind
from shared.orchestration.apply_configuration import SHARDS
from shared.provisioning.address import normalized_mail
from shared.provisioning.entry import SourceEntry
from shared.provisioning.link import Link, LinkOrigin, LinkState

SeededRow = tuple[str, str, str, Mapping[str, RowValue]]
"""Table, partition, key and values."""

_AT_ONCE = 20_000


class Sink(Protocol):
    """Takes rows that are not there yet."""

    async def take(self, rows: Sequence[SeededRow]) -> None: ...


class RowsSink:
    """Into tables that run, by transactions."""

    def __init__(self, rows: Callable[[str], Rows]) -> None:
        self._rows = rows

    async def take(self, rows: Sequence[SeededRow]) -> None:
        for table, partition in dict.fromkeys((row[0], row[1]) for row in rows):
            upserts = [
                Upsert(key=key, values=values) for name, part, key, values in rows if (name, part) == (table, partition)
            ]
            stored = self._rows(table)
            await in_parallel(stored.commit(partition, batch) for batch in batches(partition, upserts))


class DatabaseSink:
    """Into the file of a storage that does not run yet: a million people take a minute instead of half an hour."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, rows: Sequence[SeededRow]) -> None:
        for table in dict.fromkeys(row[0] for row in rows):
            bodies = ((part, key, _body(part, key, values)) for name, part, key, values in rows if name == table)
            self._database.fill(table, bodies)


async def seed_rows(world: AgreedWorld, sink: Sink) -> None:
    """Write the rows of everybody who is provisioned."""
    async for rows in _in_parts(_rows_of(world)):
        await sink.take(rows)


async def _in_parts(rows: Iterator[SeededRow]) -> AsyncIterator[Sequence[SeededRow]]:
    while part := list(islice(rows, _AT_ONCE)):
        yield part


def _rows_of(world: AgreedWorld) -> Iterator[SeededRow]:
    objects = ObjectsOfPeople(parse(world.document), TARGET_HOST, world.object_id, world.now)
    for entry in objects.entries(world.people):
        link = _link(world, objects, entry)
        partition = partition_key(world.document["id"], shard_of(link.source_id, SHARDS))
        yield "entries", partition, link_key(link.source_id), LINK.columns(link)
        owner = OWNER.columns(Owner(configuration_id=world.document["id"], source_id=link.source_id))
        for claim in _claims(world, link):
            yield "claims", *claim_keys(claim), owner


def _link(world: AgreedWorld, objects: ObjectsOfPeople, entry: SourceEntry) -> Link:
    manager = entry.manager or ""
    return Link(
        source_id=entry.id,
        target_id=world.object_id(entry.id),
        origin=LinkOrigin.CREATED,
        state=LinkState.ACTIVE,
        digest=objects.flow.digest(entry),
        enabled=objects.flow.enables(entry),
        mail=normalized_mail(objects.flow.mail(entry) or ""),
        changed=world.now,
        manager=manager,
        manager_target=world.object_id(manager) if manager else "",
    )


def _claims(world: AgreedWorld, link: Link) -> Iterable[Claim]:
    for kind, subject in ((ClaimKind.MAIL, link.mail), (ClaimKind.TARGET, link.target_id)):
        yield Claim(
            tenant_id=world.target_id,
            kind=kind,
            subject=subject,
            configuration_id=world.document["id"],
            source_id=link.source_id,
        )


def _body(partition: str, key: str, values: Mapping[str, RowValue]) -> bytes:
    """The JSON of an entity without its braces: https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations"""
    properties: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in values.items():
        match value:
            case bool() | float():
                properties[name] = value
            case int():
                properties |= {name: str(value), f"{name}@odata.type": "Edm.Int64"}
            case datetime():
                text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                properties |= {name: text, f"{name}@odata.type": "Edm.DateTime"}
            case bytes():
                properties |= {name: base64.b64encode(value).decode(), f"{name}@odata.type": "Edm.Binary"}
            case _:
                properties[name] = value
    return msgspec.json.encode(properties)[1:-1]
