"""Law 2: a worker may stand still for longer than its leases, and then go on as if nothing had been."""

import pytest

from tests.engine.crash_stories import ACTIONS
from tests.engine.crash_walk import Seen, walk_through
from tests.engine.stalls import stalled


def is_workers(seen: Seen) -> bool:
    """Is it an effect of a worker, so that a lease can run out over it: a write, a claim, a lease or a close?"""
    return not seen.refused and (seen.kind in {"graph", "table claims"} or "work:" in seen.what)


@pytest.mark.parametrize("name", ["create", "update", "removal", "adoption"])
async def test_a_worker_that_stalls_past_its_lease_doubles_and_loses_nothing(name: str) -> None:
    walk = await walk_through(ACTIONS[name])
    numbers = [number for number, seen in enumerate(walk.seen) if is_workers(seen)]
    assert {walk.seen[number].kind for number in numbers} >= {"graph", "table entries"}

    for number in numbers:
        outcome = await stalled(walk, number)
        assert outcome == walk.outcome, f"stalled before {walk.seen[number]}"
