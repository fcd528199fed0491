"""A tenant refuses that anybody is worked on: how is that told, and when does it end?

The configuration is held in quarantine. While it is, a message tries one entry only: a policy or a consent that is gone
is asked for now and then, and nobody is examined for nothing. What goes through ends the quarantine.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.cycles.pending import POLICY_FORBIDS, PendingState
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.ports import Forbidden, LookUp, Throttled, Unavailable, UnexpectedAnswer
from shared.orchestration.update_state import update_state

FORBIDDEN: Final = "The cross-tenant access policy of the target does not allow users to be synchronized."


def is_refused(state: ConfigurationState) -> bool:
    """Was the configuration held because a tenant refused?"""
    return state.quarantine is not None and state.quarantine.refused


async def hold_configuration(job: Job, error: Forbidden) -> None:
    """Put the configuration into quarantine, unless it is in one for a reason of its own."""
    now = job.engine.clock.now()

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if state.quarantine is not None:
            return None
        quarantine = Quarantine(
            reason=QuarantineReason.EXCEPTION, began=now, code=error.code, message=error.message, refused=True
        )
        return replace(state, quarantine=quarantine)

    await update_state(job.engine, job.configuration.id, change)


async def lift_refusal(job: Job) -> None:
    """End the quarantine, if it still is the one of a refusal."""

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        return replace(state, quarantine=None) if is_refused(state) else None

    await update_state(job.engine, job.configuration.id, change)


async def note_policy(job: Job, look_up: LookUp) -> bool:
    """Does the partner policy allow it, as far as it could be read? Raises Forbidden if it does not (law 8).

    What one chunk has seen is written down for the others, whose look-ups may be older: they ask before each write.
    """
    budgets = job.engine.budgets
    pair = job.configuration.target.tenant_id, job.configuration.source.tenant_id
    if look_up.policy_allows is False:
        await budgets.refuse(*pair, job.engine.clock.now())
        raise Forbidden(POLICY_FORBIDS, FORBIDDEN)
    if look_up.policy_allows is True:
        since = job.standing.refused_since
        if since is not None and look_up.date > since:
            await budgets.allow(*pair)
    return look_up.policy_allows is True


async def policy_allows(job: Job) -> bool:
    """Does the target answer, and does its partner policy allow the synchronization?"""
    try:
        return (await job.target.look_up([])).policy_allows is True
    except (Throttled, Unavailable, Forbidden, UnexpectedAnswer):
        return False


def went_through(passes: Sequence[EntryPass]) -> bool:
    """Was anybody worked on to an end, so that nothing refuses any more? Who waits proves nothing."""
    rows = [each.ending.next for each in passes if each.ending is not None]
    return bool(rows) and all(row is None or row.state is not PendingState.WAITING for row in rows)
