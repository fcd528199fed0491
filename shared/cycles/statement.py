"""How do source and target compare, as far as the engine knows: who is in scope, who is there, and who is an exception?

| counted as | is |
|---|---|
| present | has an active link, and nobody in the target has deleted the object |
| in scope | is present, or was deleted in the target, and is not to go; or is to be created |
| equal | is present, and nothing is open: the target has what was last seen in the source, and no drift is left there |
| exception | something is open, under its reason: an error code, or what it waits for; else drift that is left |
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.cycles.pending import Pending, PendingState, Verdict, WorkKind
from shared.provisioning.link import Departure

PENDING: Final = "Pending"
"""Waits for a worker, or for a time, and nothing is wrong with it."""

STAGED: Final = "StagedDelete"
APPROVED: Final = "Approved"
REJECTED: Final = "Rejected"

DRIFT: Final = "DriftReported"
BLOCKED: Final = "BlockedInTarget"
DELETED: Final = "DeletedInTarget"

_DEPARTED: Final = {Departure.NONE: DRIFT, Departure.BLOCKED: BLOCKED, Departure.DELETED: DELETED}
_DECIDED: Final = {Verdict.NONE: STAGED, Verdict.APPROVED: APPROVED, Verdict.REJECTED: REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The counts of one moment."""

    in_scope: int = 0
    present: int = 0
    equal: int = 0
    exceptions: Mapping[str, int] = field(default_factory=dict)
    """People by reason."""


def reason_of(pending: Pending) -> str:
    """Return why something is open."""
    if pending.state is PendingState.STAGED:
        return _DECIDED[pending.verdict]
    return pending.reason or PENDING


def drift_reason(departure: Departure) -> str:
    """Return under which reason somebody is counted in whose object drift is left."""
    return _DEPARTED[departure]


def leaves(pending: Pending) -> bool:
    """Is somebody who is there to go?"""
    return pending.kind is WorkKind.REMOVE


def joins(pending: Pending) -> bool:
    """Is somebody who is not there to be created, as far as the reader knows?"""
    return pending.kind is WorkKind.CREATE


def summed(parts: Iterable[Statement]) -> Statement:
    """Return the statement of all parts."""
    each = list(parts)
    reasons: Counter[str] = Counter()
    for part in each:
        reasons.update(part.exceptions)
    return Statement(
        in_scope=sum(part.in_scope for part in each),
        present=sum(part.present for part in each),
        equal=sum(part.equal for part in each),
        exceptions=dict(sorted(reasons.items())),
    )
