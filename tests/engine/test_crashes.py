"""Law 2: a process may die before, within and after any of its effects; others go on, and the result is the same.

`TENANTSYNC_TEST_EVERY_CRASH=1 make test ARGS=tests/engine/test_crashes.py` dies at every place of every story.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine import crash_stories
from tests.engine.conftest import CRASH_POINTS
from tests.engine.crash_outcome import RELEASED, Outcome
from tests.engine.crash_points import STORIES, walks
from tests.engine.crash_walk import QUEUES, TABLES, CrashPoint, Walk, died, walk_through
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import person, small_world

FEWEST = 1300
"""Fewer crash points than these, and stories have lost what they were told for."""

FEWEST_OF_A_STORY = 3

EVERY_POINT = bool(os.environ.get("TENANTSYNC_TEST_EVERY_CRASH"))

GRAPH_WRITES = ("POST /invitations", "PATCH /users", "DELETE /users", "POST /directory/deletedItems", "PUT /users")


@pytest.mark.parametrize("name", STORIES)
async def test_a_story_ends_the_same_wherever_the_process_dies(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    walk = await walk_through(STORIES[name])
    assert_as_told(walk)

    points = chosen(name, walk)
    for point in points:
        outcome = await died(walk, point)
        assert same(outcome, walk.outcome), f"died {point.name}: {walk.seen[point.number]}\n{outcome}\n{walk.outcome}"

    record_property(CRASH_POINTS, len(points))


def same(outcome: Outcome, told: Outcome) -> bool:
    """Is it the outcome that was told? The guard may count one more: whom the dead worker may have invited."""
    if outcome == told:
        return True
    counted, expected = outcome.state.get(RELEASED), told.state.get(RELEASED)
    if not isinstance(counted, dict) or not isinstance(expected, dict) or counted["remove"] != expected["remove"] + 1:
        return False
    return replace(outcome, state={**outcome.state, RELEASED: expected}) == told


def chosen(name: str, walk: Walk) -> list[CrashPoint]:
    """Every place of the stories of one create, one update, one removal and what repairs them; a quarter else."""
    if EVERY_POINT or name in crash_stories.ACTIONS or name in crash_stories.RECOVERIES:
        return walk.points
    points = walk.points
    return Random(name).sample(points, (len(points) + 3) // 4)


def assert_as_told(walk: Walk) -> None:
    """Without a crash the story is what it says, and its books are in order."""
    story, outcome = walk.story, walk.outcome
    assert walk.added == sorted(story.log)
    assert [each for each in story.passes if not any(each in str(seen) for seen in walk.seen)] == []
    assert len(walk.points) >= FEWEST_OF_A_STORY
    assert outcome.not_indexed == []
    assert outcome.miscounted == Counter()
    assert not story.agrees or outcome.disagreements == []


async def test_the_stories_lead_past_every_table_queue_and_write() -> None:
    found = await walks()

    effects = Counter(seen.kind for walk in found.values() for seen in walk.seen)
    written = Counter(
        write for walk in found.values() for write in GRAPH_WRITES for seen in walk.seen if write in seen.what
    )
    parts = [point for walk in found.values() for point in walk.points if point.writes]
    assert set(effects) == {*(f"table {name}" for name in TABLES), *(f"queue {name}" for name in QUEUES), "graph"}
    assert set(written) == set(GRAPH_WRITES)
    assert parts
    assert sum(len(walk.points) for walk in found.values()) >= FEWEST


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
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 12
