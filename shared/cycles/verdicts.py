"""What becomes of what a person has decided when the row it was about is replaced?

A verdict is about a removal or about a disable, and says nothing of the other. An approval ends with what it was about:
whoever has to go after all is counted anew. A rejection is not undone by what reading says, which may be an old state:
it ends when a worker has seen that nobody is to go, and the row with it.
"""

from dataclasses import replace
from typing import Final

from shared.cycles.pending import Pending, Verdict, WorkKind

_IN_SCOPE: Final = frozenset({WorkKind.UPDATE, WorkKind.CREATE})


def with_verdict(row: Pending, before: Pending) -> Pending:
    """Return the row with what counts on of the decision about the one that it replaces.

    Where reading believes that a rejected one is not to go, the source has to be read again before that is believed.
    """
    if row.kind is WorkKind.DISABLE:
        return _of_disable(row, before)
    rejected = before.verdict is Verdict.REJECTED
    if before.kind is WorkKind.DISABLE:
        verdict, decided_by = Verdict.NONE, ""
        of_disable = before.decided_by if rejected else ""
    else:
        kept = rejected or row.kind not in _IN_SCOPE
        verdict, decided_by = (before.verdict, before.decided_by) if kept else (Verdict.NONE, "")
        of_disable = before.disable_rejected_by
    doubted = row.kind in _IN_SCOPE and (bool(of_disable) or verdict is Verdict.REJECTED)
    return replace(
        row,
        verdict=verdict,
        decided_by=decided_by,
        disable_rejected_by=of_disable,
        confirm=row.confirm or doubted,
    )


def _of_disable(row: Pending, before: Pending) -> Pending:
    if before.kind is WorkKind.DISABLE:
        return replace(row, verdict=before.verdict, decided_by=before.decided_by, disable_rejected_by="")
    rejected_by = before.disable_rejected_by
    verdict = Verdict.REJECTED if rejected_by else Verdict.NONE
    return replace(row, verdict=verdict, decided_by=rejected_by, disable_rejected_by="")


def once_seen_in_scope(row: Pending, *, enabled: bool) -> Pending:
    """Return the row of somebody whom a worker has found in scope: what was rejected is not to be any more."""
    if row.kind is WorkKind.DISABLE:
        return replace(row, verdict=Verdict.NONE, decided_by="") if enabled and row.verdict is Verdict.REJECTED else row
    over = row.verdict is Verdict.REJECTED
    return replace(
        row,
        verdict=Verdict.NONE if over else row.verdict,
        decided_by="" if over else row.decided_by,
        disable_rejected_by="" if enabled else row.disable_rejected_by,
    )
