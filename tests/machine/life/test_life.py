"""A batch of the machine for the life in the target: every law holds, and each row of the matrix is come to."""

from collections import Counter

import pytest

from tests.machine.life.bugs import LIFE_BUGS
from tests.machine.life.machine import LifeMachine
from tests.machine.life.matrix import Row
from tests.machine.operations import operations_of
from tests.machine.planted_bugs import REPOSITORY, PlantedBug
from tests.machine.planting import changed_functions
from tests.machine.running import LIFE, run_steps

STEPS = 500
SEED = 1


@pytest.mark.timeout(600)
def test_every_law_holds_and_each_row_of_the_deprovisioning_matrix_is_come_to() -> None:
    batches = list(run_steps(STEPS, SEED, LIFE))

    assert [batch.broken for batch in batches if batch.broken] == []
    reached, executed = Counter[str](), Counter[str]()
    for batch in batches:
        reached.update(batch.reached)
        executed.update(batch.executed)
    assert [row for row in Row if not reached[row]] == []
    assert [name for name in sorted(operations_of(LifeMachine)) if not executed[name]] == []


@pytest.mark.parametrize("bug", LIFE_BUGS, ids=lambda bug: bug.name)
def test_what_a_bug_replaces_stands_in_the_engine_exactly_once(bug: PlantedBug) -> None:
    assert (REPOSITORY / bug.file).read_text().count(bug.original) == 1
    assert changed_functions(bug) != []
