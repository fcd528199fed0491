"""A batch of the machine for the life in the target: every law holds, and each row of the matrix is come to."""

import re
from collections import Counter

import pytest

from tests.machine.life.bugs import LIFE_BUGS
from tests.machine.life.machine import LifeMachine
from tests.machine.life.matrix import Row
from tests.machine.machine import PropertyMachine
from tests.machine.operations import operations_of
from tests.machine.planted_bugs import REPOSITORY, PlantedBug
from tests.machine.planting import changed_functions, planted
from tests.machine.running import LIFE, Kind, run_batch, run_steps, undisturbed

STEPS = 600
SEED = 118

FEW = Kind(machine=LifeMachine, worlds=4, steps=LIFE.steps)


@pytest.mark.timeout(600)
def test_every_law_holds_and_each_row_of_the_deprovisioning_matrix_is_come_to() -> None:
    batches = list(run_steps(STEPS, SEED, LIFE))

    assert [batch.broken for batch in batches if batch.broken] == []
    reached, executed = Counter[str](), Counter[str]()
    for batch in batches:
        reached.update(batch.reached)
        executed.update(batch.executed)
    assert [row for row in Row if not reached[row]] == []
    own = operations_of(LifeMachine) - operations_of(PropertyMachine)
    assert [name for name in sorted(own) if not executed[name]] == []


def test_there_are_at_least_ten_bugs() -> None:
    assert len({each.name for each in LIFE_BUGS}) >= 10


@pytest.mark.parametrize("bug", LIFE_BUGS, ids=lambda bug: bug.name)
def test_what_a_bug_replaces_stands_in_the_engine_exactly_once(bug: PlantedBug) -> None:
    assert (REPOSITORY / bug.file).read_text().count(bug.original) == 1
    assert changed_functions(bug) != []


@pytest.mark.parametrize("bug", LIFE_BUGS, ids=lambda bug: bug.name)
def test_the_machine_finds_a_planted_bug(bug: PlantedBug) -> None:
    with undisturbed(), planted(bug), pytest.raises(AssertionError) as found:
        run_batch(bug.seed, FEW)

    assert re.search(bug.says, str(found.value), re.DOTALL), found.value
