"""Whatever groups hold and whatever holds them: in the end just those are there whom an assigned group leads to."""

from random import Random

import pytest

from shared.adapters.memory.queue import Mischief
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, assignment, group, id_of, people, person, small_world

GROUPS = tuple(f"group{number}" for number in range(7))
PEOPLE = 9
CYCLES = 12

# Somebody is always seen in an assigned group: without that, no absence from groups is proven.
ANCHORED = group("anchored", "anchor")


class Company:
    """Who is in which group, which group is in which, and what is assigned."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._members = set[tuple[str, str]]()
        self._assigned = set[str]()

    def event(self) -> Document:
        return self._random.choice((self._person, self._person, self._nesting, self._nesting, self._assignment))()

    def _person(self) -> Document:
        return self._toggled(self._random.choice(GROUPS), f"person{self._random.randrange(PEOPLE)}")

    def _nesting(self) -> Document:
        inner = self._random.choice(GROUPS)
        outer = self._random.choice([each for each in (*GROUPS, "anchored") if each != inner])
        return self._toggled(outer, inner)

    def _toggled(self, outer: str, member: str) -> Document:
        is_there = (outer, member) in self._members
        self._members ^= {(outer, member)}
        operation = "removeMember" if is_there else "addMember"
        return {"op": operation, "groupId": id_of(outer), "memberId": id_of(member)}

    def _assignment(self) -> Document:
        name = self._random.choice((*GROUPS, f"person{self._random.randrange(PEOPLE)}"))
        operation = "unassign" if name in self._assigned else "assign"
        self._assigned ^= {name}
        return {"op": operation, "principalId": id_of(name)}


def begun_world(mischief: Mischief) -> LocalEngine:
    parts = {
        "groups": (*map(group, GROUPS), ANCHORED),
        "app_role_assignments": (assignment("anchored", "Group"),),
    }
    everybody = [*people(PEOPLE), person("anchor")]
    scope = {"kind": "assigned", "nestedGroups": True}
    return LocalEngine(small_world(everybody, source=parts, scope=scope), mischief=mischief)


@pytest.mark.parametrize("seed", range(4))
async def test_source_and_target_agree_after_each_cycle(seed: int) -> None:
    random = Random(seed)
    local, company = begun_world(Mischief()), Company(random)
    local.change(*(company.event() for _ in range(20)))
    await local.begin()

    for _ in range(CYCLES):
        local.change(*(company.event() for _ in range(random.randrange(1, 5))))
        await local.run_cycle()
        local.assert_agreement()


@pytest.mark.parametrize("profile", ["flaky", "throttled"])
@pytest.mark.parametrize("seed", range(2))
async def test_after_any_life_a_quiet_cycle_agrees_and_the_next_writes_nothing(seed: int, profile: str) -> None:
    random = Random(seed)
    local, company = begun_world(Mischief(seed=seed, duplicated=0.2, lost=0.2, reordered=0.5)), Company(random)
    await local.begin()

    for _ in range(5):
        local.simulation.set_faults(profile)
        local.change(*(company.event() for _ in range(random.randrange(1, 9))))
        local.work_by(Doom(random.randint(1, 80)))
        await local.run_cycle()
        local.judge()
    local.simulation.set_faults("none")
    local.work_by(CALM)
    await local.run_cycle()

    local.assert_agreement()
    writes = local.writes()
    await local.run_cycle()
    assert local.writes() == writes
