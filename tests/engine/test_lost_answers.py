"""Law 6: after an answer that never came the engine looks before it repeats."""

import httpx
import pytest

from shared.provisioning.link import LinkOrigin
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.hazards import Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, id_of, mail_of, person, small_world

SUCCESS = ProvisioningStatus.SUCCESS


class LosesFirst(Meddler):
    """Loses the first answers to writes whose method and path begin so; what was asked has happened."""

    def __init__(self, beginning: str, times: int = 1) -> None:
        super().__init__(loses=self._loses)
        self.on = True
        self.left = times
        self._beginning = beginning

    def _loses(self, request: httpx.Request) -> bool:
        if not any(write.startswith(self._beginning) for write in writes_of(request)):
            return False
        self.left -= 1
        return self.left >= 0


DELETE: Document = {"op": "deleteUser", "id": id_of("ada")}
RESTORE: Document = {"op": "restoreUser", "id": id_of("ada")}
UPDATE: Document = {"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}}


async def test_an_invitation_without_an_answer_makes_one_object_and_it_is_ours() -> None:
    lossy = LosesFirst("POST /invitations", 2)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=lossy)

    await local.begin()

    assert lossy.left == 0
    assert len(local.users()) == 2
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.origin is LinkOrigin.CREATED
    assert await local.counted(ProvisioningAction.CREATE, SUCCESS) == 2


async def test_what_an_unanswered_invitation_made_is_deleted_when_the_person_leaves() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=LosesFirst("POST /invitations"))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]

    local.change(DELETE)
    await local.run_cycle()

    local.assert_agreement()
    assert object_id in local.deleted_users()


async def test_a_person_who_leaves_before_the_unanswered_invitation_is_looked_up_leaves_nobody_behind() -> None:
    lossy = LosesFirst("POST /invitations", 1)
    local = LocalEngine(small_world([person("cleo")]), surroundings=lossy)
    await local.begin()
    lossy.left = 1
    local.change({"op": "createUser", "user": person("ada")})
    while lossy.left > 0:
        await local.step()

    local.change(DELETE)
    await local.run_cycle()
    await local.run_cycle()

    assert mail_of("ada") not in local.users()


@pytest.mark.parametrize(
    ("earlier", "change", "beginning", "action", "count"),
    [
        ([], UPDATE, "PATCH /users", ProvisioningAction.UPDATE, 1),
        ([], DELETE, "DELETE /users", ProvisioningAction.DELETE, 1),
        ([DELETE], RESTORE, "POST /directory/deletedItems", ProvisioningAction.UPDATE, 1),
    ],
)
async def test_a_change_without_an_answer_happens_once(
    earlier: list[Document], change: Document, beginning: str, action: ProvisioningAction, count: int
) -> None:
    lossy = LosesFirst(beginning, 0)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=lossy)
    await local.begin()
    for each in earlier:
        local.change(each)
        await local.run_cycle()
        local.assert_agreement()

    lossy.left = 1
    local.change(change)
    await local.run_cycle()

    assert lossy.left <= 0
    local.assert_agreement()
    assert await local.counted(action, SUCCESS) == count


async def test_attributes_whose_answer_is_lost_after_the_invitation_are_one_create() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=LosesFirst("PATCH /users"))

    await local.begin()

    local.assert_agreement()
    assert await local.counted(ProvisioningAction.CREATE, SUCCESS) == 2
    assert len([each for each in await local.records(id_of("ada")) if each.status is SUCCESS]) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_target_that_loses_many_answers_ends_in_agreement(seed: int) -> None:
    local = LocalEngine(small_world([person(f"person{number}") for number in range(12)]), seed=seed)
    switches = {"unavailable_after": 0.2, "cut_after": 0.1, "conflicts": 0.1, "lag_seconds": 8.0}
    local.simulation.set_faults("none", tenant_id=local.target_id, switches=switches)

    await local.begin()

    assert len(local.users()) == 12
    assert await local.counted(ProvisioningAction.CREATE, SUCCESS) == 12
