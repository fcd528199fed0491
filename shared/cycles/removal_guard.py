"""May what is staged for removal be removed? Entra's accidental deletion prevention, by number and by share.

https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from shared.configuration.configuration import Guard

SMALLEST_POPULATION = 50
"""Below this many people a share says nothing: one leaver of four is 25 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardDecision:
    """The decision with its figures, as status shows them."""

    released: bool
    staged: int
    limit: int
    population: int

    @property
    def message(self) -> str:
        return (
            f"{self.staged} removals and disables are staged; the guard holds them from {self.limit} on "
            f"({self.population} people were provisioned). Repair the scope or the source, or approve them."
        )


def decide_removals(staged: int, population: int, guard: Guard) -> GuardDecision:
    """Return whether the staged removals are released: fewer than the number, and than the share from 50 people up."""
    limit = guard.count
    if population >= SMALLEST_POPULATION:
        # The share as it is written: in binary 7 % of 100 is a little more than 7, and the guard would trip one later.
        limit = min(limit, max(1, math.ceil(population * Fraction(str(guard.share)))))
    return GuardDecision(released=staged < limit, staged=staged, limit=limit, population=population)
