"""What is counted in a closing statement, and under which reason?"""

from dataclasses import replace

import pytest

from shared.cycles.pending import PendingState, Verdict, WorkKind
from shared.cycles.statement import Statement, drift_reason, joins, leaves, reason_of, summed
from shared.provisioning.link import Departure
from tests.shared.cycles.rows import pending


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [(Verdict.NONE, "StagedDelete"), (Verdict.APPROVED, "Approved"), (Verdict.REJECTED, "Rejected")],
)
def test_what_is_staged_is_told_by_what_was_decided(verdict: Verdict, reason: str) -> None:
    row = replace(pending(state=PendingState.STAGED, kind=WorkKind.REMOVE), verdict=verdict, reason="Timeout")

    assert reason_of(row) == reason


@pytest.mark.parametrize(("reason", "told"), [("", "Pending"), ("DuplicateTargetEntries", "DuplicateTargetEntries")])
def test_what_is_open_is_told_by_its_reason(reason: str, told: str) -> None:
    assert reason_of(replace(pending(), reason=reason)) == told


@pytest.mark.parametrize("kind", WorkKind)
def test_a_removal_leaves_and_a_create_joins(kind: WorkKind) -> None:
    row = pending(kind=kind)

    assert leaves(row) is (kind is WorkKind.REMOVE)
    assert joins(row) is (kind is WorkKind.CREATE)


def test_parts_are_summed_and_reasons_sorted() -> None:
    parts = [
        Statement(in_scope=3, present=2, equal=1, exceptions={"Timeout": 1, "Approved": 1}),
        Statement(in_scope=4, present=4, equal=3, exceptions={"Timeout": 1}),
    ]

    total = summed(iter(parts))

    assert (total.in_scope, total.present, total.equal) == (7, 6, 4)
    assert list(total.exceptions.items()) == [("Approved", 1), ("Timeout", 2)]


def test_nothing_sums_to_nothing() -> None:
    assert summed([]) == Statement()


@pytest.mark.parametrize("departure", [each for each in Departure if each is not Departure.NONE])
def test_who_has_departed_in_the_target_has_a_reason_of_its_own(departure: Departure) -> None:
    reasons = {drift_reason(each) for each in Departure}

    assert drift_reason(departure) != drift_reason(Departure.NONE)
    assert len(reasons) == len(Departure)
