"""May what is staged for removal be removed? Entra's accidental deletion prevention, by number and by share.

Unlike Entra's, it counts over a window (24 hours), so that 499 in each cycle of a day are not let through one after the
other. The guard over removals counts disables too, as Entra's does; the one over disables counts those alone.
https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from shared.configuration.configuration import Guard, Guards
from shared.cycles.pending import Pending, WorkKind
from shared.cycles.released import Released

SMALLEST_POPULATION = 50
"""Below this many people a share says nothing: one leaver of four is 25 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardDecision:
    """The decision with its figures, as status shows them."""

    released: bool
    staged: int
    """Who is staged, and who was released within the guard's window."""
    limit: int
    population: int

    @property
    def message(self) -> str:
        return (
            f"{self.staged} removals and disables are staged or were released lately; the guard holds them from "
            f"{self.limit} on ({self.population} people were provisioned). Repair the scope or the source, or approve "
            "them."
        )


def decide_removals(staged: int, population: int, guard: Guard) -> GuardDecision:
    """Return whether so many are released: fewer than the number, and than the share from 50 people up."""
    limit = limit_of(guard, population)
    return GuardDecision(released=staged < limit, staged=staged, limit=limit, population=population)


def decide_staged(
    staged: Sequence[Pending], released: Released, population: int, guards: Guards, now: datetime
) -> GuardDecision:
    """Return the decision of both guards over these rows and over what was released within their windows."""
    removals, disables = split_kinds(staged)
    disabled = released.count({WorkKind.DISABLE: disables}, now - guards.disables.window)
    of_disables = decide_removals(disabled if disables else 0, population, guards.disables)
    both = {WorkKind.REMOVE: removals, WorkKind.DISABLE: disables}
    together = released.count(both, now - guards.removals.window)
    of_both = decide_removals(together if staged else 0, population, guards.removals)
    return of_both if not of_both.released or of_disables.released else of_disables


def split_kinds(staged: Sequence[Pending]) -> tuple[list[str], list[str]]:
    """Return whose removal and whose disable is staged; who is to be evaluated may have to go."""
    disables = [row.source_id for row in staged if row.kind is WorkKind.DISABLE]
    removals = [row.source_id for row in staged if row.kind is not WorkKind.DISABLE]
    return removals, disables


def limit_of(guard: Guard, population: int) -> int:
    """Return from how many on the guard holds."""
    if population < SMALLEST_POPULATION:
        return guard.count
    # The share as it is written: in binary 7 % of 100 is a little more than 7, and the guard would trip one later.
    return min(guard.count, max(1, math.ceil(population * Fraction(str(guard.share)))))
