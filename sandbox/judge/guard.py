"""May so many removals or disables in one cycle go through, or are they held?"""

from enum import StrEnum

from sandbox.judge.case import Case
from sandbox.judge.history import Pair

#: Entra's accidental deletion prevention has 500 as its default
#: (https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions).
HIGHEST_COUNT = 500
HIGHEST_SHARE = 0.2
SMALLEST_POPULATION_WITH_SHARE = 50


class Removal(StrEnum):
    DUE = "due"
    HELD = "held"
    #: Whether it is held depends on what is counted; both outcomes are in order.
    EITHER = "either"


def removal_of_leavers(case: Case) -> Removal:
    """Whether the people who left scope are removed now; adopted ones are kept and need not be counted."""
    leavers = leaving_pairs(case)
    population = len(_active(case))
    if is_over(sum(not pair.adopted for pair in leavers), population):
        return Removal.HELD
    return Removal.EITHER if is_over(len(leavers) + len(_disabled(case)), population) else Removal.DUE


def is_disable_tolerated(case: Case) -> bool:
    """Whether a disable may be missing: so many at once are held."""
    return is_over(len(leaving_pairs(case)) + len(_disabled(case)), len(_active(case)))


def is_over(count: int, population: int) -> bool:
    if count >= HIGHEST_COUNT:
        return True
    return population >= SMALLEST_POPULATION_WITH_SHARE and count >= HIGHEST_SHARE * population


def leaving_pairs(case: Case) -> list[Pair]:
    """Pairs whose person is no longer in scope and whose object was there at the previous judgement."""
    return [pair for pair in _active(case) if pair.source_id not in case.people]


def _active(case: Case) -> list[Pair]:
    return [pair for pair in case.history.pairs.values() if pair.target_id in case.previous.users]


def _disabled(case: Case) -> list[Pair]:
    return [
        pair
        for pair in _active(case)
        if pair.source_id in case.people
        and case.people[pair.source_id].disabled
        and not case.previous.users[pair.target_id].disabled
    ]
