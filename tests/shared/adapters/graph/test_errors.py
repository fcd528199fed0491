"""Is each failure of Graph understood as what the facts say it is?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.answer import Answer
from shared.adapters.graph.errors import Failure, error_of, failure_of, is_missing, raise_failure
from shared.orchestration.ports import Forbidden, ResyncRequired, Throttled, Unavailable, UnexpectedAnswer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GUESS = timedelta(seconds=9)

CASES = [
    (429, "TooManyRequests", "", Failure.THROTTLED, Throttled),
    (429, "Request_Throttled", "", Failure.THROTTLED, Throttled),
    (400, "Request_Throttled", "", Failure.THROTTLED, Throttled),
    (500, "InternalServerError", "", Failure.TRANSIENT, Unavailable),
    (502, "BadGateway", "", Failure.TRANSIENT, Unavailable),
    (503, "ServiceUnavailable", "", Failure.TRANSIENT, Unavailable),
    (504, "GatewayTimeout", "", Failure.TRANSIENT, Unavailable),
    (599, "", "", Failure.TRANSIENT, Unavailable),
    (408, "RequestTimeout", "", Failure.TRANSIENT, Unavailable),
    (400, "UnknownError", "", Failure.TRANSIENT, Unavailable),
    (400, "generalException", "", Failure.TRANSIENT, Unavailable),
    (409, "Directory_ConcurrencyViolation", "", Failure.CONCURRENCY, Unavailable),
    (409, "Request_MultipleObjectsWithSameKeyValue", "", Failure.PERMANENT, UnexpectedAnswer),
    (404, "Request_ResourceNotFound", "", Failure.NOT_FOUND, UnexpectedAnswer),
    (404, "Directory_ObjectNotFound", "", Failure.NOT_FOUND, UnexpectedAnswer),
    (401, "InvalidAuthenticationToken", "", Failure.FORBIDDEN, Forbidden),
    (403, "Authorization_RequestDenied", "", Failure.FORBIDDEN, Forbidden),
    (403, "Unauthorized", "Insufficient privileges to perform", Failure.FORBIDDEN, Forbidden),
    (403, "Forbidden", "Invitations are blocked for this directory due to", Failure.BLOCKED, Forbidden),
    (403, "Directory_QuotaExceeded", "", Failure.PERMANENT, UnexpectedAnswer),
    (400, "Request_BadRequest", "", Failure.PERMANENT, UnexpectedAnswer),
    (405, "Request_BadRequest", "", Failure.PERMANENT, UnexpectedAnswer),
    (412, "", "", Failure.PERMANENT, UnexpectedAnswer),
    (413, "", "", Failure.PERMANENT, UnexpectedAnswer),
    (501, "NotImplemented", "", Failure.PERMANENT, UnexpectedAnswer),
    (302, "", "", Failure.PERMANENT, UnexpectedAnswer),
    (410, "", "", Failure.RESYNC, ResyncRequired),
    (410, "SyncStateNotFound", "", Failure.RESYNC, ResyncRequired),
    (400, "syncStateNotFound", "", Failure.RESYNC, ResyncRequired),
    (404, "SYNCSTATENOTFOUND", "", Failure.RESYNC, ResyncRequired),
    (400, "resyncRequired", "", Failure.RESYNC, ResyncRequired),
    (424, "", "", Failure.DEPENDENCY, UnexpectedAnswer),
]


def answer(status: int, code: str, message: str = "") -> Answer:
    body = {"error": {"code": code, "message": message}} if code else None
    return Answer(status=status, headers={}, body=body)


@pytest.mark.parametrize(("status", "code", "message", "failure", "raised"), CASES)
def test_an_answer_is_the_failure_of_its_row(
    status: int, code: str, message: str, failure: Failure, raised: type[Exception]
) -> None:
    failed = answer(status, code, message)

    assert failure_of(failed) is failure
    with pytest.raises(raised):
        raise_failure(failed, NOW, GUESS)


def test_a_nested_code_counts_as_much_as_the_outer_one() -> None:
    body = {"error": {"code": "BadRequest", "innerError": {"code": "x", "innererror": {"code": "resyncRequired"}}}}

    failed = Answer(status=400, headers={}, body=body)

    assert failure_of(failed) is Failure.RESYNC
    assert error_of(failed).code == "BadRequest"


@pytest.mark.parametrize(("header", "wait"), [("12", 12), ("0", 9), (None, 9), ("soon", 9)])
def test_a_throttled_read_waits_as_told_or_as_guessed(header: str | None, wait: int) -> None:
    headers = {"retry-after": header} if header is not None else {}

    with pytest.raises(Throttled) as raised:
        raise_failure(Answer(status=429, headers=headers), NOW, GUESS)

    assert raised.value.retry_after == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("failed", "missing"),
    [
        (answer(404, "Request_ResourceNotFound"), True),
        (answer(404, "Directory_ObjectNotFound"), True),
        (answer(404, "NotFound"), False),
        (answer(404, ""), False),
        (answer(403, "Request_ResourceNotFound"), False),
        (Answer(status=200, headers={}, body={"error": {"code": "Request_ResourceNotFound"}}), False),
    ],
)
def test_only_a_404_with_the_codes_of_graph_says_that_an_object_is_missing(failed: Answer, missing: bool) -> None:
    assert is_missing(failed) is missing


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "message", "innerError"]), inner),
)


@given(st.integers(min_value=300, max_value=599), JSON)
def test_a_failure_of_any_shape_raises_an_error_of_the_port(status: int, body: object) -> None:
    with pytest.raises((Throttled, Unavailable, Forbidden, ResyncRequired, UnexpectedAnswer)):
        raise_failure(Answer(status=status, headers={}, body=body), NOW, GUESS)
