"""When is the next cycle due?"""

from datetime import datetime, timedelta


def next_due(previous: datetime, interval: timedelta, now: datetime) -> datetime:
    """Return the first time after `now` on the grid that starts at `previous`: the schedule never drifts.

    Times that passed while nothing ran (a long cycle, an app that was off) are left out, not caught up.
    """
    if previous > now:
        return previous
    return previous + interval * ((now - previous) // interval + 1)
