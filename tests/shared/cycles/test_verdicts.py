"""Law 4: what is left of a verdict when the row it was about is replaced by another one."""

from datetime import UTC, datetime

import pytest

from shared.cycles.pending import Pending, PendingState, Verdict, WorkKind
from shared.cycles.verdicts import once_seen_in_scope, with_verdict

REMOVE, DISABLE, EVALUATE, UPDATE, CREATE = (
    WorkKind.REMOVE,
    WorkKind.DISABLE,
    WorkKind.EVALUATE,
    WorkKind.UPDATE,
    WorkKind.CREATE,
)
NONE, APPROVED, REJECTED = Verdict.NONE, Verdict.APPROVED, Verdict.REJECTED


def row(kind: WorkKind, verdict: Verdict = NONE, *, dormant: bool = False) -> Pending:
    """A row by Ada's verdict, and, if `dormant`, with her rejection of a disable."""
    return Pending(
        source_id="person",
        kind=kind,
        state=PendingState.WAITING,
        due=datetime(2026, 1, 5, tzinfo=UTC),
        cycle=1,
        configuration_version=1,
        source=None,
        verdict=verdict,
        decided_by="ada" if verdict else "",
        disable_rejected_by="ada" if dormant else "",
    )


@pytest.mark.parametrize(
    ("before", "kind", "verdict", "dormant"),
    [
        (row(REMOVE), REMOVE, NONE, False),
        (row(REMOVE, APPROVED), REMOVE, APPROVED, False),
        (row(REMOVE, APPROVED), EVALUATE, APPROVED, False),
        (row(REMOVE, APPROVED), UPDATE, NONE, False),
        (row(REMOVE, APPROVED), CREATE, NONE, False),
        (row(REMOVE, APPROVED), DISABLE, NONE, False),
        (row(REMOVE, REJECTED), REMOVE, REJECTED, False),
        (row(REMOVE, REJECTED), EVALUATE, REJECTED, False),
        (row(REMOVE, REJECTED), UPDATE, REJECTED, False),
        (row(REMOVE, REJECTED), DISABLE, NONE, False),
        (row(DISABLE, APPROVED), DISABLE, APPROVED, False),
        (row(DISABLE, APPROVED), REMOVE, NONE, False),
        (row(DISABLE, APPROVED), EVALUATE, NONE, False),
        (row(DISABLE, APPROVED), UPDATE, NONE, False),
        (row(DISABLE, REJECTED), DISABLE, REJECTED, False),
        (row(DISABLE, REJECTED), REMOVE, NONE, True),
        (row(DISABLE, REJECTED), EVALUATE, NONE, True),
        (row(DISABLE, REJECTED), UPDATE, NONE, True),
        (row(REMOVE, dormant=True), DISABLE, REJECTED, False),
        (row(REMOVE, REJECTED, dormant=True), EVALUATE, REJECTED, True),
        (row(UPDATE, dormant=True), UPDATE, NONE, True),
        (row(UPDATE, REJECTED), REMOVE, REJECTED, False),
    ],
)
def test_an_approval_ends_with_what_it_was_about_and_a_rejection_waits_until_somebody_has_looked(
    before: Pending, kind: WorkKind, verdict: Verdict, dormant: bool
) -> None:
    after = with_verdict(row(kind), before)

    assert (after.verdict, bool(after.disable_rejected_by)) == (verdict, dormant)
    assert after.decided_by == ("ada" if verdict else "")


@pytest.mark.parametrize("kind", [UPDATE, CREATE])
@pytest.mark.parametrize(
    ("before", "confirm"),
    [
        (row(REMOVE), False),
        (row(REMOVE, APPROVED), False),
        (row(REMOVE, REJECTED), True),
        (row(DISABLE, REJECTED), True),
    ],
)
def test_that_a_rejected_one_is_not_to_go_is_not_believed_before_the_source_is_read_again(
    kind: WorkKind, before: Pending, confirm: bool
) -> None:
    assert with_verdict(row(kind), before).confirm is confirm


@pytest.mark.parametrize(
    ("before", "enabled", "verdict", "dormant"),
    [
        (row(UPDATE, REJECTED, dormant=True), True, NONE, False),
        (row(UPDATE, REJECTED, dormant=True), False, NONE, True),
        (row(EVALUATE, APPROVED), True, APPROVED, False),
        (row(DISABLE, REJECTED), True, NONE, False),
        (row(DISABLE, REJECTED), False, REJECTED, False),
        (row(DISABLE, APPROVED), True, APPROVED, False),
    ],
)
def test_a_rejection_ends_once_a_worker_has_seen_that_nobody_is_to_go(
    before: Pending, enabled: bool, verdict: Verdict, dormant: bool
) -> None:
    after = once_seen_in_scope(before, enabled=enabled)

    assert (after.verdict, bool(after.disable_rejected_by)) == (verdict, dormant)
    assert after.decided_by == ("ada" if verdict else "")
