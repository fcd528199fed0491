"""When is the next cycle due?"""

from datetime import datetime, timedelta

from shared.cycles.state import ConfigurationState

TOLERANCE = timedelta(seconds=30)
"""A tick that fires at the very second must not miss a cycle because storage's clock is told in whole seconds."""


def next_due(previous: datetime, interval: timedelta, now: datetime) -> datetime:
    """Return the first time after `now` on the grid that starts at `previous`: the schedule never drifts.

    Times that passed while nothing ran (a long cycle, an app that was off) are left out, not caught up.
    """
    if previous > now:
        return previous
    return previous + interval * ((now - previous) // interval + 1)


def is_due(state: ConfigurationState, now: datetime) -> bool:
    """Is it time for the next cycle?"""
    return not state.running and state.next_due is not None and state.next_due <= now + TOLERANCE
