"""Law 2: a process may die after any of its effects; another one goes on, and the result is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, assigned_world, assignment, group, guest, id_of, person, small_world

SUCCESS = ProvisioningStatus.SUCCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happens to Ada while Cleo is provisioned already, and which action it makes."""

    change: Sequence[Document]
    action: ProvisioningAction
    ada_is_there: bool = True
    earlier: Sequence[Document] = ()
    guests: Sequence[Document] = ()


def set_of_ada(**values: object) -> Document:
    return {"op": "updateUser", "id": id_of("ada"), "set": values}


CREATE: Document = {"op": "createUser", "user": person("ada")}
DELETE: Document = {"op": "deleteUser", "id": id_of("ada")}
RESTORE: Document = {"op": "restoreUser", "id": id_of("ada")}

STORIES: Mapping[str, Story] = {
    "create": Story(change=[CREATE], action=ProvisioningAction.CREATE, ada_is_there=False),
    "update": Story(change=[set_of_ada(city="Gera")], action=ProvisioningAction.UPDATE),
    "disable": Story(change=[set_of_ada(accountEnabled=False)], action=ProvisioningAction.DISABLE),
    "removal": Story(change=[DELETE], action=ProvisioningAction.DELETE),
    "restore": Story(earlier=[DELETE], change=[RESTORE], action=ProvisioningAction.UPDATE),
    "adoption": Story(change=[CREATE], action=ProvisioningAction.UPDATE, ada_is_there=False, guests=[guest("ada")]),
}


@pytest.mark.parametrize("name", STORIES)
async def test_an_action_happens_once_wherever_the_process_dies(name: str) -> None:
    effects, died = 0, True

    while died:
        local = await told(STORIES[name])
        before = await local.counted(STORIES[name].action, SUCCESS)
        died = await dies_after(local, effects)
        await assert_once(local, STORIES[name].action, effects)
        assert await local.counted(STORIES[name].action, SUCCESS) == before + 1, effects
        effects += 1

    assert effects > 10


async def told(story: Story) -> LocalEngine:
    """The engine before the last cycle of a story."""
    users = [person("cleo"), *([person("ada")] if story.ada_is_there else [])]
    local = LocalEngine(small_world(users, target={"users": tuple(story.guests)}))
    await local.begin()
    if story.earlier:
        local.change(*story.earlier)
        await local.run_cycle()
        local.assert_agreement()
    local.change(*story.change)
    return local


async def dies_after(local: LocalEngine, effects: int) -> bool:
    """Run a cycle by a process that dies after so many effects; True if it did."""
    doom = Doom(effects)
    local.work_by(doom)
    await local.run_cycle()
    await local.run_for(timedelta(minutes=15))  # the tick repairs the index
    return doom.dead


async def assert_once(local: LocalEngine, action: ProvisioningAction, effects: int) -> None:
    """Both sides agree, and the log and its index know of the action once."""
    judgement = local.judge()
    assert not judgement.disagreements, (effects, judgement.disagreements)
    records = [each for each in await local.records(id_of("ada")) if each.action is action]
    listed = [each for each in await local.index() if each.source.id == id_of("ada") and each.action is action]
    assert [each.status for each in records] == [SUCCESS], (effects, records)
    assert [each.id for each in listed] == [each.id for each in records], effects


async def test_a_first_cycle_in_assigned_scope_survives_death_after_each_effect() -> None:
    effects, died = 0, True

    while died:
        groups = [group("weavers", "ada")]
        users = [person("ada"), person("cleo"), person("dora")]
        local = LocalEngine(assigned_world(users, groups, assignment("cleo"), assignment("weavers", "Group")))
        await local.start()
        died = await dies_after(local, effects)
        judgement = local.judge()
        assert not judgement.disagreements, (effects, judgement.disagreements)
        assert judgement.closing.equal == 2
        assert await local.counted(ProvisioningAction.CREATE, SUCCESS) == 2, effects
        effects += 1

    assert effects > 10


async def test_a_full_reading_that_finds_a_leaver_survives_death_after_each_effect() -> None:
    effects, died = 0, True

    while died:
        local = LocalEngine(small_world([person("ada"), person("cleo")]))
        await local.begin()
        local.change({"op": "resyncDelta"}, DELETE)
        died = await dies_after(local, effects)
        judgement = local.judge()
        assert not judgement.disagreements, (effects, judgement.disagreements)
        assert await local.counted(ProvisioningAction.DELETE, SUCCESS) == 1, effects
        effects += 1

    assert effects > 10


@pytest.mark.parametrize("seed", range(4))
async def test_processes_that_die_all_the_time_end_in_agreement(seed: int) -> None:
    random = Random(seed)
    local = LocalEngine(small_world([person(f"person{number}") for number in range(12)]))
    await local.start()

    for _ in range(12):
        local.work_by(Doom(random.randint(1, 40)))
        await local.run_for(timedelta(minutes=random.randint(1, 20)))
    local.work_by(CALM)
    await local.run_cycle()

    local.assert_agreement()
    assert await local.counted(ProvisioningAction.CREATE, SUCCESS) == 12
