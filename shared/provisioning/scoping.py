"""Is this person in scope, and if not, why?

Internal means: signs in to the source tenant itself. Entra tests `alternativeSecurityIds`, which Graph does not show;
so we test what Graph shows of an external user. Unlike Entra's test, ours does not skip people with SMS sign-in.
https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-overview
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.provisioning.entry import SourceEntry
from shared.provisioning.scoping_filters import EVERYBODY, CompiledFilter, Holds, result_text


class ScopingReason(StrEnum):
    """Why a person is in scope or not; also the key under which skipped people are counted."""

    IN_SCOPE = "inScope"
    GUEST = "guest"
    EXTERNAL = "external"
    NOT_ASSIGNED = "notAssigned"
    FILTERED = "scopingFilter"
    NOT_READ = "inputFilter"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopingDecision:
    """The decision, and the clauses that led to it as the provisioning log shows them."""

    reason: ScopingReason
    active: bool = True
    assigned: bool = True
    clauses: tuple[tuple[str, Holds], ...] = ()
    """The clauses of the scoping filter, and whether each holds."""

    @property
    def in_scope(self) -> bool:
        return self.reason is ScopingReason.IN_SCOPE

    @property
    def left_alone(self) -> bool:
        """Is the person not looked at? Then nothing is written for them, and nothing is removed."""
        return self.reason is ScopingReason.NOT_READ

    @property
    def details(self) -> dict[str, str]:
        """Return what Entra's log shows of the scoping step."""
        return {
            "Active in the source system": str(self.active),
            "Assigned to the application": str(self.assigned),
            "User has the required role": str(self.assigned),  # whoever is assigned has a role, Default Access at least
            "Scoping filter evaluation passed": str(self.in_scope),
            "ScopeEvaluationResult": result_text(self.clauses),
            "SkipReason": "" if self.in_scope else self.reason.value,
        }


DELETED = ScopingDecision(reason=ScopingReason.DELETED, active=False, assigned=False)
"""The decision about a person who is not in the source directory."""


_IN_SCOPE = ScopingDecision(reason=ScopingReason.IN_SCOPE)


class ScopeUndecided(Exception):
    """The scoping filter cannot be decided: a match took too long, or memberships are not known."""


def decide_scope(
    source: SourceEntry, *, entitled: bool, scope_filter: CompiledFilter = EVERYBODY, guests: bool = False
) -> ScopingDecision:
    """Return the decision about a person who exists; `entitled` says whether the scope includes them at all.

    With `guests`, a guest who signs in to the source itself is taken like a member.

    | external | guest | entitled | read | filter | reason |
    |---|---|---|---|---|---|
    | yes | - | - | - | - | external |
    | no | yes | - | - | - | guest |
    | no | no | no | - | - | notAssigned |
    | no | no | yes | no | - | inputFilter |
    | no | no | yes | yes | no | scopingFilter |
    | no | no | yes | yes | yes | inScope |

    Raises ScopeUndecided where it depends on a clause that cannot be told.
    """
    if is_external(source):
        return ScopingDecision(reason=ScopingReason.EXTERNAL, assigned=entitled)
    if not _is_member(source) and not (guests and is_internal_guest(source)):
        return ScopingDecision(reason=ScopingReason.GUEST, assigned=entitled)
    if not entitled:
        return ScopingDecision(reason=ScopingReason.NOT_ASSIGNED, assigned=False)
    if scope_filter.lets_everybody_through:
        return _IN_SCOPE
    decision = scope_filter.decide(source)
    if decision.read is False:
        return ScopingDecision(reason=ScopingReason.NOT_READ, clauses=decision.clauses)
    if decision.read is None or decision.passed is None:
        raise ScopeUndecided
    reason = ScopingReason.IN_SCOPE if decision.passed else ScopingReason.FILTERED
    return ScopingDecision(reason=reason, clauses=decision.clauses)


def _is_member(source: SourceEntry) -> bool:
    return source.attributes.get("userType") == "Member" or (source.text("userType") or "Member").casefold() == "member"


def is_internal_guest(source: SourceEntry) -> bool:
    """Is this a guest with an account of the source itself?

    Graph shows neither how the account came to be (`creationType` is null) nor a state of an invitation. Whoever signed
    up by themselves has a `creationType`, and signs in elsewhere:
    https://learn.microsoft.com/entra/external-id/user-properties
    """
    guest = (source.text("userType") or "").casefold() == "guest"
    return guest and not is_external(source) and source.text("creationType") is None


def is_external(source: SourceEntry) -> bool:
    """Does this user sign in elsewhere (a B2B user of the source itself)?"""
    known = source.attributes
    name = known.get("userPrincipalName")
    return (
        (isinstance(name, str) and "#ext#" in name.casefold())
        or source.text("externalUserState") is not None
        or known.get("creationType") == "Invitation"
    )
