"""When does a job go into quarantine by itself, and when is it tried again?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.counters import Counters
from shared.cycles.quarantine import (
    GIVEN_UP,
    counts_failures,
    escrow_quarantine,
    has_recovered,
    imposed,
    is_given_up,
    must_wait,
    threshold_passed,
)
from shared.cycles.state import Quarantine, QuarantineReason, holds_removals
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.shared.cycles.rows import configuration_state
from tests.shared.provisioning.people import NOW

HOUR = timedelta(hours=1)
BASE, SHARE = QuarantineReason.BASE_ESCROWS, QuarantineReason.ESCROW_PROPORTION


def counters(*, failed: int, succeeded: int = 0, skipped: int = 0) -> Counters:
    action = ProvisioningAction.CREATE
    return Counters(
        values={
            (action, ProvisioningStatus.FAILURE): failed,
            (action, ProvisioningStatus.SUCCESS): succeeded,
            (action, ProvisioningStatus.SKIPPED): skipped,
        }
    )


def quarantine(reason: QuarantineReason = QuarantineReason.EXCEPTION, *, after: timedelta = HOUR * 0) -> Quarantine:
    return Quarantine(reason=reason, began=NOW + after, code="Unauthorized", message="no token")


@pytest.mark.parametrize(
    ("failed", "succeeded", "skipped", "reason"),
    [
        (45_000, 0, 0, BASE),
        (30_000, 5_000, 0, SHARE),
        (20_000, 100_000, 0, None),
        (4_000, 0, 0, None),
        (4_999, 0, 0, None),
        (5_000, 0, 0, SHARE),
        (5_000, 7_500, 0, None),  # exactly 40 %
        (5_000, 7_499, 0, SHARE),
        (5_000, 0, 7_500, None),  # who is skipped has not failed
        (40_000, 1_000_000, 0, None),
        (40_001, 1_000_000, 0, BASE),
        (0, 0, 0, None),
    ],
)
def test_many_failures_are_a_quarantine_by_entras_numbers(
    failed: int, succeeded: int, skipped: int, reason: QuarantineReason | None
) -> None:
    assert threshold_passed(counters(failed=failed, succeeded=succeeded, skipped=skipped)) is reason


@pytest.mark.parametrize(
    ("failed", "succeeded", "recovered"), [(0, 1, True), (0, 0, False), (4_999, 1, True), (5_000, 1, False)]
)
def test_a_job_has_recovered_when_something_succeeds_and_little_fails(
    failed: int, succeeded: int, recovered: bool
) -> None:
    assert has_recovered(counters(failed=failed, succeeded=succeeded)) is recovered


def test_the_message_says_how_many_of_how_many_failed_against_which_limits() -> None:
    told = escrow_quarantine(None, SHARE, counters(failed=6_000, succeeded=1_000), NOW).message

    assert "6000 of 7000 entries failed" in told
    assert "40000" in told
    assert "40%" in told


def test_the_first_failure_is_tried_again_by_the_schedule() -> None:
    first = imposed(None, quarantine(), NOW)

    assert (first.series_began, first.series_count, first.next_attempt) == (NOW, 1, None)


@pytest.mark.parametrize(
    ("failed_again", "attempt"),
    [
        (timedelta(minutes=40), timedelta(hours=6)),
        (timedelta(hours=6), timedelta(hours=12)),
        (timedelta(hours=13), timedelta(hours=24)),
        (timedelta(hours=24), timedelta(hours=48)),
        (timedelta(hours=49), timedelta(hours=72)),
        (timedelta(days=27), timedelta(days=28)),
    ],
)
def test_further_failures_wait_longer_counted_from_the_first(failed_again: timedelta, attempt: timedelta) -> None:
    first = imposed(None, quarantine(), NOW)

    again = imposed(first, quarantine(after=failed_again), NOW + failed_again)

    assert (again.series_began, again.series_count, again.next_attempt) == (NOW, 2, NOW + attempt)


def test_another_reason_begins_anew_within_the_series() -> None:
    first = imposed(None, quarantine(), NOW)

    same = imposed(first, quarantine(after=HOUR), NOW + HOUR)
    other = imposed(same, quarantine(SHARE, after=2 * HOUR), NOW + 2 * HOUR)

    assert same.began == NOW
    assert (other.began, other.series_began, other.series_count) == (NOW + 2 * HOUR, NOW, 3)


@pytest.mark.parametrize(("passed", "waits"), [(5 * HOUR, True), (6 * HOUR, False), (7 * HOUR, False)])
def test_no_cycle_starts_before_the_next_attempt(passed: timedelta, waits: bool) -> None:
    held = replace(quarantine(), next_attempt=NOW + 6 * HOUR)

    assert must_wait(replace(configuration_state(), quarantine=held), NOW + passed) is waits
    assert not must_wait(replace(configuration_state(), quarantine=quarantine()), NOW + passed)
    assert not must_wait(configuration_state(), NOW + passed)


@pytest.mark.parametrize(
    ("reason", "code", "passed", "given_up"),
    [
        (QuarantineReason.EXCEPTION, "Unauthorized", GIVEN_UP, True),
        (QuarantineReason.EXCEPTION, "Unauthorized", GIVEN_UP - HOUR, False),
        (SHARE, SHARE.value, GIVEN_UP, True),
        (QuarantineReason.TOO_MANY_DELETES, "TooManyDeletes", GIVEN_UP, False),
        (QuarantineReason.EXCEPTION, "TooManyCreates", GIVEN_UP, False),
        (QuarantineReason.EXCEPTION, "NoAssignments", GIVEN_UP, False),
    ],
)
def test_after_four_weeks_a_job_is_given_up_unless_a_guard_waits_for_a_person(
    reason: QuarantineReason, code: str, passed: timedelta, given_up: bool
) -> None:
    held = replace(quarantine(reason), code=code)

    assert is_given_up(replace(configuration_state(), quarantine=held), NOW + passed) is given_up


def test_a_job_that_is_not_in_quarantine_is_not_given_up() -> None:
    assert not is_given_up(configuration_state(), NOW + GIVEN_UP)


@pytest.mark.parametrize("reason", QuarantineReason)
def test_only_entras_thresholds_count_failures(reason: QuarantineReason) -> None:
    state = replace(configuration_state(), quarantine=Quarantine(reason=reason, began=NOW, code="c", message="m"))

    assert counts_failures(state) is (reason in {BASE, SHARE})


def test_without_a_quarantine_nothing_is_counted_or_held() -> None:
    state = configuration_state()

    assert not counts_failures(state)
    assert not holds_removals(state)


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("TooManyDeletes", True),
        ("TooManyCreates", False),
        ("TooManyRewrites", False),
        ("NoPositiveControl", False),
        ("x", True),
    ],
)
def test_removals_are_held_by_every_quarantine_but_those_of_surges_and_doubts(code: str, holds: bool) -> None:
    quarantine = Quarantine(reason=QuarantineReason.EXCEPTION, began=NOW, code=code, message="m")

    assert holds_removals(replace(configuration_state(), quarantine=quarantine)) is holds
