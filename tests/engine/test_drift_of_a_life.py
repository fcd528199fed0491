"""Law 1 with drift enforced: whatever the target's administrators do to our people, both sides agree in the end."""

from random import Random

import pytest

from shared.adapters.memory.queue import Mischief
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    DOMAIN,
    SOURCE,
    Document,
    employee,
    guest,
    id_of,
    people,
    person,
    small_world,
)
from tests.engine.test_random_life import Village

ENFORCE: Document = {"default": "enforce", "departures": "enforce"}
STICKY: Document = {"default": "report"}
BOSS = employee("boss")
VALUES: Document = {
    "city": ["Zwickau", None],
    "department": ["Port", None],
    "jobTitle": ["Sailor", None],
    "displayName": ["X"],
    "businessPhones": [[], ["+1"]],
    "showInAddressList": [False],
    "manager": [{"id": BOSS["id"]}, None],
    "accountEnabled": [False, True],
}


class Administrator:
    """Edits, blocks, deletes and restores people of ours; in a sticky town nobody is deleted, or enabled again."""

    def __init__(self, random: Random, local: LocalEngine, *, sticky: bool) -> None:
        self._random = random
        self._local = local
        self._sticky = sticky
        self.blocked: set[str] = set()
        """Who was enabled, and was blocked."""

    def acts(self) -> None:
        ours = [user for mail, user in self._local.users().items() if mail.endswith(f"@{DOMAIN}")]
        for user in self._random.sample(ours, min(len(ours), self._random.randint(0, 3))):
            if not self._sticky and self._random.random() < 0.25:
                self._local.change_target({"op": "deleteUser", "id": user["id"]})
            else:
                self._edit(user)

    def _edit(self, user: Document) -> None:
        name = self._random.choice([*VALUES, "accountEnabled"])
        value = False if name == "accountEnabled" and self._sticky else self._random.choice(VALUES[name])
        if name == "accountEnabled" and value is False and user["accountEnabled"]:
            self.blocked.add(user["id"])
        self._local.change_target({"op": "updateUser", "id": user["id"], "set": {name: value}})


async def village(drift: Document, seed: int, profile: str, *, cycles: int = 4) -> tuple[LocalEngine, Administrator]:
    """A life on both sides; where drift is enforced processes die, too."""
    random = Random(seed)
    target = {"users": (BOSS, guest("stranger", "stranger@elsewhere.example"))}
    source = [*people(10), person("person10", manager={"id": id_of("person1")})]
    mischief = Mischief(seed=seed, duplicated=0.2, lost=0.2, reordered=0.5)
    local = LocalEngine(small_world(source, target=target, drift=drift), mischief=mischief, seed=seed)
    await local.begin()
    life, administrator = Village(random, 10), Administrator(random, local, sticky=drift is STICKY)
    for _ in range(cycles):
        local.simulation.set_faults(profile)
        local.change(*(life.event() for _ in range(random.randint(0, 4))))
        administrator.acts()
        if drift is ENFORCE:
            local.work_by(Doom(random.randint(1, 80)))
        await local.run_for(CYCLE * random.random())
        administrator.acts()
        await local.run_cycle()
        local.judge()  # so that it knows who was there
    local.simulation.set_faults("none")
    local.work_by(CALM)
    return local, administrator


async def enforced(seed: int, profile: str) -> None:
    """Raise AssertionError if the target is not the mapped source after such a life, or does not come to rest."""
    local, _ = await village(ENFORCE, seed, profile)

    for _ in range(3):
        await local.run_cycle()
    writes = local.writes()
    await local.run_cycle()

    assert local.writes() == writes
    judgement = local.judge()
    assert not judgement.disagreements, "\n".join(map(str, judgement.disagreements))


async def sticky(seed: int) -> int:
    """Return how many the target has blocked in such a life. Raise AssertionError if one of them was enabled."""
    local, administrator = await village(STICKY, seed, "none", cycles=8)

    for enabled in (False, True):
        ids = [user["id"] for user in local.simulation.dump(SOURCE)["users"]]
        local.change(*({"op": "updateUser", "id": each, "set": {"accountEnabled": enabled}} for each in ids))
        await local.run_cycle()

    there = {user["id"]: user for user in (*local.users().values(), *local.deleted_users().values())}
    assert {each for each in administrator.blocked if there[each]["accountEnabled"]} == set()
    return len(administrator.blocked)


@pytest.mark.parametrize("profile", ["none", "flaky"])
@pytest.mark.parametrize("seed", range(4))
async def test_with_drift_enforced_the_target_is_the_mapped_source_whatever_its_administrators_did(
    seed: int, profile: str
) -> None:
    await enforced(seed, profile)


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_whom_the_target_has_blocked_is_ever_enabled_whatever_the_source_does(seed: int) -> None:
    assert await sticky(seed)
