"""Is what is written of an agreed world what cycles would have written, and nothing is left to do?"""

import gc
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from sandbox.runner.large_storage import LargeStorage
from sandbox.scenarios.scenario import Plan
from sandbox.seeding import AgreedWorld, DatabaseSink, RowsSink, seed_rows, seed_standing
from sandbox.storage.database import Database
from sandbox.tenants import Simulation
from sandbox.tenants.control import dump
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.claims import OWNER
from shared.adapters.tables.claims import SHARDS as CLAIM_SHARDS
from shared.adapters.tables.entry_keys import partition_key
from shared.adapters.tables.rows import Row
from shared.cycles.attention import Attention
from shared.cycles.cycle import Cycle
from shared.cycles.reset_scope import ResetScope
from shared.cycles.state import ConfigurationState
from shared.orchestration.apply_configuration import SHARDS
from shared.orchestration.restart_job import restart_job
from shared.provisioning.link import Link
from tests.engine.local_engine import OPTIONS, START, LocalEngine

PEOPLE = 450
"""More than two pages of users, so that what is remembered of the last page counts."""

PAST_RETENTION = ("log:", "counters:")
"""Of the cycle that made everybody: it was long ago."""

CONFIGURATION = "lindenhof-to-marisol"


def agreed(people: int = PEOPLE) -> AgreedWorld:
    return AgreedWorld(plan=Plan(users=people))


async def seeded_engine() -> LocalEngine:
    world = agreed()
    engine = LocalEngine(world.scenario())
    await seed_rows(world, RowsSink(engine.tables.rows))
    async with httpx.AsyncClient(transport=engine.tenants(), base_url=OPTIONS.endpoint) as graph:
        await seed_standing(world, engine.engine, graph)
    return engine


async def cycled_engine() -> LocalEngine:
    engine = LocalEngine(agreed().scenario(provisioned=False))
    await engine.start()
    await engine.run_cycle()
    await engine.run_cycle()
    return engine


async def links_of(engine: LocalEngine) -> dict[str, Link]:
    shards = range(SHARDS)
    return {
        link.source_id: link for shard in shards async for link in engine.engine.entries.links(CONFIGURATION, shard)
    }


async def entry_keys(engine: LocalEngine) -> set[str]:
    rows = engine.tables.rows("entries")
    keys = {row.key for shard in range(SHARDS) async for row in rows.scan(partition_key(CONFIGURATION, shard))}
    return {key for key in keys if not key.startswith(PAST_RETENTION)}


async def claims_of(engine: LocalEngine, persons: dict[str, str]) -> set[tuple[str, str]]:
    """Kind and subject of each claim, an object named by its person, with its owner."""
    rows = engine.tables.rows("claims")
    partitions = [f"{engine.target_id}:{shard:02}" for shard in range(CLAIM_SHARDS)]
    found = [row for partition in partitions async for row in rows.scan(partition)]
    return {(_subject(row, persons), OWNER.value(row).source_id) for row in found}


def _subject(row: Row, persons: dict[str, str]) -> str:
    kind, _, subject = row.key.partition(":")
    return f"{kind}:{persons.get(subject, subject)}"


def objects_of(engine: LocalEngine, tenant_id: str, persons: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The users by mail, objects named by their persons; a value that is null is none."""
    users = dump(engine.simulation.tenant(tenant_id))["users"]
    return {user["mail"]: _comparable(user, persons) for user in users}


def _comparable(user: dict[str, Any], persons: dict[str, str]) -> dict[str, Any]:
    values = {name: value for name, value in user.items() if value is not None and name != "createdDateTime"}
    values["id"] = persons.get(user["id"], "")
    if "manager" in values:
        values["manager"] = persons.get(values["manager"]["id"], values["manager"]["id"])
    return values


def timeless(state: ConfigurationState) -> ConfigurationState:
    """The state as of any time, and after any number of cycles: the first may be over before all are created."""
    attention = state.attention
    assert state.cycle == state.released_cycle == state.last_completed == attention.worked_in
    assert attention.surveyed == attention.stirred
    idle = Attention(idle=attention.idle)
    state = replace(state, cycle=0, released_cycle=0, last_completed=0, attention=idle, purged="")
    return replace(
        state, completed_at=START, next_due=None, last_full=START, steady_since=START, oldest_cycle=0, etag=""
    )


def of_any_time(cycle: Cycle) -> Cycle:
    assert cycle.idle_at >= 0
    return replace(cycle, number=0, idle_at=0, heartbeat=START, started=START, completed=START, etag="")


async def test_in_an_agreed_world_no_cycle_has_anything_to_write() -> None:
    engine = await seeded_engine()

    await engine.run_cycle()
    incremental = await engine.cycle()
    await restart_job(engine.worker, CONFIGURATION, {ResetScope.WATERMARK}, "")
    await engine.run_cycle()
    initial = await engine.cycle()

    assert engine.writes() == 0
    engine.assert_agreement()
    assert (incremental.kind, incremental.imported) == ("incremental", 0)
    assert (initial.kind, initial.imported, initial.in_scope) == ("initial", PEOPLE + 3, PEOPLE)
    assert not any(key.startswith(("pending:", "due:", "work:")) for key in await entry_keys(engine))


async def test_rows_and_objects_are_those_that_cycles_leave() -> None:
    seeded, cycled = await seeded_engine(), await cycled_engine()

    of_seeded, of_cycled = await links_of(seeded), await links_of(cycled)
    persons = [{link.target_id: link.source_id for link in links.values()} for links in (of_seeded, of_cycled)]
    told = [
        {
            id_: replace(link, target_id="", changed=START, manager_target=who.get(link.manager_target, ""), etag="")
            for id_, link in links.items()
        }
        for links, who in zip((of_seeded, of_cycled), persons, strict=True)
    ]
    assert len(of_cycled) == PEOPLE
    assert told[0] == told[1]
    assert await entry_keys(seeded) == await entry_keys(cycled)
    assert await claims_of(seeded, persons[0]) == await claims_of(cycled, persons[1])
    for seeded_id, cycled_id in ((seeded.target_id, cycled.target_id), (seeded.source_id, cycled.source_id)):
        assert objects_of(seeded, seeded_id, persons[0]) == objects_of(cycled, cycled_id, persons[1])


async def test_the_configuration_stands_as_two_cycles_leave_it() -> None:
    seeded, cycled = await seeded_engine(), await cycled_engine()

    assert timeless(await seeded.state()) == timeless(await cycled.state())
    assert of_any_time(await seeded.cycle()) == of_any_time(await cycled.cycle())
    watermarks = [await engine.engine.watermarks.all(CONFIGURATION) for engine in (seeded, cycled)]
    assert [[each.chain for each in found] for found in watermarks] == [["users"], ["users"]]
    documents = [await engine.engine.configurations.document(CONFIGURATION, 1) for engine in (seeded, cycled)]
    assert documents[0] == documents[1]


async def test_a_storage_that_was_filled_before_it_ran_holds_the_same_rows(tmp_path: Path) -> None:
    world, engine = agreed(40), LocalEngine(agreed(40).scenario())
    await seed_rows(world, RowsSink(engine.tables.rows))
    database = Database(tmp_path / "rows.db")
    await seed_rows(world, DatabaseSink(database))
    database.close()

    async with (
        LargeStorage(tmp_path, tmp_path / "rows.db") as storage,
        AzureTables(StorageAccount(connection_string=storage.connection_string)) as tables,
    ):
        for table in ("entries", "claims"):
            for partition in engine.tables.rows(table)._partitions:
                stored = [replace(row, etag="") async for row in tables.rows(table).scan(partition)]
                assert stored == [replace(row, etag="") async for row in engine.tables.rows(table).scan(partition)]


def test_a_person_of_an_agreed_world_costs_at_most_one_and_a_half_kib_in_both_tenants() -> None:
    people = 12_000
    world = agreed(people).scenario().world
    gc.collect()

    tracemalloc.start()
    simulation = Simulation(world)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sum(len(simulation.tenant(tenant.id).people) for tenant in world.tenants) > 2 * people
    assert used / people <= 1.5 * 1024
