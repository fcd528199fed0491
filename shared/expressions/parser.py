"""What does the text of an expression mean? Each production's docstring is its line of the grammar."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NoReturn

from shared.expressions.errors import ExpressionSyntaxError, Span
from shared.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    Keyword,
    Number,
    Operator,
)
from shared.expressions.tokens import Token, TokenKind, tokens

LONGEST_EXPRESSION: Final = 10_000
"""Characters of an expression, Entra's limit."""
DEEPEST_EXPRESSION: Final = 64
"""Parentheses that may stand inside each other; the recursion they cause stays far from Python's own limit."""

TOO_DEEP: Final = f"more than {DEEPEST_EXPRESSION} parentheses stand inside each other; split the mapping"

_BEGINS: Final = "an attribute, a text, a number or a function"


def parse(text: str) -> Expression:
    """Return the tree of a text, or raise an ExpressionSyntaxError that points to what is wrong."""
    return _parsed(text, LONGEST_EXPRESSION)


def parse_canonical(text: str) -> Expression:
    """Return the tree of a printed text, which its spaces and backslashes may make up to three times as long."""
    return _parsed(text, 3 * LONGEST_EXPRESSION)


def _parsed(text: str, longest: int) -> Expression:
    if len(text) > longest:
        raise ExpressionSyntaxError(
            f"the expression has {len(text):,} characters, {longest:,} are allowed; shorten it",
            text=text,
            span=Span(start=longest, end=len(text)),
        )
    parser = _Parser(text)
    tree = parser.comparison(0)
    parser.take(TokenKind.END, "an operator or the end of the expression")
    return tree


class _Parser:
    """A recursive descent with one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: Iterator[Token] = tokens(text)
        self._next = next(self._tokens)

    def comparison(self, depth: int) -> Expression:
        """Comparison ::= concatenation [ ( "=" | "<>" | "<" | "<=" | ">" | ">=" ) concatenation ]."""
        first = self._concatenation(depth)
        if not self._is_at(TokenKind.COMPARISON):
            return first
        operator = Operator(self._shift().value)
        second = self._concatenation(depth)
        return Comparison(operator=operator, first=first, second=second, span=_from_to(first, second))

    def _concatenation(self, depth: int) -> Expression:
        """Concatenation ::= operand { "&" operand }."""
        parts = [self._operand(depth)]
        while self._is_at(TokenKind.AMPERSAND):
            self._shift()
            parts.append(self._operand(depth))
        if len(parts) == 1:
            return parts[0]
        return Concatenation(parts=tuple(parts), span=_from_to(parts[0], parts[-1]))

    def _operand(self, depth: int) -> Expression:
        """Operand ::= "[" name "]" | text | number | keyword | call | "(" comparison ")"."""
        if depth > DEEPEST_EXPRESSION:
            self._refuse(TOO_DEEP)
        token = self._shift()
        match token.kind:
            case TokenKind.ATTRIBUTE:
                return Attribute(name=token.value, span=token.span)
            case TokenKind.STRING:
                return Constant(value=token.value, span=token.span)
            case TokenKind.NUMBER:
                return Number(text=token.value, span=token.span)
            case TokenKind.NAME:
                return self._call_or_keyword(token, depth)
            case TokenKind.LEFT_PARENTHESIS:
                return self._grouped(token, depth)
            case _:
                return self._refuse(f"expected {_BEGINS}, found {token.kind}", token)

    def _call_or_keyword(self, name: Token, depth: int) -> Expression:
        """Call ::= name "(" [ slot { "," slot } ] ")"; a keyword is a name without parentheses."""
        if not self._is_at(TokenKind.LEFT_PARENTHESIS):
            return Keyword(name=name.value, span=name.span)
        self._shift()
        slots = [self._slot(depth + 1)]
        while self._is_at(TokenKind.COMMA):
            self._shift()
            slots.append(self._slot(depth + 1))
        closing = self.take(TokenKind.RIGHT_PARENTHESIS, f'"," or ")" in the arguments of {name.value}')
        arguments = () if slots == [None] else tuple(slots)
        return Call(name=name.value, arguments=arguments, span=Span(start=name.span.start, end=closing.span.end))

    def _grouped(self, opening: Token, depth: int) -> Expression:
        """ "(" comparison ")" leaves no trace in the tree: grouping is the tree's own shape."""
        inner = self.comparison(depth + 1)
        closing = self.take(TokenKind.RIGHT_PARENTHESIS, '")"')
        return replace(inner, span=Span(start=opening.span.start, end=closing.span.end))

    def _slot(self, depth: int) -> Expression | None:
        """Slot ::= [ comparison ]."""
        if self._is_at(TokenKind.COMMA) or self._is_at(TokenKind.RIGHT_PARENTHESIS):
            return None
        return self.comparison(depth)

    def take(self, kind: TokenKind, expected: str) -> Token:
        """Consume a token of this kind, or say what stands there instead."""
        token = self._shift()
        if token.kind is not kind:
            self._refuse(f"expected {expected}, found {token.kind}", token)
        return token

    def _is_at(self, kind: TokenKind) -> bool:
        return self._next.kind is kind

    def _shift(self) -> Token:
        token = self._next
        self._next = next(self._tokens, token)
        return token

    def _refuse(self, message: str, token: Token | None = None) -> NoReturn:
        raise ExpressionSyntaxError(message, text=self._text, span=(token or self._next).span)


def _from_to(first: Expression, last: Expression) -> Span | None:
    return Span(start=first.span.start, end=last.span.end) if first.span and last.span else None
