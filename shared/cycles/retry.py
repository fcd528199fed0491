"""An entry could not be finished: when is it tried again, and as what?

| why | then |
|---|---|
| may succeed soon, few attempts so far | WAITING, with exponential back-off (or as long as Graph said) |
| the wait would be longer than 15 minutes, or 12 attempts were made | ESCROWED |
| needs somebody to act | ESCROWED |

An escrow is tried again by the next cycle, then less and less often, as Entra does it.
https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#errors-and-retries
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.pending import LONGEST_WAIT, MOST_ATTEMPTS, Pending, PendingState

FIRST_WAIT = timedelta(seconds=10)
LONGEST_BACK_OFF = timedelta(minutes=5)
LONGEST_ESCROW = timedelta(hours=24)


def wait(pending: Pending, now: datetime, reason: str, *, at_least: timedelta | None = None) -> Pending:
    """Return the row as it waits for its next attempt, or in escrow if it waited often or long enough.

    A staged row that waits stays staged: it only becomes due later.
    """
    back_off = min(FIRST_WAIT * 2 ** min(pending.attempts, 10), LONGEST_BACK_OFF)
    delay = max(back_off, at_least or timedelta(0))
    if delay > LONGEST_WAIT or pending.attempts >= MOST_ATTEMPTS:
        return escrow(pending, now, reason)
    state = PendingState.STAGED if pending.state is PendingState.STAGED else PendingState.WAITING
    return replace(
        pending, state=state, due=now + delay, attempts=pending.attempts + 1, confirm=True, reason=reason, etag=""
    )


def pause(pending: Pending, now: datetime, delay: timedelta, reason: str) -> Pending:
    """Return the row as it waits for something that is no failure of its own: a budget, a policy, a second look."""
    state = PendingState.STAGED if pending.state is PendingState.STAGED else PendingState.WAITING
    due = now + min(delay, LONGEST_WAIT)
    return replace(pending, state=state, due=due, confirm=True, reason=reason, etag="")


def escrow(pending: Pending, now: datetime, reason: str) -> Pending:
    """Return the row in escrow; each further time it stays there twice as long, up to a day.

    It may stay there for ever, so no guard waits for it: a removal or disable that comes of it is counted anew.
    """
    times = pending.escrows
    delay = timedelta(0) if times == 0 else min(timedelta(minutes=20) * 2 ** min(times, 10), LONGEST_ESCROW)
    return replace(
        pending,
        state=PendingState.ESCROWED,
        due=now + delay,
        attempts=0,
        escrows=times + 1,
        confirm=True,
        differed=False,
        staged_cycle=0,
        reason=reason,
        etag="",
    )
