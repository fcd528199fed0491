"""What does an answer that is no success mean, and who must act?

The table is https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/resolve-auth-errors, with
what Graph was seen to answer where the pages say nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from shared.adapters.graph.answer import Answer
from shared.adapters.graph.retry_after import parsed_retry_after
from shared.orchestration.ports import Forbidden, ResyncRequired, Throttled, Unavailable, UnexpectedAnswer


class Failure(StrEnum):
    """What kind of failure an answer is. TRANSIENT leaves open whether a write happened; the others say it did not."""

    THROTTLED = "throttled"
    TRANSIENT = "transient"
    CONCURRENCY = "concurrency"
    NOT_FOUND = "notFound"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    RESYNC = "resync"
    DEPENDENCY = "dependency"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphError:
    """Graph's error body; `code` is the most general, `codes` are all, nested ones too, without case."""

    code: str
    message: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    failure: Failure
    status: int | None = None
    code: str = ""
    message: str = ""

    def fits(self, status: int, error: GraphError) -> bool:
        return (
            self.status in {None, status}
            and (not self.code or self.code.casefold() in error.codes)
            and self.message.casefold() in error.message.casefold()
        )


# The first row that fits counts.
_TABLE = (
    _Row(status=429, failure=Failure.THROTTLED),
    _Row(code="TooManyRequests", failure=Failure.THROTTLED),
    _Row(code="Request_Throttled", failure=Failure.THROTTLED),
    # a delta link is void: https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
    _Row(status=410, failure=Failure.RESYNC),
    _Row(code="syncStateNotFound", failure=Failure.RESYNC),
    _Row(code="resyncRequired", failure=Failure.RESYNC),
    _Row(status=401, failure=Failure.FORBIDDEN),
    # the abuse block has no code of its own, only this text; support lifts it
    _Row(status=403, message="Invitations are blocked", failure=Failure.BLOCKED),
    _Row(status=403, code="Directory_QuotaExceeded", failure=Failure.PERMANENT),
    _Row(status=403, failure=Failure.FORBIDDEN),
    _Row(status=404, failure=Failure.NOT_FOUND),
    # one end of the reference is too new for the replica that answered (observed, without a code of its own):
    # https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2508
    _Row(status=400, message="Not a valid reference update", failure=Failure.NOT_FOUND),
    _Row(status=408, failure=Failure.TRANSIENT),
    _Row(status=409, code="Directory_ConcurrencyViolation", failure=Failure.CONCURRENCY),
    _Row(status=424, failure=Failure.DEPENDENCY),
    _Row(status=501, failure=Failure.PERMANENT),
    _Row(code="UnknownError", failure=Failure.TRANSIENT),
    _Row(code="generalException", failure=Failure.TRANSIENT),
)


def failure_of(answer: Answer) -> Failure:
    """Return the kind of failure; an answer that nobody documented is TRANSIENT from 500 on, else PERMANENT."""
    error = error_of(answer)
    for row in _TABLE:
        if row.fits(answer.status, error):
            return row.failure
    return Failure.TRANSIENT if answer.status >= 500 else Failure.PERMANENT


def error_of(answer: Answer) -> GraphError:
    """Return Graph's error; where the body is none, the status is the code."""
    body = answer.body
    error = body.get("error") if isinstance(body, dict) else None
    codes = tuple(_codes(error))
    message = error.get("message") if isinstance(error, dict) else None
    return GraphError(
        code=codes[0] if codes else str(answer.status),
        message=message if isinstance(message, str) else "",
        codes=frozenset(code.casefold() for code in codes),
    )


def _codes(error: object) -> Iterator[str]:
    # "code on the most specific nested code known": https://learn.microsoft.com/graph/errors#error-resource-type
    depth = 0
    while isinstance(error, dict) and depth < 10:
        code = error.get("code")
        if isinstance(code, str) and code:
            yield code
        error = error.get("innerError") or error.get("innererror")
        depth += 1


def retry_after(answer: Answer, now: datetime) -> timedelta | None:
    """Return how long the answer asks to wait, or None if it does not say."""
    return parsed_retry_after(answer.headers.get("retry-after"), now)


def raise_failure(answer: Answer, now: datetime, guess: timedelta) -> NoReturn:
    """Raise the port's error for a read that failed; `guess` is the wait where a 429 names none."""
    failure = failure_of(answer)
    error = error_of(answer)
    # of the message only what Graph says of a permission: others may name people
    if failure is Failure.THROTTLED:
        raise Throttled(retry_after(answer, now) or guess)
    if failure in {Failure.TRANSIENT, Failure.CONCURRENCY}:
        raise Unavailable(f"Graph answered {answer.status} {error.code}.")
    if failure in {Failure.FORBIDDEN, Failure.BLOCKED}:
        raise Forbidden(error.code, error.message)
    if failure is Failure.RESYNC:
        raise ResyncRequired(f"Graph answered {answer.status} {error.code}.")
    raise UnexpectedAnswer(f"Graph answered {answer.status} {error.code}.")


def is_missing(answer: Answer) -> bool:
    """Say whether Graph itself says that there is no such object; a 404 of something in between does not count."""
    codes = {"request_resourcenotfound", "directory_objectnotfound", "resourcenotfound"}
    return answer.status == 404 and not codes.isdisjoint(error_of(answer).codes)
