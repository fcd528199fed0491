"""Which words does the text of an expression consist of, and where does each stand?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.expressions.errors import ExpressionSyntaxError, Span


class TokenKind(StrEnum):
    """The kinds of words; their values are what a message calls them."""

    ATTRIBUTE = "an attribute"
    STRING = "a text"
    NUMBER = "a number"
    NAME = "a name"
    COMPARISON = "a comparison"
    AMPERSAND = '"&"'
    LEFT_PARENTHESIS = '"("'
    RIGHT_PARENTHESIS = '")"'
    COMMA = '","'
    END = "the end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word: `value` is what it means (a text without quotes and escapes), `span` where it stands."""

    kind: TokenKind
    value: str
    span: Span


_ENDS_AN_OPERAND: Final = frozenset(
    {TokenKind.ATTRIBUTE, TokenKind.STRING, TokenKind.NUMBER, TokenKind.NAME, TokenKind.RIGHT_PARENTHESIS}
)
_SPACE: Final = re.compile(r"\s*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?|&[Hh][0-9A-Fa-f]+")
_COMPARISON: Final = re.compile(r"<=|>=|<>|[=<>]")
_STRING: Final = re.compile(r'"((?:[^"\\]|""|\\.)*+)"', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\([\\"])|""')
_OTHERS: Final = (
    (TokenKind.COMPARISON, _COMPARISON),
    (TokenKind.AMPERSAND, re.compile("&")),
    (TokenKind.NAME, _NAME),
)
_PUNCTUATION: Final = {
    "(": TokenKind.LEFT_PARENTHESIS,
    ")": TokenKind.RIGHT_PARENTHESIS,
    ",": TokenKind.COMMA,
}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, the last one being END.

    `&` behind an operand joins texts; anywhere else `&H` begins a hexadecimal number, and `-` a negative one.
    """
    position, after_operand = _after_space(text, 0), False
    while position < len(text):
        token = _token(text, position, after_operand=after_operand)
        yield token
        position, after_operand = _after_space(text, token.span.end), token.kind in _ENDS_AN_OPERAND
    yield Token(kind=TokenKind.END, value="", span=Span(start=len(text), end=len(text)))


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _token(text: str, position: int, *, after_operand: bool) -> Token:
    character = text[position]
    if character in _PUNCTUATION:
        return _made(_PUNCTUATION[character], character, position, position + 1)
    if character == "[":
        return _attribute(text, position)
    if character == '"':
        return _string(text, position)
    if character == "&" and after_operand:
        return _made(TokenKind.AMPERSAND, character, position, position + 1)
    if found := _NUMBER.match(text, position):
        return _number(text, position, found.end())
    for kind, pattern in _OTHERS:
        if found := pattern.match(text, position):
            return _made(kind, found.group(), position, found.end())
    raise ExpressionSyntaxError(
        f"{character!r} begins nothing that an expression knows; texts stand in double quotes, attributes in brackets",
        text=text,
        span=Span(start=position, end=position + 1),
    )


def _made(kind: TokenKind, value: str, start: int, end: int) -> Token:
    return Token(kind=kind, value=value, span=Span(start=start, end=end))


def _number(text: str, start: int, end: int) -> Token:
    """A number does not run into a name: `3rd` is a mistake, not `3` and `rd`."""
    if found := _NAME.match(text, end):
        span = Span(start=start, end=found.end())
        raise ExpressionSyntaxError("a number is followed by letters; a text needs quotes", text=text, span=span)
    return _made(TokenKind.NUMBER, text[start:end], start, end)


def _attribute(text: str, start: int) -> Token:
    """`[` name `]`, with brackets inside the name in pairs: `[emails[type eq "work"].value]`."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"[": 1, "]": -1}.get(text[position], 0)
        if depth == 0:
            return _named(text, start, position)
    raise ExpressionSyntaxError('an attribute needs its closing "]"', text=text, span=Span(start=start, end=len(text)))


def _named(text: str, start: int, end: int) -> Token:
    if not text[start + 1 : end].strip():
        raise ExpressionSyntaxError("an attribute needs a name", text=text, span=Span(start=start, end=end + 1))
    return _made(TokenKind.ATTRIBUTE, text[start + 1 : end], start, end + 1)


def _string(text: str, start: int) -> Token:
    r"""`"` characters `"`; `\\`, `\"` and `""` stand for one character, any other backslash for itself."""
    found = _STRING.match(text, start)
    if found is None:
        span = Span(start=start, end=len(text))
        raise ExpressionSyntaxError("a text needs its closing quote", text=text, span=span)
    value = _ESCAPE.sub(lambda escape: escape[1] or '"', found[1])
    return _made(TokenKind.STRING, value, start, found.end())
