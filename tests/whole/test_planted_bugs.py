"""Bugs planted in the engine: the local world sees each of them, and says what is wrong."""

import re
from pathlib import Path

import pytest

from sandbox.runner.options import REPOSITORY
from tests.whole.copied_tree import copy_tree, run_sandbox
from tests.whole.planted_bugs import ASSIGNED, PLANTED_BUGS, SEED, SMALL_PAGES, PlantedBug, Substitution, runs

pytestmark = pytest.mark.timeout(600)

#: What stands in storage is not the question here, and this storage takes a fifth of the emulator's work.
PEOPLE = ("--users", "24", "--storage", "sqlite", *SEED)
SUBSTITUTIONS = [SMALL_PAGES, *(each.bug for each in PLANTED_BUGS)]


@pytest.mark.parametrize("change", SUBSTITUTIONS, ids=lambda change: change.file)
def test_what_a_bug_replaces_stands_in_the_engine_exactly_once(change: Substitution) -> None:
    text = (REPOSITORY / change.file).read_text()

    count = text.count(change.original)

    assert count == 1, change


@pytest.mark.parametrize("options", [(), ASSIGNED], ids=["company", "assigned"])
async def test_without_a_bug_a_copy_of_the_tree_agrees(tmp_path: Path, options: tuple[str, ...]) -> None:
    tree = copy_tree(tmp_path / "tree", [SMALL_PAGES])

    outcome = await run_sandbox(*PEOPLE, "--cycles", "3", *options, tree=tree)

    assert outcome.status == 0, outcome.output


@pytest.mark.parametrize("together", runs().values(), ids=runs())
async def test_planted_bugs_end_the_run_with_the_judges_disagreement(
    tmp_path: Path, together: tuple[PlantedBug, ...]
) -> None:
    changes = [change for each in together for change in (each.bug, *each.surroundings)]
    tree = copy_tree(tmp_path / "tree", changes)

    outcome = await run_sandbox(*PEOPLE, "--cycles", str(together[0].cycles), *together[0].options, tree=tree)

    assert outcome.status == 1, outcome.output
    unseen = [each.name for each in together if not re.search(each.says, outcome.output)]
    assert unseen == [], outcome.output


def test_bugs_that_are_planted_together_need_the_same_run() -> None:
    assert all(len({(each.cycles, each.options) for each in together}) == 1 for together in runs().values())
    assert len(PLANTED_BUGS) >= 15
