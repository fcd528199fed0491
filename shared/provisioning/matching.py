"""Which object of the target stands for this person?

Entra matches on an identifier that Graph does not show, so we match on the stored link, else on the address. An
address is a weak proof: it can be forged, recycled, or held by a stranger. So a match by address is never taken by
itself: it is adopted only if the configuration says so and everything below holds.
"""

from datetime import datetime

from shared.configuration.configuration import Adoption
from shared.provisioning.entry import SourceEntry, TargetObject
from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation

APPROVE = "Approve the adoption, or give the person or the object in the target another address."


_NOT_AUTOMATIC = {
    Adoption.REVIEW: "A guest of the target holds the address and waits for approval",
    Adoption.NONE: "A guest of the target holds the address, and the configuration adopts nobody",
}
_HOLDS_ROLE = "The object holds a directory role in the target"
_ROLES_UNKNOWN = "Whether the object holds a directory role in the target could not be read"


def is_b2b(candidate: TargetObject) -> bool:
    """Is the object a B2B collaboration user (and not an internal user of the target)?"""
    return (
        candidate.attributes.get("creationType") == "Invitation"
        or "#ext#" in (candidate.text("userPrincipalName") or "").casefold()
    )


def adoption_problem(
    source: SourceEntry,
    holders: tuple[TargetObject, ...],
    adoption: Adoption,
    *,
    verified_domains: frozenset[str],
    holds_role: bool | None,
) -> ErrorInformation | None:
    """Return why the only object that holds the person's address may not be adopted, or None if it may.

    | holders | refused with |
    |---|---|
    | more than one | DuplicateTargetEntries |
    | a deleted user | EntryConflict |
    | an internal user of the target | InvitationCreationFailureAmbiguousUser |
    | its own mail outside the source's verified domains | EntryConflict |
    | `adoption` is not automatic | EntryConflict |
    | holds a directory role, or that is unknown (it is read for automatic adoption alone) | EntryConflict |
    | older than the source user, or either age unknown | EntryConflict |
    """
    if len(holders) > 1:
        return _refusal("DuplicateTargetEntries", "More than one object of the target holds the address", holders)
    holder = holders[0]
    if holder.deleted:
        return _refusal("EntryConflict", "A deleted user of the target holds the address", holders)
    if not is_b2b(holder):
        code = "InvitationCreationFailureAmbiguousUser"
        return _refusal(code, "An internal user of the target holds the address", holders)
    mail = holder.text("mail")
    if mail is not None and mail.rpartition("@")[2].lower() not in verified_domains:
        return _refusal("EntryConflict", "The object's mail is outside the source's verified domains", holders)
    if adoption is not Adoption.AUTOMATIC:
        return _refusal("EntryConflict", _NOT_AUTOMATIC[adoption], holders)
    if holds_role is not False:
        return _refusal("EntryConflict", _HOLDS_ROLE if holds_role else _ROLES_UNKNOWN, holders)
    if not _younger(holder, source):
        return _refusal("EntryConflict", "The guest is older than the person, or its age is not known", holders)
    return None


def is_younger(found: TargetObject, looked_up: datetime | None) -> bool:
    """Was the object made after a look-up that did not find it? Then our invitation made it (law 5).

    Graph's times are whole seconds; an object of the same second may be somebody else's.
    """
    return looked_up is not None and found.created is not None and found.created > looked_up


def _younger(holder: TargetObject, source: SourceEntry) -> bool:
    created = parsed_time(source.text("createdDateTime"))
    return holder.created is not None and created is not None and holder.created >= created


def parsed_time(text: str | None) -> datetime | None:
    """Return Graph's ISO 8601 time, or None if there is none or it is not one with an offset."""
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo is not None else None


def _refusal(code: str, what: str, holders: tuple[TargetObject, ...]) -> ErrorInformation:
    ids = ", ".join(holder.id for holder in holders)
    return ErrorInformation(
        code=code, reason=f"{what}: {ids}.", category=ErrorCategory.NON_SERVICE_FAILURE, recommended_action=APPROVE
    )
