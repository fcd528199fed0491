"""Bugs planted into how drift is looked for: a life on both sides finds each of them."""

from typing import Final

import pytest

from tests.engine import test_drift_of_a_life as lives
from tests.machine.planted_bugs import REPOSITORY, PlantedBug
from tests.machine.planting import planted

_LOOK: Final = "shared/orchestration/look_at_target.py"
_READ: Final = "shared/orchestration/read_target.py"
_DRIFT: Final = "shared/provisioning/drift.py"
_SEEDS: Final = 12

ENFORCED: Final = "enforced"
STICKY: Final = "sticky"

PLANTED: Final = (
    PlantedBug(
        name="what an object shows is the same whatever it shows",
        file=_LOOK,
        original="return link.shown != reading.mapping.flow.shown(seen.attributes) or",
        replacement="return False or",
        says=ENFORCED,
    ),
    PlantedBug(
        name="another manager is nobody's business",
        file="shared/orchestration/manager_drift.py",
        original="    if found == wanted or (not wanted and not flow.clears):\n",
        replacement="    if found is not None:\n",
        says=ENFORCED,
    ),
    PlantedBug(
        name="whoever is gone from the target is passed over",
        file=_LOOK,
        original="        return there is (link.departure is Departure.DELETED)\n",
        replacement="        return False\n",
        says=ENFORCED,
    ),
    PlantedBug(
        name="the watermark is saved before the rows",
        file=_READ,
        original="        await find_drift(reading, page.entries, watermark.issued)\n        if page.delta_link:\n",
        replacement=(
            "        if page.delta_link:\n            await _save(reading, page.delta_link, begun=None)\n"
            "        await find_drift(reading, page.entries, watermark.issued)\n        if page.delta_link:\n"
        ),
        says=ENFORCED,
        seed=41,
    ),
    PlantedBug(
        name="a chain that is void begins anew, and nobody looks at what was before",
        file=_READ,
        original="await _save(reading, page.delta_link, begun=reading.engine.clock.now())",
        replacement="await _save(reading, page.delta_link, begun=None)",
        says=ENFORCED,
    ),
    PlantedBug(
        name="a block is forgotten once the source has disabled the person",
        file=_DRIFT,
        original="    if link is None or link.departure is Departure.BLOCKED:\n",
        replacement="    if link is None:\n",
        says=STICKY,
    ),
    PlantedBug(
        name="a block counts only while the source stays as it is",
        file=_DRIFT,
        original="    blocked = disabled and is_blocked(rules, link, past)\n",
        replacement="    blocked = disabled and is_blocked(rules, link, past) and past.as_written\n",
        says=STICKY,
    ),
)


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_what_a_bug_replaces_stands_there_once(bug: PlantedBug) -> None:
    assert (REPOSITORY / bug.file).read_text().count(bug.original) == 1


async def lived(bug: PlantedBug) -> None:
    for seed in range(bug.seed - 1, bug.seed - 1 + _SEEDS):
        if bug.says == ENFORCED:
            await lives.enforced(seed, "flaky" if seed % 2 else "none")
        else:
            await lives.sticky(seed)


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
async def test_a_life_finds_a_planted_bug(bug: PlantedBug) -> None:
    with planted(bug), pytest.raises(AssertionError):
        await lived(bug)
