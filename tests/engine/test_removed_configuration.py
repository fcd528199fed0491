"""A configuration is removed: it stops at once, its rows go, and nobody in the target is touched."""

from datetime import timedelta

import pytest

from shared.orchestration.apply_configuration import BeingRemoved, apply_configuration
from shared.orchestration.control_job import start_job
from shared.orchestration.job_status import find_job, list_jobs
from shared.orchestration.remove_configuration import remove_configuration
from shared.provisioning.link import LinkOrigin
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, Document, document, id_of, people, person, small_world

OTHER = "second"


def changed() -> list[Document]:
    return [
        {"op": "createUser", "user": person("newcomer")},
        {"op": "deleteUser", "id": id_of("person0")},
        {"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}},
    ]


async def test_it_stops_at_once_and_leaves_everybody_as_they_are() -> None:
    local = LocalEngine(small_world(people(8)))
    await local.begin()
    before, writes = local.users(), local.writes()

    await remove_configuration(local.engine, CONFIGURATION)
    local.change(*changed())
    await local.run_for(timedelta(hours=3))

    assert (local.users(), local.writes()) == (before, writes)
    assert await find_job(local.engine, CONFIGURATION) is None
    assert await list_jobs(local.engine) == []


async def test_its_rows_go_and_the_record_stays() -> None:
    local = LocalEngine(small_world(people(8)))
    await local.begin()
    logged = len(await local.index())

    await remove_configuration(local.engine, CONFIGURATION)
    await remove_configuration(local.engine, CONFIGURATION)
    await local.run_for(timedelta(hours=1))

    shards = [f"{CONFIGURATION}:{shard:02}" for shard in range(8)]
    partitions = {"entries": shards} | {key: [CONFIGURATION] for key in ("cycles", "snapshots", "watermarks")}
    left = [
        (table, await local.tables.rows(table).page(partition, limit=1))
        for table, names in partitions.items()
        for partition in names
    ]
    assert [rows for _, rows in left if rows] == []
    assert await local.engine.configurations.state(CONFIGURATION) is None
    assert await local.engine.configurations.document(CONFIGURATION, 1) is not None
    assert len(await local.index()) == logged


async def test_it_cannot_be_started_or_declared_again_before_it_is_gone_and_can_afterwards() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    before = {user["id"] for user in local.users().values()}
    job = await find_job(local.engine, CONFIGURATION)
    assert job is not None

    await remove_configuration(local.engine, CONFIGURATION)
    await start_job(local.engine, CONFIGURATION)
    with pytest.raises(BeingRemoved):
        await apply_configuration(local.engine, job.configuration)
    await local.run_for(timedelta(hours=1))

    await apply_configuration(local.engine, job.configuration)
    await start_job(local.engine, CONFIGURATION)
    await local.run_cycle()
    assert {user["id"] for user in local.users().values()} == before, "adopted, as the document allows"
    assert [link.origin for shard in range(8) async for link in local.engine.entries.links(CONFIGURATION, shard)] == [
        LinkOrigin.ADOPTED
    ] * 3


async def test_another_configuration_of_the_same_target_may_take_over_its_addresses() -> None:
    both = [document(), document(OTHER, adoption="automatic")]
    local = LocalEngine(small_world(people(4), configurations=both))
    local.documents = both[:1]
    await local.begin()
    before = {user["id"] for user in local.users().values()}

    await remove_configuration(local.engine, CONFIGURATION)
    await local.run_for(timedelta(minutes=30))
    local.documents = both[1:]
    await local.start()
    await local.run_cycle()

    assert {user["id"] for user in local.users().values()} == before
    assert (await local.workload(OTHER)).escrowed == 0


async def test_a_removed_configuration_leaves_the_others_alone() -> None:
    both = [document(), document(OTHER, scope={"kind": "assigned"})]
    local = LocalEngine(small_world(people(4), configurations=both))
    await local.start()
    await local.run_cycle()

    await remove_configuration(local.engine, OTHER)
    local.documents = both[:1]
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})
    await local.run_cycle()

    local.assert_agreement()
