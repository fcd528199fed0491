"""Is this person in scope, and if not, why?

Internal means: signs in to the source tenant itself. Entra tests `alternativeSecurityIds`, which Graph does not show;
so we test what Graph shows of an external user. Unlike Entra's test, ours does not skip people with SMS sign-in.
https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-overview
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.provisioning.entry import SourceEntry


class ScopingReason(StrEnum):
    """Why a person is in scope or not; also the key under which skipped people are counted."""

    IN_SCOPE = "inScope"
    GUEST = "guest"
    EXTERNAL = "external"
    NOT_ASSIGNED = "notAssigned"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopingDecision:
    """The decision, and the clauses that led to it as the provisioning log shows them."""

    reason: ScopingReason
    active: bool = True
    assigned: bool = True

    @property
    def in_scope(self) -> bool:
        return self.reason is ScopingReason.IN_SCOPE

    @property
    def details(self) -> dict[str, str]:
        """Return what Entra's log shows of the scoping step."""
        return {
            "Active in the source system": str(self.active),
            "Assigned to the application": str(self.assigned),
            "User has the required role": str(self.assigned),  # whoever is assigned has a role, Default Access at least
            "Scoping filter evaluation passed": str(self.in_scope),
            "ScopeEvaluationResult": "{}",  # by clause; there are no scoping filters yet
            "SkipReason": "" if self.in_scope else self.reason.value,
        }


DELETED = ScopingDecision(reason=ScopingReason.DELETED, active=False, assigned=False)
"""The decision about a person who is not in the source directory."""


def decide_scope(source: SourceEntry, *, entitled: bool) -> ScopingDecision:
    """Return the decision about a person who exists; `entitled` says whether the scope includes them at all.

    | external | guest | entitled | reason |
    |---|---|---|---|
    | yes | - | - | external |
    | no | yes | - | guest |
    | no | no | no | notAssigned |
    | no | no | yes | inScope |
    """
    if is_external(source):
        return ScopingDecision(reason=ScopingReason.EXTERNAL, assigned=entitled)
    if (source.text("userType") or "Member").casefold() != "member":
        return ScopingDecision(reason=ScopingReason.GUEST, assigned=entitled)
    if not entitled:
        return ScopingDecision(reason=ScopingReason.NOT_ASSIGNED, assigned=False)
    return ScopingDecision(reason=ScopingReason.IN_SCOPE)


def is_external(source: SourceEntry) -> bool:
    """Does this user sign in elsewhere (a B2B user of the source itself)?"""
    return (
        "#ext#" in (source.text("userPrincipalName") or "").casefold()
        or source.text("externalUserState") is not None
        or source.text("creationType") == "Invitation"
    )
