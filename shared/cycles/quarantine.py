"""When does a job go into quarantine by itself, when is it tried again, and when is it given up?

| failures of a cycle | share of all that ended in it | then |
|---|---|---|
| fewer than 5,000 | any | nothing |
| more than 40,000 | any | EncounteredBaseEscrowThreshold |
| 5,000 or more | more than 40 % | EncounteredEscrowProportionThreshold |

A cycle that fails as a whole (a credential, a protocol) is quarantined at once. The numbers are Entra's:
https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.counters import Counters
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason, is_doubted, is_held, is_surging
from shared.provisioning.provisioning_log import ProvisioningStatus

FEWEST_FAILURES: Final = 5_000
MOST_FAILURES: Final = 40_000
LARGEST_SHARE: Final = 0.4

BACK_OFF: Final = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
"""Attempts after the first failure of a series; then one a day."""

DAILY: Final = timedelta(hours=24)
GIVEN_UP: Final = timedelta(days=28)
"""After so long in quarantine the job is disabled."""

_THRESHOLDS: Final = frozenset({QuarantineReason.BASE_ESCROWS, QuarantineReason.ESCROW_PROPORTION})


def threshold_passed(counters: Counters) -> QuarantineReason | None:
    """Return why so many failures of one cycle need a person, or None."""
    failures = _ended(counters, ProvisioningStatus.FAILURE)
    if failures < FEWEST_FAILURES:
        return None
    if failures > MOST_FAILURES:
        return QuarantineReason.BASE_ESCROWS
    if failures > LARGEST_SHARE * sum(counters.values.values()):
        return QuarantineReason.ESCROW_PROPORTION
    return None


def has_recovered(counters: Counters) -> bool:
    """Did anything succeed, and few enough fail, in a cycle that was tried in quarantine?"""
    return threshold_passed(counters) is None and _ended(counters, ProvisioningStatus.SUCCESS) > 0


def escrow_quarantine(
    before: Quarantine | None, reason: QuarantineReason, counters: Counters, now: datetime
) -> Quarantine:
    """Return the quarantine of a job in which too much fails."""
    failures, ended = _ended(counters, ProvisioningStatus.FAILURE), sum(counters.values.values())
    message = (
        f"{failures} of {ended} entries failed in one cycle; the limits are {MOST_FAILURES} in all, and from "
        f"{FEWEST_FAILURES} on {LARGEST_SHARE:.0%}. Look at the failures in the provisioning log, repair what they "
        "name, then start the job."
    )
    return imposed(before, Quarantine(reason=reason, began=now, code=reason.value, message=message), now)


def imposed(before: Quarantine | None, quarantine: Quarantine, now: datetime) -> Quarantine:
    """Return the quarantine as the next of its series: one without an end in between.

    The first failure is tried again by the next cycle as usual, since it may pass; Entra waits for six hours already
    then. Later ones wait as Entra does, all counted from the first.
    """
    if before is None:
        return replace(quarantine, series_began=now)
    series_began, count = before.series_began or before.began, before.series_count + 1
    began = before.began if before.reason is quarantine.reason else quarantine.began
    return replace(
        quarantine,
        began=began,
        series_began=series_began,
        series_count=count,
        next_attempt=_next_attempt(series_began, now),
    )


def must_wait(state: ConfigurationState, now: datetime) -> bool:
    """Is the next attempt of a job in quarantine still to come?"""
    quarantine = state.quarantine
    return quarantine is not None and quarantine.next_attempt is not None and now < quarantine.next_attempt


def is_given_up(state: ConfigurationState, now: datetime) -> bool:
    """Was the job in quarantine for so long that nobody seems to care?

    What a guard holds waits for its person, and a doubt holds nothing.
    """
    quarantine = state.quarantine
    if quarantine is None or is_held(state) or is_surging(state) or is_doubted(state):
        return False
    return now - (quarantine.series_began or quarantine.began) >= GIVEN_UP


def counts_failures(state: ConfigurationState) -> bool:
    """Is the job in quarantine because too many entries failed?"""
    return state.quarantine is not None and state.quarantine.reason in _THRESHOLDS


def _next_attempt(series_began: datetime, now: datetime) -> datetime:
    for wait in BACK_OFF:
        if now < series_began + wait:
            return series_began + wait
    return series_began + DAILY * ((now - series_began) // DAILY + 1)


def _ended(counters: Counters, wanted: ProvisioningStatus) -> int:
    return sum(count for (_, status), count in counters.values.items() if status is wanted)
