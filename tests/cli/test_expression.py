"""Can an operator try an expression, and a file of cases, without an app?"""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CASES = Path(__file__).parents[1] / "shared" / "expressions" / "cases"


@pytest.mark.parametrize(
    ("expression", "inputs", "shown"),
    [
        ('Append([a], "é")', {"a": "x"}, "xé"),
        ('Split([a], ",")', {"a": "x,y"}, '["x", "y"]'),
        ("IsNull([a])", {}, "true"),
        ("[a]", {}, "null"),
        ("Count([a])", {"a": ["x"]}, "1"),
        ("IgnoreFlowIfNullOrEmpty([a])", {}, "$flow:drop"),
        ("[a]", {"a": {"b": 1}}, '{"b":1}'),
    ],
)
def test_an_expression_is_evaluated_for_the_attributes_of_a_file(
    run: Run, tmp_path: Path, expression: str, inputs: dict[str, object], shown: str
) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(json.dumps(inputs), "utf-8")

    from_file = run("expression", "evaluate", expression, "--input", str(file))
    from_stdin = run("expression", "evaluate", expression, "--input", "-", stdin=json.dumps(inputs))

    assert (from_file.exit_code, from_file.stdout) == (0, f"{shown}\n")
    assert from_stdin.stdout == from_file.stdout


def test_the_present_moment_can_be_given(run: Run) -> None:
    for now in ("2024-02-29T13:05:09Z", "2024-02-29T14:05:09+01:00", "2024-02-29T13:05:09"):
        assert run("expression", "evaluate", "Now()", "--now", now).stdout == "2/29/2024 1:05:09 PM\n"
    wrong = run("expression", "evaluate", "Now()", "--now", "yesterday")
    assert (wrong.exit_code, wrong.stderr) == (2, "tenantsync: --now is no ISO 8601 date: yesterday\n")


def test_without_a_moment_it_is_now_and_chance_is_chance(run: Run) -> None:
    first, second = (
        run("expression", "evaluate", 'Join(" ", Now(), Guid(), RandomString(9, 1, 1, 1, 1))') for _ in "12"
    )

    assert first.exit_code == 0
    assert first.stdout != second.stdout


def test_json_tells_a_dropped_flow_from_no_value(run: Run) -> None:
    def shown(expression: str) -> object:
        return json.loads(run("expression", "evaluate", expression, "--output", "json").stdout)

    assert shown("IgnoreFlowIfNullOrEmpty([a])") == {"value": None, "dropped": True}
    assert shown("[a]") == {"value": None, "dropped": False}
    assert shown('Split("a,b", ",")') == {"value": ["a", "b"], "dropped": False}


def test_a_wrong_expression_is_shown_with_the_place(run: Run) -> None:
    done = run("expression", "evaluate", 'Mid([a], "x", 2)')

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Mid: argument 2 (start) is a text that is no number, expected a whole number\n"
        '    Mid([a], "x", 2)\n'
        "             ^^^\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [("[]", "holds no JSON object of attributes"), ("{", "is no JSON"), ("[" * 100_000, "is no JSON")],
)
def test_attributes_are_a_json_object(run: Run, text: str, said: str) -> None:
    done = run("expression", "evaluate", "[a]", "--input", "-", stdin=text)

    assert done.exit_code == 2
    assert said in done.stderr


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    done = run("expression", "test", str(tmp_path / "none.json"))

    assert done.exit_code == 2
    assert "none.json: No such file or directory" in done.stderr


@pytest.mark.parametrize("file", sorted(CASES.glob("*.json")), ids=lambda file: file.stem)
def test_all_cases_of_the_language_pass(run: Run, file: Path) -> None:
    done = run("expression", "test", str(file), "--now", "2024-02-29T13:05:09Z")

    count = len(json.loads(file.read_text("utf-8")))
    assert (done.exit_code, done.stdout) == (0, f"{count} passed, 0 failed\n")


def case(expression: str, output: object, **more: object) -> dict[str, object]:
    return {"expression": expression, "inputs": {"a": "x"}, "output": output, **more}


PASSING = [
    case("[a]", "x"),
    case("[b]", None),
    case("[b]", {"$flow": "drop"}) | {"expression": "IgnoreFlowIfNullOrEmpty([b])"},
    case("IgnoreFlowIfNullOrEmpty([b])", "$flow:drop"),
    case('Error("e")', "$error"),
    case('Error("e")', {"$error": "e"}),
    case("Nope(", {"$error": True}),
    case("Redact([a])", {"$value": "x", "$log": "[Redact]"}),
    case('SelectUniqueValue("u", "v")', "v", existing=["u"]),
    case("2", 2.0),
    case("[a]", "wrong", computed="x"),
    case("Guid()", None, assert_regex="^[0-9a-f-]{36}$", assert_len=36, assert_excludes="g", sample="not looked at"),
    {
        "expression": "RandomString(6, 1, 1, 1, 1)",
        "assert_min_counts": {"digit": 1, "special": 1, "upper": 1, "lower": 1},
    },
]
FAILING = [
    case("[a]", "y"),
    case("[a]", None),
    case("[a]", {"$flow": "drop"}),
    case("[a]", {"$error": "e"}),
    case("[a]", {"$value": "x", "$log": "[Redact]"}),
    case("Redact([a])", {"$value": "y", "$log": "[Redact]"}),
    case("IsNull([b])", 1),
    case("1", True),
    case("IgnoreFlowIfNullOrEmpty([b])", None),
    case('Error("e")', "x"),
    case('SelectUniqueValue("u", "v")', "v", existing=["w"]),
    case("Guid()", None, assert_regex="^x"),
    case("Guid()", None, assert_len=35),
    case("Guid()", None, assert_excludes="-"),
    case("[a]", None, assert_min_counts={"digit": 1}),
    case("1", None, assert_regex="1"),
]


def test_a_file_of_cases_says_which_failed_and_how_many(run: Run) -> None:
    done = run("expression", "test", "-", stdin=json.dumps([*PASSING, case("Append([a], 1)", "é")]))

    assert done.exit_code == 1
    assert done.stdout == (
        "case 14: Append([a], 1)\n"
        '    inputs    {"a": "x"}\n'
        '    expected  "é"\n'
        '    found     "x1"\n'
        "13 passed, 1 failed\n"
    )


@pytest.mark.parametrize("failing", FAILING, ids=range(len(FAILING)))
def test_a_case_that_gives_something_else_fails(run: Run, failing: dict[str, object]) -> None:
    done = run("expression", "test", "-", stdin=json.dumps([failing]))

    assert done.exit_code == 1
    assert done.stdout.endswith("\n0 passed, 1 failed\n")


def test_cases_may_come_in_groups(run: Run) -> None:
    groups = [{"function": "Append", "examples": PASSING[:2]}, {"examples": []}, PASSING[2]]

    assert run("expression", "test", "-", stdin=json.dumps(groups)).stdout == "3 passed, 0 failed\n"
    assert run("expression", "test", "-", stdin=json.dumps({"cases": PASSING[:2]})).stdout == "2 passed, 0 failed\n"
    assert run("expression", "test", "-", stdin="[]").stdout == "0 passed, 0 failed\n"


def test_the_outcome_is_json_where_it_is_asked_for(run: Run) -> None:
    done = run("--output", "json", "expression", "test", "-", stdin=json.dumps([PASSING[0], FAILING[0]]))

    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "passed": 1,
        "failed": 1,
        "failures": [{"case": 2, "expression": "[a]", "inputs": {"a": "x"}, "expected": "y", "found": "x"}],
    }


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ({}, "the file holds no list of cases"),
        (5, "the file holds no list of cases"),
        ([5], "a case is an object with expression, inputs and output"),
        ([{"output": 1}], "case 1 has no expression"),
        ([PASSING[0], {"expression": "[a]", "inputs": [], "output": 1}], None),
        ([{"expression": "[a]", "inputs": "x", "output": 1}], "case 1: inputs is an object of attributes"),
        ([{"expression": "[a]", "existing": "x", "output": 1}], "case 1: existing is a list of values"),
        ([{"expression": "[a]", "inputs": {}}], "case 1 has no output"),
    ],
)
def test_a_misshapen_file_is_refused(run: Run, cases: object, said: str | None) -> None:
    done = run("expression", "test", "-", stdin=json.dumps(cases))

    assert done.exit_code == (2 if said else 1)
    assert (said or "") in done.stderr
