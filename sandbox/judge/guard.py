"""May so many removals or disables in one cycle go through, or are they held?"""

from enum import StrEnum

from sandbox.judge.case import Case
from sandbox.judge.membership import has_members

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
    """Whether the people who left scope are removed now; adopted ones are kept and need not be counted.

    Where all groups that the filter names are empty, nobody's membership shows that we see any: that proves no absence.
    """
    if is_over(sum(not pair.adopted for pair in case.leaving), len(case.active)):
        return Removal.HELD
    if case.rules.filter and not has_members(case.source, case.rules.filter):
        return Removal.EITHER
    return Removal.EITHER if is_disable_tolerated(case) else Removal.DUE


def is_disable_tolerated(case: Case) -> bool:
    """Whether a disable may be missing: so many removals and disables at once are held."""
    return is_over(len(case.leaving) + len(case.disabled), len(case.active))


def is_over(count: int, population: int) -> bool:
    if count >= HIGHEST_COUNT:
        return True
    return population >= SMALLEST_POPULATION_WITH_SHARE and count >= HIGHEST_SHARE * population
