"""What does a compiled expression do, and what may it cost?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.expressions import (
    DROP,
    Attribute,
    Call,
    Constant,
    Environment,
    ExpressionError,
    ExpressionRaised,
    ExpressionSyntaxError,
    Program,
    Span,
    compiled,
    is_redacted,
    is_volatile,
    parse,
)
from tests.shared.expressions.evaluating import GUID, evaluated, surroundings


@pytest.mark.parametrize(
    ("expression", "volatile", "redacted"),
    [
        ("[a]", False, False),
        ("now()", True, False),
        ('IIF([a] = "x", Append("b", Guid()), "c")', True, False),
        ("RandomString(8, 1, 1, 1, 1)", True, False),
        ('SelectUniqueValue("a", "b")', True, False),
        ('"a" & redact([b])', False, True),
        ("Redact(Now())", True, True),
        ("DefaultDomain()", False, False),
        ("CDate([a])", False, False),
    ],
)
def test_a_program_says_whether_it_differs_each_time_and_whether_logs_hide_it(
    expression: str, volatile: bool, redacted: bool
) -> None:
    tree = parse(expression)
    program = compiled(tree)

    assert (program.is_volatile, program.is_redacted) == (volatile, redacted)
    assert (is_volatile(tree), is_redacted(tree)) == (volatile, redacted)


def test_what_is_unknown_is_neither_volatile_nor_redacted() -> None:
    assert not is_volatile(parse("Nope()"))
    assert not is_redacted(parse("Nope()"))


def test_a_program_serves_many_people() -> None:
    program = compiled(parse("IIF(IsPresent([a]), ToUpper([a]), IgnoreFlowIfNullOrEmpty([b]))"))

    found = [program.evaluate(person, surroundings()) for person in ({"a": "x"}, {"b": "y"}, {}, {"a": "z", "b": "w"})]

    assert program.text == "IIF(IsPresent([a]), ToUpper([a]), IgnoreFlowIfNullOrEmpty([b]))"
    assert found == ["X", "y", DROP, "Z"]


def test_a_tree_that_no_text_made_is_compiled_too() -> None:
    tree = Call(name="Append", arguments=(Attribute(name="a"), Constant(value='"')))

    assert compiled(tree).evaluate({"a": "x"}, surroundings()) == 'x"'
    with pytest.raises(ExpressionSyntaxError, match='an attribute needs its closing "]"'):
        compiled(Attribute(name="a["))


def test_a_text_of_the_greatest_length_is_compiled_although_its_canonical_text_is_longer() -> None:
    assert evaluated('"a"&' * 2_499 + '"a"') == "a" * 2_500
    assert evaluated('"' + "\\d" * 4_999 + '"') == "\\d" * 4_999
    with pytest.raises(ExpressionSyntaxError, match="the expression has 30,002 characters, 30,000 are allowed"):
        compiled(Constant(value="x" * 30_000))


def test_only_the_branch_that_is_chosen_is_evaluated() -> None:
    asked: list[str] = []

    def exists(value: str) -> bool:
        asked.append(value)
        return value != "c"

    environment = Environment(now=datetime(2024, 1, 1, tzinfo=UTC), random=lambda _: 0, new_guid=str, exists=exists)

    assert evaluated('SelectUniqueValue("a", "", "b", "c", Error("never"))', {}, environment) == "c"
    assert asked == ["a", "b", "c"]


def test_the_environment_is_all_that_comes_from_outside() -> None:
    environment = surroundings(default_domain="contoso.com")

    assert evaluated("Now()", {}, environment) == "2/29/2024 1:05:09 PM"
    assert evaluated("Guid()", {}, environment) == GUID
    assert evaluated('Append("joe@", DefaultDomain())', {}, environment) == "joe@contoso.com"


def test_a_moment_in_another_zone_is_now_in_utc() -> None:
    environment = Environment(
        now=datetime.fromisoformat("2024-01-01T01:00:00+02:00"),
        random=lambda _: 0,
        new_guid=str,
        exists=lambda _: False,
    )

    assert evaluated("Now()", {}, environment) == "12/31/2023 11:00:00 PM"


ERRORS = json.loads((Path(__file__).parent / "errors.json").read_text("utf-8"))


@pytest.mark.parametrize("case", ERRORS, ids=range(len(ERRORS)))
def test_an_error_names_the_function_and_points_to_the_place(case: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluated(case["expression"], case["inputs"])

    span = raised.value.span
    assert raised.value.message == case["message"]
    assert raised.value.text[span.start : span.end] == case["marked"]


def test_an_error_that_the_expression_raises_is_one_of_its_own() -> None:
    with pytest.raises(ExpressionRaised) as raised:
        evaluated('IIF(IsPresent([a]), [a], Error(Append("missing: ", "a")))')
    assert str(raised.value) == (
        "missing: a\n"
        '    IIF(IsPresent([a]), [a], Error(Append("missing: ", "a")))\n'
        "                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )
    with pytest.raises(ExpressionRaised, match="the expression reports an error"):
        evaluated("Error([a])")
    with pytest.raises(ExpressionRaised) as raised:
        evaluated('SelectUniqueValue("a", [b])', {}, surroundings(["a"]))
    assert raised.value.message == "SelectUniqueValue: all 2 values are taken in the target or empty; add a rule"
    assert raised.value.span == Span(start=0, end=27)


@pytest.mark.parametrize(
    ("expression", "inputs", "message"),
    [
        ("[a]", {"a": "x" * 32_769}, "a text has more than 32,768 characters"),
        ("[a]", {"a": ["x"] * 4_097}, "more than 4,096 values"),
        ("[a] & [a]", {"a": "x" * 16_385}, "a text has more than 32,768 characters"),
        ("Append([a], [a])", {"a": "x" * 16_385}, "Append: a text has more than 32,768 characters"),
        ('Join([a], "1", "2", "3")', {"a": "x" * 16_384}, "Join: a text has more than 32,768 characters"),
        ('Replace([a], "x", , , "yyy")', {"a": "x" * 10_923}, "Replace: a text has more than 32,768 characters"),
        ('Replace([a], "u", , , , , "uuu")', {"a": "x" * 10_923}, "Replace: a text has more than 32,768 characters"),
        ("ConvertToUTF8Hex([a])", {"a": "x" * 16_385}, "ConvertToUTF8Hex: a text has more than 32,768 characters"),
        ('Split([a], ",")', {"a": "," * 4_096}, "Split: more than 4,096 values"),
        ("[a] & 1 & [b]", {"a": "x" * 30_000, "b": ["y" * 2_770]}, "a text has more than 32,768 characters"),
    ],
)
def test_what_would_be_too_long_is_refused(expression: str, inputs: dict[str, object], message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluated(expression, inputs)

    assert raised.value.message == message


@pytest.mark.parametrize(
    ("expression", "inputs"),
    [
        ("[a]", {"a": "x" * 32_768}),
        ("[a]", {"a": ["x"] * 4_096}),
        ("[a] & [a]", {"a": "x" * 16_384}),
        ('Join([a], "1", "2", "3")', {"a": "x" * 16_382}),
        ('Join([a], "1")', {"a": "x" * 32_768}),
        ('Replace([a], "x", , , "yyy")', {"a": "x" * 10_922}),
        ('Split([a], ",")', {"a": "," * 4_095}),
    ],
)
def test_the_limits_themselves_are_allowed(expression: str, inputs: dict[str, Any]) -> None:
    evaluated(expression, inputs)


def test_all_values_of_an_evaluation_together_are_bounded() -> None:
    inputs = {"a": "x" * 32_766}

    # Each attribute costs 32,767 and each call 1: eight fit into 262,144, and the ninth does not.
    evaluated("CBool(1) & " * 0 + "Coalesce(" + ", ".join(["Count([a])"] * 8) + ")", inputs)
    total = "IsNull([a]) = IsNull([a])"
    with pytest.raises(ExpressionError) as raised:
        evaluated(" & ".join([f"({total})"] * 4) + " & IsNull([a])", inputs)

    assert raised.value.message == "the values of this expression have more than 262,144 characters together"


def test_ten_regular_expressions_are_applied_and_no_more() -> None:
    def nested(count: int) -> str:
        return "Replace(" * count + "[a]" + ', , "x", , "xx")' * count

    assert evaluated(nested(10), {"a": "x"}) == "x" * 1024
    with pytest.raises(ExpressionError, match="an expression applies more than 10 regular expressions"):
        evaluated(nested(11), {"a": "x"})


def test_the_deepest_expression_is_evaluated_without_reaching_pythons_own_limit() -> None:
    def deepest(inner: str) -> str:
        for _ in range(32):
            inner = f'IIF(("x" & {inner}) = "x", "y", "n")'
        return inner

    assert evaluated(deepest("[a]"), {"a": ""}) == "n"


def test_bytes_are_values_too() -> None:
    program: Program = compiled(parse("StringFromSid([sid])"))

    assert program.evaluate({"sid": bytes.fromhex("010100000000000512000000")}, surroundings()) == "S-1-5-18"
    assert compiled(parse("[sid]")).evaluate({"sid": b"x"}, surroundings()) == b"x"
    with pytest.raises(ExpressionError, match="a text has more than"):
        compiled(parse("[sid]")).evaluate({"sid": b"x" * 32_769}, surroundings())
