"""Is a filter read as it is meant, and refused where it is not, with the place and what is allowed?"""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.filter_syntax import Comparison, FilterError, Kind, Operator, Property, parse_filter

PROPERTIES = {
    "name": Property(),
    "identity/id": Property(),
    "status": Property(kind=Kind.CHOICE, choices=("success", "failure")),
    "time": Property(kind=Kind.TIME),
    "count": Property(kind=Kind.NUMBER),
}
TIME = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)


def read(text: str) -> list[tuple[str, str, object]]:
    return [(each.property, each.operator.value, each.value) for each in parse_filter(text, PROPERTIES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name eq 'Zoë'", [("name", "eq", "Zoë")]),
        ("  name  eq  'a b'  ", [("name", "eq", "a b")]),
        ("identity/id eq ''", [("identity/id", "eq", "")]),
        ("name eq 'O''Brien and ''s'", [("name", "eq", "O'Brien and 's")]),
        ("contains(name,'a')", [("name", "contains", "a")]),
        ("contains( name , 'a,)' )", [("name", "contains", "a,)")]),
        ("status eq 'failure'", [("status", "eq", "failure")]),
        ("time ge 2026-01-31T08:30:00Z", [("time", "ge", TIME)]),
        ("time gt 2026-01-31T09:30:00+01:00", [("time", "gt", TIME)]),
        ("time le 2026-01-31T08:30Z", [("time", "le", TIME)]),
        ("time lt 2026-01-31", [("time", "lt", datetime(2026, 1, 31, tzinfo=UTC))]),
        ("time eq 2026-01-31T08:30:00.1234567Z", [("time", "eq", TIME.replace(microsecond=123456))]),
        ("count ge -5", [("count", "ge", -5)]),
        (
            "name eq 'and' and count lt 3 and contains(identity/id,'x')",
            [("name", "eq", "and"), ("count", "lt", 3), ("identity/id", "contains", "x")],
        ),
    ],
)
def test_a_filter_is_read(text: str, expected: list[tuple[str, str, object]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("", 1, "it ends where a property"),
        ("nam eq 'a'", 1, "'nam' is no property to filter by; allowed are name, identity/id, status, time, count"),
        ("Name eq 'a'", 1, "'Name' is no property"),
        ("name", 5, "it ends where an operator: eq, contains must follow"),
        ("name eq", 8, "it ends where a text in single quotes must follow"),
        ("name ne 'a'", 6, "'ne' is no operator; name allows eq, contains"),
        ("name gt 'a'", 6, "name does not allow gt, but eq, contains"),
        ("name contains 'a'", 6, "write contains(name,'text')"),
        ("contains(time,'2026')", 1, "time does not allow contains, but eq, gt, ge, lt, le"),
        ("contains(name 'a')", 15, "',' must stand here, not ''a''"),
        ("name eq a", 9, "a text in single quotes must stand here, not a"),
        ('name eq "a"', 9, "nothing that could stand here"),
        ("name eq 'a", 9, "is a quote missing?"),
        ("status eq 'failed'", 11, "'success' or 'failure' must stand here, not 'failed'"),
        ("status eq failure", 11, "'success' or 'failure' must stand here"),
        ("time ge '2026-01-31T08:30:00Z'", 9, "a time such as"),
        ("time ge 2026-02-31", 9, "2026-02-31 is no time there is"),
        ("time ge 0001-01-01T00:00:00+14:00", 9, "is no time there is"),
        ("count eq 1.5", 10, "a whole number must stand here, not 1.5"),
        ("count eq 9999999999999999999", 10, "a whole number must stand here"),
        ("name eq 'a' or name eq 'b'", 13, "'and' must stand here, not 'or'"),
        ("name eq 'a' and", 16, "it ends where a property"),
        ("(name eq 'a')", 1, "'(' is no property"),
        ("not contains(name,'a')", 1, "'not' is no property"),
        ("name eq 'a' name eq 'b'", 13, "'and' must stand here, not 'name'"),
        ("name eq \x00", 9, "nothing that could stand here"),
        ("name eq 'a'" + " and name eq 'a'" * 20, 321, "more than 20 comparisons"),
        (" " * 5000, 4097, "it has 5000 characters; at most 4096 are read"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text: str, at: int, told: str) -> None:
    with pytest.raises(FilterError) as refused:
        parse_filter(text, PROPERTIES)

    assert str(refused.value).startswith(f"$filter, character {at}: ")
    assert told in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FilterError):
        assert parse_filter(text, PROPERTIES)


@given(st.text(max_size=30), st.sampled_from(["name", "identity/id"]))
def test_any_text_can_be_asked_for(value: str, name: str) -> None:
    quoted = value.replace("'", "''")

    assert read(f"{name} eq '{quoted}' and contains({name},'{quoted}')") == [
        (name, "eq", value),
        (name, "contains", value),
    ]


@pytest.mark.parametrize(
    ("operator", "value", "fulfilled", "not_fulfilled"),
    [
        (Operator.EQ, "a", ["a"], ["A", "ab", None, 1]),
        (Operator.CONTAINS, "b", ["abc", "b"], ["aBc", "", None]),
        (Operator.GT, 5, [6], [5, 4, None, "6"]),
        (Operator.GE, 5, [6, 5], [4]),
        (Operator.LT, 5, [4], [5, 6]),
        (Operator.LE, 5, [4, 5], [6]),
    ],
)
def test_a_comparison_holds(
    operator: Operator, value: str | int, fulfilled: list[object], not_fulfilled: list[object]
) -> None:
    comparison = Comparison(property="x", operator=operator, value=value, span=(0, 1))

    assert all(comparison.holds(each) for each in fulfilled)
    assert not any(comparison.holds(each) for each in not_fulfilled)
