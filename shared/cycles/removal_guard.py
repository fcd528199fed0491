"""May what is staged for removal be removed? Entra's accidental deletion prevention, by number and by share.

https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
"""

from dataclasses import dataclass

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
        limit = min(limit, max(1, -int(-(population * guard.share) // 1)))
    return GuardDecision(released=staged < limit, staged=staged, limit=limit, population=population)
