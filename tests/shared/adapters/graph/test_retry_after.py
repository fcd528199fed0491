"""Is a `Retry-After` understood, whatever is in it?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.retry_after import LONGEST, parsed_http_date, parsed_retry_after

NOW = datetime(2026, 1, 1, tzinfo=UTC)

CASES = {
    "seconds": ("10", timedelta(seconds=10)),
    "a fraction": ("2.128", timedelta(seconds=2.128)),
    "a fraction is rounded up": ("0.0000001", timedelta(microseconds=1)),
    "white space": (" 7 ", timedelta(seconds=7)),
    "zero": ("0", timedelta(0)),
    "an HTTP date": ("Thu, 01 Jan 2026 00:00:30 GMT", timedelta(seconds=30)),
    "a date in the past": ("Wed, 31 Dec 2025 23:00:00 GMT", timedelta(0)),
    "missing": (None, None),
    "empty": ("", None),
    "negative": ("-5", None),
    "words": ("soon", None),
    "not a number": ("nan", None),
    "infinite": ("inf", None),
    "other digits": ("٣", None),
    "an exponent": ("1e9", None),
    "absurdly long": ("999999999999", LONGEST),
    "a date in 9999": ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
    "a date that is none": ("Thu, 99 Jan 2026 00:00:30 GMT", None),
}


@pytest.mark.parametrize(("header", "expected"), CASES.values(), ids=CASES.keys())
def test_a_retry_after_is_read_as_the_wait_that_it_means(header: str | None, expected: timedelta | None) -> None:
    wait = parsed_retry_after(header, NOW)

    assert wait == expected


@given(st.text() | st.floats().map(str) | st.integers().map(str) | st.datetimes().map(str))
def test_any_header_gives_a_wait_within_bounds_or_none(header: str) -> None:
    wait = parsed_retry_after(header, NOW)

    assert wait is None or timedelta(0) <= wait <= LONGEST


@given(st.integers(min_value=0, max_value=86_400), st.integers(min_value=0, max_value=999_999))
def test_a_wait_is_never_shorter_than_the_header_says(seconds: int, fraction: int) -> None:
    wait = parsed_retry_after(f"{seconds}.{fraction:06}", NOW)

    assert wait is not None
    assert wait >= min(timedelta(seconds=seconds, microseconds=fraction), LONGEST)


def test_a_date_without_a_zone_is_utc() -> None:
    parsed = parsed_http_date("Thu, 01 Jan 2026 00:00:30 -0000")

    assert parsed == NOW + timedelta(seconds=30)
