"""What is a text's tree, and what does a wrong text hear?"""

import pytest

from shared.expressions import (
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    ExpressionSyntaxError,
    Keyword,
    Number,
    Operator,
    Span,
    attribute_names,
    parse,
)

BEGINS_NOTHING = "begins nothing that an expression knows; texts stand in double quotes, attributes in brackets"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("[mail]", Attribute(name="mail")),
        ('"x"', Constant(value="x")),
        ("-1.5", Number(text="-1.5")),
        ("UTF8", Keyword(name="UTF8")),
        ("Now()", Call(name="Now")),
        (
            "Mid([a], 1, )",
            Call(name="Mid", arguments=(Attribute(name="a"), Number(text="1"), None)),
        ),
        (
            '[a] & "b" & 1',
            Concatenation(parts=(Attribute(name="a"), Constant(value="b"), Number(text="1"))),
        ),
        (
            "[a]<>&H1F",
            Comparison(operator=Operator.NOT_EQUAL, first=Attribute(name="a"), second=Number(text="&H1F")),
        ),
        (
            "[a]&HF",
            Concatenation(parts=(Attribute(name="a"), Keyword(name="HF"))),
        ),
        (
            '"a" & "b" <= "c"',
            Comparison(
                operator=Operator.LESS_OR_EQUAL,
                first=Concatenation(parts=(Constant(value="a"), Constant(value="b"))),
                second=Constant(value="c"),
            ),
        ),
    ],
)
def test_a_text_has_its_tree(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an attribute, a text, a number or a function, found the end\n    \n    ^"),
        ("F(", "expected an attribute, a text, a number or a function, found the end\n    F(\n      ^"),
        ("F([a]", 'expected "," or ")" in the arguments of F, found the end\n    F([a]\n         ^'),
        ("F([a] [b])", 'expected "," or ")" in the arguments of F, found an attribute\n    F([a] [b])\n          ^^^'),
        ("([a]", 'expected ")", found the end\n    ([a]\n        ^'),
        ("[a] 5", "expected an operator or the end of the expression, found a number\n    [a] 5\n        ^"),
        (
            "[a] = = 5",
            "expected an attribute, a text, a number or a function, found a comparison\n    [a] = = 5\n          ^",
        ),
        ("& [a]", 'expected an attribute, a text, a number or a function, found "&"\n    & [a]\n    ^'),
        (")", 'expected an attribute, a text, a number or a function, found ")"\n    )\n    ^'),
        (",", 'expected an attribute, a text, a number or a function, found ","\n    ,\n    ^'),
        ("[a] F", "expected an operator or the end of the expression, found a name\n    [a] F\n        ^"),
        ('[a] "b"', 'expected an operator or the end of the expression, found a text\n    [a] "b"\n        ^^^'),
        ('F("a', 'a text needs its closing quote\n    F("a\n      ^^'),
        ('"a\\"', 'a text needs its closing quote\n    "a\\"\n    ^^^^'),
        ("[a", 'an attribute needs its closing "]"\n    [a\n    ^^'),
        ("[a[b]", 'an attribute needs its closing "]"\n    [a[b]\n    ^^^^^'),
        ("F([])", "an attribute needs a name\n    F([])\n      ^^"),
        ("F(3rd)", "a number is followed by letters; a text needs quotes\n    F(3rd)\n      ^^^"),
        ("F('a')", f"\"'\" {BEGINS_NOTHING}\n    F('a')\n      ^"),
        ("F(\n\tx y)", 'expected "," or ")" in the arguments of F, found a name\n    F(  x y)\n          ^'),
    ],
)
def test_a_wrong_text_hears_what_was_expected_and_sees_where(text: str, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse(text)

    assert str(raised.value) == message


def test_a_text_of_ten_thousand_characters_is_read_and_no_longer_one() -> None:
    constant = '"' + "x" * 9_998 + '"'

    assert parse(constant) == Constant(value="x" * 9_998)
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse(f" {constant}")
    assert raised.value.message == "the expression has 10,001 characters, 10,000 are allowed; shorten it"
    assert raised.value.span == Span(start=10_000, end=10_001)


@pytest.mark.parametrize("opening", ["(", "Trim("])
def test_sixty_four_parentheses_stand_inside_each_other_and_no_more(opening: str) -> None:
    parse(opening * 64 + "[a]" + ")" * 64)

    with pytest.raises(ExpressionSyntaxError, match="more than 64 parentheses stand inside each other"):
        parse(opening * 65 + "[a]" + ")" * 65)


def test_a_long_expression_is_shown_around_the_place() -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse('"' + "x" * 300 + '" ! "' + "y" * 300 + '"')

    _, shown, carets = str(raised.value).split("\n")

    assert shown.startswith("    …xxx")
    assert shown.endswith("yyy…")
    assert shown[carets.index("^")] == "!"
    assert len(shown) == 4 + 102


def test_a_mark_longer_than_the_window_ends_with_it() -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse('"' + "x" * 300)

    _, shown, carets = str(raised.value).split("\n")

    assert shown == '    "' + "x" * 99 + "…"
    assert carets == "    " + "^" * 100


def test_each_node_knows_where_it_stands() -> None:
    tree = parse('F([a], ("b" & 1) = 2)')

    assert isinstance(tree, Call)
    first, second = tree.arguments
    assert (tree.span, first and first.span) == (Span(start=0, end=21), Span(start=2, end=5))
    assert isinstance(second, Comparison)
    assert second.span == Span(start=7, end=20)
    assert second.first.span == Span(start=7, end=16)
    assert second.second.span == Span(start=19, end=20)


def test_all_attributes_of_an_expression_are_named_once() -> None:
    tree = parse('IIF([a] = "x", [b.c] & [a], F(, G([d e]), 5, Unicode))')

    assert attribute_names(tree) == {"a", "b.c", "d e"}
