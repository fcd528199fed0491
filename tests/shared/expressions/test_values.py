"""How does one kind of value become another?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.expressions import values
from shared.expressions.values import Unfit, Value

MOMENT = datetime(2020, 3, 16, 7, 0, tzinfo=UTC)
REFUSED = object()

# Each row: a value, and what it is as text, number, truth, date.
CONVERSIONS: list[tuple[Value, object, object, object, object]] = [
    (None, None, None, False, None),
    ("", "", REFUSED, False, None),
    ("x", "x", REFUSED, REFUSED, REFUSED),
    ("12", "12", 12, True, REFUSED),
    (" -12 ", " -12 ", -12, True, REFUSED),
    ("+1.50", "+1.50", 1.5, True, REFUSED),
    ("&HF7", "&HF7", 247, True, REFUSED),
    (" &h0 ", " &h0 ", 0, False, REFUSED),
    ("&H7FFFFFFFFFFFFFFF", "&H7FFFFFFFFFFFFFFF", 2**63 - 1, True, REFUSED),
    ("&H8000000000000000", "&H8000000000000000", REFUSED, REFUSED, REFUSED),
    ("&HFFFFFFFFFFFFFFFFF", "&HFFFFFFFFFFFFFFFFF", REFUSED, REFUSED, REFUSED),
    ("9223372036854775807", "9223372036854775807", 2**63 - 1, True, REFUSED),
    ("9223372036854775808", "9223372036854775808", REFUSED, REFUSED, REFUSED),
    ("1" * 5000, "1" * 5000, REFUSED, REFUSED, REFUSED),
    ("1e5", "1e5", REFUSED, REFUSED, REFUSED),
    ("١", "١", REFUSED, REFUSED, REFUSED),
    ("0", "0", 0, False, REFUSED),
    ("TRUE", "TRUE", REFUSED, True, REFUSED),
    (" false ", " false ", REFUSED, False, REFUSED),
    ("2020-03-16T00:00:00-07:00", "2020-03-16T00:00:00-07:00", REFUSED, REFUSED, MOMENT),
    (0, "0", 0, False, REFUSED),
    (-7, "-7", -7, True, REFUSED),
    (2**63 - 1, str(2**63 - 1), 2**63 - 1, True, REFUSED),
    (2**63, REFUSED, REFUSED, REFUSED, REFUSED),
    (-(2**63), str(-(2**63)), -(2**63), True, REFUSED),
    (-(2**63) - 1, REFUSED, REFUSED, REFUSED, REFUSED),
    (10**5000, REFUSED, REFUSED, REFUSED, REFUSED),
    (1.0, "1", 1.0, True, REFUSED),
    (0.25, "0.25", 0.25, True, REFUSED),
    (1e30, "1E+30", 1e30, True, REFUSED),
    (True, "True", 1, True, REFUSED),
    (False, "False", 0, False, REFUSED),
    (b"ab", "YWI=", REFUSED, REFUSED, REFUSED),
    (MOMENT, "3/16/2020 7:00:00 AM", REFUSED, REFUSED, MOMENT),
    ((), None, None, False, None),
    (("12",), "12", 12, True, REFUSED),
    (("a", "b"), REFUSED, REFUSED, REFUSED, REFUSED),
]


@pytest.mark.parametrize("row", CONVERSIONS, ids=range(len(CONVERSIONS)))
def test_a_value_becomes_another_kind_or_is_refused(row: tuple[Value, object, object, object, object]) -> None:
    value, *expected = row
    conversions: list[Callable[[Value], object]] = [values.text, values.number, values.boolean, values.moment]

    for convert, wanted in zip(conversions, expected, strict=True):
        if wanted is REFUSED:
            with pytest.raises(Unfit):
                convert(value)
        else:
            found = convert(value)
            assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), (5, 5), (5.0, 5), ("5.0", 5), (-0.0, 0), (True, 1), ("&H10", 16), (2.0**62, 2**62)],
)
def test_a_whole_number_may_be_written_with_a_point(value: Value, expected: object) -> None:
    found = values.whole_number(value)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "a number with a fraction"),
        ("1.5", "a number with a fraction"),
        (float("nan"), "a number with a fraction"),
        (float("inf"), "a number with a fraction"),
        (1e30, "a number of more than 64 bits"),
        ("x", "a text that is no number"),
        (b"", "bytes"),
        (MOMENT, "a date"),
        (("a", "b"), "2 values"),
    ],
)
def test_what_is_no_whole_number_says_what_it_is(value: Value, reason: str) -> None:
    with pytest.raises(Unfit) as raised:
        values.whole_number(value)

    assert str(raised.value) == reason


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, "nothing"),
        ((), "nothing"),
        (True, "true or false"),
        (1, "a number"),
        (1.5, "a number"),
        (("a",), "a text"),
        (("a", "b", "c"), "3 values"),
        (MOMENT, "a date"),
        (b"x", "bytes"),
        ("secret", "a text"),
    ],
)
def test_a_value_is_described_by_its_kind_and_never_shown(value: Value, described: str) -> None:
    assert values.described(value) == described


def test_a_date_is_taken_in_utc_whatever_its_zone() -> None:
    elsewhere = datetime(2020, 3, 16, 0, 0, tzinfo=timezone(timedelta(hours=-7)))

    assert values.moment(elsewhere) == MOMENT
    assert values.text(elsewhere) == "3/16/2020 7:00:00 AM"
    assert values.text(datetime(2020, 3, 16, 7, 0)) == "3/16/2020 7:00:00 AM"  # noqa: DTZ001 - without a zone on purpose
    with pytest.raises(Unfit, match="a text that is no date"):
        values.moment("x")


def test_bytes_come_as_they_are_or_in_base64() -> None:
    assert values.octets(b"ab") == values.octets("YWI=") == values.octets(("YWI=",)) == b"ab"
    assert values.octets(None) is None
    for wrong in ("YWI", "Y W I =", "é"):
        with pytest.raises(Unfit, match="a text that is no Base64"):
            values.octets(wrong)
    with pytest.raises(Unfit, match="a number"):
        values.octets(5)


def test_several_values_are_those_that_are_there() -> None:
    assert values.many(None) == values.many(()) == ()
    assert values.many("a") == ("a",)
    assert values.many(("a", None, "")) == ("a", "")


def test_a_date_leaves_an_expression_as_text() -> None:
    assert values.outside(MOMENT) == "3/16/2020 7:00:00 AM"
    assert values.outside((MOMENT, "x", 1)) == ("3/16/2020 7:00:00 AM", "x", 1)
    assert values.outside("x") == "x"


@pytest.mark.parametrize(
    ("decoded", "value"),
    [
        (None, None),
        ("a", "a"),
        (1, 1),
        (1.5, 1.5),
        (True, True),
        ([], ()),
        (["a", None, 2], ("a", None, 2)),
        ({"a": ["é"]}, '{"a":["é"]}'),
        ([{"a": 1}, ["b"]], ('{"a":1}', '["b"]')),
    ],
)
def test_json_becomes_values(decoded: object, value: Value) -> None:
    assert values.from_json(decoded) == value


@pytest.mark.parametrize("value", [None, "", (), ("",)])
def test_nothing_and_an_empty_text_are_empty(value: Value) -> None:
    assert values.is_empty(value)


@pytest.mark.parametrize("value", [0, False, " ", ("", ""), ("a",), (None,), b"", 0.0])
def test_everything_else_is_not_empty(value: Value) -> None:
    assert not values.is_empty(value)
