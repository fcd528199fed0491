"""Does each function give what Microsoft's pages show (source "documented"), and what we decided beyond them ("ours")?

https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.expressions import DROP, FUNCTIONS, ExpressionError, ExpressionSyntaxError, is_redacted, parse, printed
from tests.shared.expressions.evaluating import evaluated, surroundings

CASES = Path(__file__).parent / "cases"


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.json")):
        for number, case in enumerate(json.loads(file.read_text("utf-8")), 1):
            yield pytest.param(case, id=f"{file.stem}-{number}")


ALL_CASES = list(cases())


def check_all_cases() -> None:
    """Raise at the first case that gives something else: the quick check of `tests.mutating`."""
    for parameters in ALL_CASES:
        test_a_case_gives_what_it_expects(*parameters.values)


@pytest.mark.parametrize("case", ALL_CASES)
def test_a_case_gives_what_it_expects(case: dict[str, Any]) -> None:
    expected = case["output"]
    environment = surroundings(case.get("existing", ()))

    if isinstance(expected, dict) and "$error" in expected:
        with pytest.raises(ExpressionError) as raised:
            evaluated(case["expression"], case["inputs"], environment)
        assert_points_into_its_text(raised.value)
        return

    found = evaluated(case["expression"], case["inputs"], environment)

    if "assert_len" in case or "assert_regex" in case:
        assert_random_text(found, case)
    elif isinstance(expected, dict) and "$value" in expected:
        assert is_redacted(parse(case["expression"]))
        assert_same(found, expected["$value"])
    else:
        assert not is_redacted(parse(case["expression"]))
        assert_same(found, expected)


def test_each_case_says_the_same_when_it_is_printed_and_parsed() -> None:
    texts = {case["expression"] for file in CASES.glob("*.json") for case in json.loads(file.read_text("utf-8"))}

    for text in sorted(texts):
        with contextlib.suppress(ExpressionSyntaxError):
            tree = parse(text)
            assert parse(printed(tree)) == tree
            assert printed(parse(printed(tree))) == printed(tree)


def test_every_function_has_cases_and_every_file_a_function() -> None:
    named = {file.stem for file in CASES.glob("*.json")} - {"syntax"}

    assert named == set(FUNCTIONS)


def assert_same(found: object, expected: object) -> None:
    if isinstance(expected, dict):
        assert expected == {"$flow": "drop"}
        assert found is DROP
    else:
        wanted = tuple(expected) if isinstance(expected, list) else expected
        assert (found, type(found)) == (wanted, type(wanted))


def assert_random_text(found: object, case: dict[str, Any]) -> None:
    assert isinstance(found, str)
    assert re.search(case.get("assert_regex", ""), found)
    assert len(found) == case.get("assert_len", len(found))
    assert not set(case.get("assert_excludes", "")) & set(found)
    kinds = {"digit": str.isdigit, "upper": str.isupper, "lower": str.islower, "special": lambda c: not c.isalnum()}
    for kind, least in case.get("assert_min_counts", {}).items():
        assert sum(map(kinds[kind], found)) >= least


def assert_points_into_its_text(error: ExpressionError) -> None:
    assert error.message
    assert 0 <= error.span.start <= error.span.end <= len(error.text)
    message, shown, carets = str(error).rsplit("\n", 2)
    assert message == error.message
    assert carets.strip(" ^") == ""
    assert "^" in carets
    assert len(shown) <= 106
