"""Can any text, with any attributes, do more than raise an ExpressionError?

Time is not measured: the limits on length, depth, matches and the values of an evaluation bound the work, and each has
a test of its own in test_evaluator.py and test_dotnet_regex.py.
"""

import contextlib
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.expressions import Expression, ExpressionError, compiled, from_json, is_volatile, parse
from tests.shared.expressions.evaluating import surroundings
from tests.shared.expressions.trees import trees

EXAMPLES = sorted(
    {
        case["expression"]
        for file in (Path(__file__).parent / "cases").glob("*.json")
        for case in json.loads(file.read_text("utf-8"))
    }
)
PIECES = [
    "(",
    ")",
    ",",
    '"',
    "\\",
    "[",
    "]",
    "&",
    "&H",
    "=",
    "<",
    ">",
    "-",
    "9",
    ".",
    "'",
    " ",
    "\n",
    "\0",
    "é",
    "\ud800",
]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["1", "a,b"])
attributes = st.dictionaries(
    st.sampled_from(["a", "x", "mail", "b"]), scalars | st.lists(scalars, max_size=4), max_size=4
)


@st.composite
def mutated_examples(draw: st.DrawFn) -> str:
    """An example with pieces of others and of the grammar put in, taken out and doubled."""
    text: str = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        inserted = draw(st.sampled_from(PIECES) | st.sampled_from(EXAMPLES) | st.just(text[start:end]))
        text = text[:start] + inserted + (text[end:] if draw(st.booleans()) else text[start:])
    return text[:10_000]


def try_out(text: str, inputs: dict[str, object]) -> None:
    with contextlib.suppress(ExpressionError):
        try_tree(parse(text), inputs)


def try_tree(tree: Expression, inputs: dict[str, object]) -> None:
    with contextlib.suppress(ExpressionError):
        program = compiled(tree)
        values = {name: from_json(value) for name, value in inputs.items()}
        first, second = (program.evaluate(values, surroundings()) for _ in range(2))
        assert is_volatile(tree) or repr(first) == repr(second)


@given(st.text(max_size=200), attributes)
def test_any_text_is_an_expression_or_an_error(text: str, inputs: dict[str, object]) -> None:
    try_out(text, inputs)


@given(mutated_examples(), attributes)
def test_a_text_that_is_nearly_an_expression_is_one_or_an_error(text: str, inputs: dict[str, object]) -> None:
    try_out(text, inputs)


@settings(max_examples=50)
@given(trees, attributes)
def test_any_tree_is_evaluated_or_an_error(tree: Expression, inputs: dict[str, object]) -> None:
    try_tree(tree, inputs)


@given(st.sampled_from(EXAMPLES), attributes, st.sampled_from(["a", "x", "mail"]))
def test_an_example_takes_any_attributes(text: str, inputs: dict[str, object], name: str) -> None:
    for known in ("source", "country", "userPrincipalName", "givenName"):
        text = text.replace(f"[{known}]", f"[{name}]")
    try_out(text, inputs)


def test_ten_thousand_characters_of_anything_end() -> None:
    longest = [
        "(",
        '"',
        "[",
        "&",
        "IIF(",
        "a(",
        '"x"&',
        "Trim(",
        "-",
        ",",
        "[a]=",
        'Replace("',
        "\\",
        "1",
        "Now()",
        " ",
    ]

    for piece in longest:
        try_out((piece * 10_000)[:10_000], {"a": "x"})


def test_growth_upon_growth_ends_at_a_limit() -> None:
    doubling = "Append(" * 90 + "[a]" + ", [a])" * 90
    replacing = "Replace(" * 90 + "[a]" + ', "x", , , "xxxxxxxxxx")' * 90
    joining = "Join(" + ", ".join(["[a]"] * 1_000) + ")"
    wide = " & ".join(["Append([a], [a])"] * 500)

    for text in (doubling, replacing, joining, wide):
        try_out(text, {"a": "x" * 1_000})
