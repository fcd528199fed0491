"""Is what is printed what was parsed?"""

import pytest
from hypothesis import given

from shared.expressions import (
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    ExpressionError,
    Operator,
    parse,
    printed,
    quoted,
)
from tests.shared.expressions.trees import trees


@given(trees)
def test_parsing_what_was_printed_gives_the_tree_again(tree: Expression) -> None:
    assert parse(printed(tree)) == tree


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("[ a ]", "[ a ]"),
        ('Replace([a],"-",,,"_",,)', 'Replace([a], "-", , , "_", , )'),
        ("Now( )", "Now()"),
        ("F(,)", "F(, )"),
        ('"a""b\\\\c\\d"', '"a\\"b\\\\c\\\\d"'),
        ('[a]="x"', '[a] = "x"'),
        ("&hff", "&hff"),
        ("007", "007"),
        ('("a"&"b")&"c"', '("a" & "b") & "c"'),
        ('"a"&("b"&"c")', '"a" & ("b" & "c")'),
        ('"a"&"b"<"c"&"d"', '"a" & "b" < "c" & "d"'),
        ('("a"<"b")<=("c">="d")', '("a" < "b") <= ("c" >= "d")'),
        ('("a"<>"b")&"c"', '("a" <> "b") & "c"'),
        ('F((("a"&"b")))', 'F("a" & "b")'),
        ("f([a],IIF([b]>1,2,-3))", "f([a], IIF([b] > 1, 2, -3))"),
    ],
)
def test_the_canonical_text_has_one_space_where_one_belongs(text: str, canonical: str) -> None:
    assert printed(parse(text)) == canonical


def test_a_text_is_quoted_so_that_it_means_itself() -> None:
    assert quoted('\\"') == '"\\\\\\""'
    assert parse(quoted('\\"')) == Constant(value='\\"')


def nested(depth: int) -> Expression:
    tree: Expression = Attribute(name="a")
    for _ in range(depth):
        tree = Call(name="Trim", arguments=(tree,))
    return tree


def nested_in_parentheses(depth: int) -> Expression:
    tree: Expression = Attribute(name="a")
    for level in range(depth):
        tree = (
            Concatenation(parts=(Constant(value="x"), tree))
            if level % 2
            else Comparison(operator=Operator.EQUAL, first=tree, second=Constant(value="x"))
        )
    return tree


def test_a_tree_is_as_deep_as_a_text_may_be_and_no_deeper() -> None:
    assert parse(printed(nested(64))) == nested(64)
    with pytest.raises(ExpressionError, match="more than 64 parentheses stand inside each other"):
        printed(nested(65))
    with pytest.raises(ExpressionError, match="split the mapping"):
        printed(nested_in_parentheses(300))
