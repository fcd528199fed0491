"""How long does a `Retry-After` ask us to wait?"""

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Nobody at Graph waits longer; a header that says so is a mistake that must not stop a tenant for years.
LONGEST = timedelta(hours=24)
# Seconds, sometimes with a fraction (an old page shows 2.128): https://learn.microsoft.com/graph/throttling
_SECONDS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


def parsed_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return the wait, at least zero and at most `LONGEST`; None if there is no header or it says nothing."""
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        # rounded up to the microsecond: a wait must not end before its time
        microseconds = math.ceil(float(text) * 1_000_000)
        return timedelta(microseconds=min(microseconds, LONGEST // timedelta(microseconds=1)))
    until = parsed_http_date(text)
    if until is None:
        return None
    return min(max(until - now, timedelta(0)), LONGEST)


def parsed_http_date(header: str | None) -> datetime | None:
    """Return the time of a `Date` header, or None if it is not one."""
    if not header:
        return None
    try:
        parsed = parsedate_to_datetime(header)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
