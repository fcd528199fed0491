"""How long is a duration of the document, and how is one written?"""

from datetime import timedelta

import isodate  # type: ignore[import-untyped]  # the package ships no types

# Without years and months, whose length depends on the calendar, and without fractions.
PATTERN = (
    "^P(?:[0-9]{1,5}W|(?=[0-9]|T[0-9])(?:[0-9]{1,5}D)?"
    "(?:T(?=[0-9])(?:[0-9]{1,5}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,8}S)?)?)$(?!\\n)"
)


def parse_duration(text: str) -> timedelta:
    """Read a duration that matches `PATTERN`."""
    duration: timedelta = isodate.parse_duration(text)
    return duration


def format_duration(duration: timedelta) -> str:
    """Write the one canonical spelling, such as PT40M or P1D."""
    return str(isodate.duration_isoformat(duration))
