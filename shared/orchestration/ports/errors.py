"""How can a port fail?"""

from datetime import timedelta


class StorageUnavailable(Exception):
    """Storage did not answer, or answered that it cannot now; what was sent may or may not have happened."""


class Conflict(Exception):
    """The row was changed, created or deleted by somebody else in the meantime; read it again."""


class NewerRow(Exception):
    """The row was written by a newer version of the app; leave it to that one."""


class Throttled(Exception):
    """Graph refused with 429; `retry_after` is how long, as Graph said or our own guess."""

    def __init__(self, retry_after: timedelta, *, writes: bool = False) -> None:
        super().__init__(f"throttled for {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after
        self.writes = writes


class Unavailable(Exception):
    """Graph did not answer or answered 5xx; for a write it is unknown whether it happened."""


class Forbidden(Exception):
    """Graph refused for want of a permission, a consent or a token: nothing will succeed until someone acts."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ResyncRequired(Exception):
    """The delta link is void (410, or expired after 7 days): everything must be read again."""


class UnexpectedAnswer(Exception):
    """Graph answered something that is not documented, or pointed to another host; nothing was followed."""
