"""Law 2: any message may come twice, late, out of order, or never."""

import pytest

from shared.adapters.memory.queue import Mischief
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, id_of, people, person, small_world

KINDS = {
    "duplicated": {"duplicated": 0.6},
    "lost": {"lost": 0.4},
    "reordered": {"reordered": 1.0},
    "all of it": {"duplicated": 0.4, "lost": 0.3, "reordered": 0.7},
}

LIFE: list[Document] = [
    {"op": "createUser", "user": person("newcomer")},
    {"op": "deleteUser", "id": id_of("person0")},
    {"op": "updateUser", "id": id_of("person1"), "set": {"accountEnabled": False}},
    {"op": "updateUser", "id": id_of("person2"), "set": {"city": "Gera", "department": None}},
    {"op": "updateUser", "id": id_of("person3"), "set": {"mail": "moved@lindenhof.example"}},
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
async def test_bad_queues_change_nothing_but_the_time(kind: str, workers: int, seed: int) -> None:
    mischief = Mischief(seed=seed, **KINDS[kind])
    local = LocalEngine(small_world(people(20)), mischief=mischief, workers=workers)

    await local.begin()
    local.change(*LIFE)
    await local.run_cycle()

    local.assert_agreement()
    created = [each for each in await local.index() if each.action is ProvisioningAction.CREATE]
    assert len({each.source.id for each in created}) == len(created) == 21
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 21
    assert await local.counted(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS) == 1
