"""Law 1 and 2 together: whatever happens to people, queues, processes and Graph, both sides agree in the end."""

from random import Random

import pytest

from shared.adapters.memory.queue import Mischief
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import SOURCE, Document, employee, guest, id_of, mail_of, people, person, small_world

CITIES = ("Gera", "Jena", None)


class Village:
    """Who is there and who is gone, so that only what can happen happens."""

    def __init__(self, random: Random, count: int) -> None:
        self._random = random
        self._here = [f"person{number}" for number in range(count)]
        self._gone: list[str] = []
        self._born = 0

    def event(self) -> Document:
        events = [self._moves, self._moves, self._marries, self._joins, self._is_disabled]
        events += [self._leaves] if len(self._here) > 6 else []
        events += [self._returns] if self._gone else []
        return self._random.choice(events)()

    def _somebody(self) -> str:
        return id_of(self._random.choice(self._here))

    def _moves(self) -> Document:
        return {"op": "updateUser", "id": self._somebody(), "set": {"city": self._random.choice(CITIES)}}

    def _marries(self) -> Document:
        name = f"married{self._random.randrange(10**9)}"
        return {"op": "updateUser", "id": self._somebody(), "set": {"mail": mail_of(name), "surname": name}}

    def _is_disabled(self) -> Document:
        enabled = self._random.random() < 0.5
        return {"op": "updateUser", "id": self._somebody(), "set": {"accountEnabled": enabled}}

    def _joins(self) -> Document:
        self._born += 1
        self._here.append(f"newcomer{self._born}")
        return {"op": "createUser", "user": person(self._here[-1])}

    def _leaves(self) -> Document:
        name = self._here.pop(self._random.randrange(len(self._here)))
        self._gone.append(name)
        return {"op": "deleteUser", "id": id_of(name)}

    def _returns(self) -> Document:
        name = self._gone.pop()
        self._here.append(name)
        return {"op": "restoreUser", "id": id_of(name)}


@pytest.mark.parametrize("profile", ["none", "flaky", "throttled"])
@pytest.mark.parametrize("seed", range(3))
async def test_after_any_life_a_quiet_cycle_agrees_and_the_next_writes_nothing(seed: int, profile: str) -> None:
    random = Random(seed)
    strangers = (employee("boss"), guest("stranger", "stranger@elsewhere.example"))
    mischief = Mischief(seed=seed, duplicated=0.2, lost=0.2, reordered=0.5)
    local = LocalEngine(small_world(people(12), target={"users": strangers}), mischief=mischief, seed=seed)
    await local.begin()
    village = Village(random, 12)

    for _ in range(4):
        local.simulation.set_faults(profile)
        local.change(*(village.event() for _ in range(random.randint(0, 5))))
        local.work_by(Doom(random.randint(1, 80)))
        await local.run_cycle()
        local.judge()
    local.simulation.set_faults("none")
    local.work_by(CALM)
    await local.run_cycle()

    judgement = local.judge()
    assert not judgement.disagreements, "\n".join(map(str, judgement.disagreements))
    writes = local.writes()
    await local.run_cycle()
    assert local.writes() == writes
    assert local.simulation.statistics()[SOURCE]["writes"] == 0
