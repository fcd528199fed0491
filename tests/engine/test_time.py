"""An app that was off, queues that somebody emptied, rows of another way to digest: what is lost, is found again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.work import Work
from shared.orchestration.ports import Closing
from shared.provisioning.attribute_flow import DIGEST_VERSION
from shared.provisioning.link import Link
from tests.engine.local_engine import CYCLE, START, LocalEngine
from tests.engine.small_world import Document, id_of, mail_of, people, person, small_world

LIFE: list[Document] = [
    {"op": "createUser", "user": person("newcomer")},
    {"op": "deleteUser", "id": id_of("person0")},
    {"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}},
    {"op": "updateUser", "id": id_of("person2"), "set": {"accountEnabled": False}},
]
QUEUES = ("import", "provisioning")


async def lengths(local: LocalEngine) -> list[int]:
    return [await local.queues.queue(name).length() for name in QUEUES]


async def begun(steps: int) -> LocalEngine:
    """So many steps into a cycle that finds all kinds of work."""
    local = LocalEngine(small_world(people(6)))
    await local.begin()
    local.change(*LIFE)
    while not (await local.state()).running:
        await local.step()
    for _ in range(steps):
        await local.step()
    return local


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_an_app_that_is_off_for_eight_days_in_the_middle_of_a_cycle_catches_up(steps: int) -> None:
    local = await begun(steps)
    assert sum(await lengths(local)) > 0

    local.clock.time += timedelta(days=8)
    assert [await local.queues.queue(name).receive() for name in QUEUES] == [[], []], "a message lives for seven days"
    local.change({"op": "createUser", "user": person("late")})
    await local.run_for(2 * CYCLE)

    last_full = (await local.state()).last_full
    assert last_full is not None
    assert last_full > START + timedelta(days=8), "nobody believes a delta after so long"
    local.assert_agreement()
    assert len(local.deleted_users()) == 1


@pytest.mark.parametrize("steps", range(0, 10, 2))
async def test_queues_that_are_emptied_by_hand_in_the_middle_of_a_cycle_cost_time_only(steps: int) -> None:
    local = await begun(steps)
    number = (await local.state()).cycle

    for name in QUEUES:
        await local.queues.queue(name).clear()
    while (await local.state()).running:  # the tick sees that the cycle stands still
        await local.step()
    await local.run_for(CYCLE / 2)

    assert (await local.state()).cycle == number, "the same cycle has gone on"
    local.assert_agreement()


async def test_links_of_another_digest_version_are_compared_with_the_target_and_written_only_where_it_differs() -> None:
    local = LocalEngine(small_world(people(4)))
    await local.begin()
    for number in range(4):
        await relink(local, id_of(f"person{number}"), digest="0:of-another-version")
    writes = local.writes()

    local.change({"op": "resyncDelta"}, {"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})
    await local.run_cycle()

    assert local.users()[mail_of("person1")]["city"] == "Gera"
    assert local.writes() == writes + 1
    links = [(await local.rows(id_of(f"person{number}"))).link for number in range(4)]
    assert [link.digest.partition(":")[0] for link in links if link] == [DIGEST_VERSION] * 4


async def relink(local: LocalEngine, source_id: str, **changes: object) -> None:
    state, rows = await local.state(), await local.rows(source_id)
    assert rows.link is not None
    link: Link = replace(rows.link, changed=local.clock.now() - timedelta(days=1), etag="", **changes)  # type: ignore[arg-type]
    expires = local.clock.now() + timedelta(minutes=1)
    (won,) = await local.engine.entries.lease(state, [Work(source_id=source_id, owner="test", expires=expires)])
    await local.engine.entries.close(state, [Closing(pending=None, work=won, link=link)])
