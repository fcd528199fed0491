"""Bugs planted in the engine: the property machine finds each of them, and says which law is broken."""

import re

import pytest

from tests.machine.planted_bugs import PLANTED_BUGS, REPOSITORY, PlantedBug
from tests.machine.planting import changed_functions, planted
from tests.machine.running import Kind, run_batch, undisturbed

WORLDS = 8


def test_there_are_at_least_fifteen() -> None:
    assert len({each.name for each in PLANTED_BUGS}) >= 15


@pytest.mark.parametrize("bug", PLANTED_BUGS, ids=lambda bug: bug.name)
def test_what_a_bug_replaces_stands_in_the_engine_exactly_once_and_is_put_back(bug: PlantedBug) -> None:
    assert (REPOSITORY / bug.file).read_text().count(bug.original) == 1
    before = changed_functions(bug)

    with planted(bug):
        assert changed_functions(bug) == []

    assert changed_functions(bug) == before != []


@pytest.mark.parametrize("bug", PLANTED_BUGS, ids=lambda bug: bug.name)
def test_the_machine_finds_a_planted_bug(bug: PlantedBug) -> None:
    with undisturbed(), planted(bug), pytest.raises(AssertionError) as found:
        run_batch(bug.seed, Kind(worlds=WORLDS))

    assert re.search(bug.says, str(found.value), re.DOTALL), found.value
