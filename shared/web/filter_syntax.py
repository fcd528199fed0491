"""What does a `$filter` ask for? The part of OData that is documented for Entra's logs, read strictly.

    filter     = comparison *( "and" comparison )
    comparison = property operator value / "contains(" property "," text ")"
    operator   = "eq" / "gt" / "ge" / "lt" / "le"
    value      = text / time / number
    text       = "'" *( character / "''" ) "'"

Texts are compared with their case. https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

LONGEST: Final = 4096
MOST_COMPARISONS: Final = 20

Value = str | int | datetime


class Kind(StrEnum):
    TEXT = "text in single quotes"
    CHOICE = "one of its words in single quotes"
    TIME = "time such as 2026-01-31T08:00:00Z"
    NUMBER = "whole number"


class Operator(StrEnum):
    EQ = "eq"
    CONTAINS = "contains"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


_ORDERED = (Operator.EQ, Operator.GT, Operator.GE, Operator.LT, Operator.LE)
OPERATORS: Final[Mapping[Kind, tuple[Operator, ...]]] = {
    Kind.TEXT: (Operator.EQ, Operator.CONTAINS),
    Kind.CHOICE: (Operator.EQ,),
    Kind.TIME: _ORDERED,
    Kind.NUMBER: _ORDERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What a property holds; `choices` are the words of a CHOICE."""

    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One condition; `span` is where it stands in the filter."""

    property: str
    operator: Operator
    value: Value
    span: tuple[int, int]

    def holds(self, value: object) -> bool:
        """Does a value fulfil it? One that is missing never does."""
        if value is None or not isinstance(value, type(self.value)):
            return False
        if self.operator is Operator.CONTAINS:
            return str(self.value) in str(value)
        return _holds(self.operator, value, self.value)


class FilterError(ValueError):
    """A filter that is not understood: what, and where, counted from 1."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(f"$filter, character {at + 1}: {message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)


_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z0-9_@/.:+-]+)|([(),]))")
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,7})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
)


def parse_filter(text: str, properties: Mapping[str, Property]) -> tuple[Comparison, ...]:
    """Return all conditions, each of which must hold; raises FilterError."""
    if len(text) > LONGEST:
        raise FilterError(f"it has {len(text)} characters; at most {LONGEST} are read", LONGEST)
    reader = _Reader(text, _tokens(text), properties)
    found = [reader.comparison()]
    while reader.is_more("and"):
        found.append(reader.comparison())
        if len(found) > MOST_COMPARISONS:
            raise FilterError(f"more than {MOST_COMPARISONS} comparisons", found[-1].span[0])
    return tuple(found)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            begin = len(text) - len(text[at:].lstrip())
            raise FilterError("nothing that could stand here; is a quote missing?", begin)
        inner = match[1] or match[2] or match[3]
        found.append(_Token(text=inner, at=match.end() - len(inner)))
        at = match.end()
    return found


class _Reader:
    """Reads one token after the other."""

    def __init__(self, text: str, tokens: Sequence[_Token], properties: Mapping[str, Property]) -> None:
        self._text = text
        self._tokens = list(tokens)
        self._properties = properties
        self._next = 0

    def is_more(self, word: str) -> bool:
        """Does the word follow? If anything else does, that is an error."""
        if self._next == len(self._tokens):
            return False
        self._expect(word)
        return True

    def comparison(self) -> Comparison:
        first = self._take("a property, or contains(")
        if first.text == Operator.CONTAINS:
            return self._contains(first)
        known = self._known(first)
        operator = self._operator(known, first.text)
        token = self._take(f"a {known.kind}")
        return self._made(first, operator, token, token.end)

    def _contains(self, first: _Token) -> Comparison:
        self._expect("(")
        name = self._take("a property")
        self._check_operator(self._known(name), Operator.CONTAINS, name.text, first.at)
        self._expect(",")
        token = self._take("a text in single quotes")
        self._expect(")")
        return self._made(name, Operator.CONTAINS, token, self._tokens[self._next - 1].end, first.at)

    def _made(self, name: _Token, operator: Operator, token: _Token, end: int, begin: int | None = None) -> Comparison:
        value = _value(token, self._known(name))
        span = (name.at if begin is None else begin, end)
        return Comparison(property=name.text, operator=operator, value=value, span=span)

    def _known(self, token: _Token) -> Property:
        if token.text not in self._properties:
            allowed = ", ".join(self._properties)
            raise FilterError(f"'{token.text}' is no property to filter by; allowed are {allowed}", token.at)
        return self._properties[token.text]

    def _operator(self, known: Property, name: str) -> Operator:
        token = self._take(f"an operator: {_allowed(known)}")
        if token.text not in set(Operator):
            raise FilterError(f"'{token.text}' is no operator; {name} allows {_allowed(known)}", token.at)
        operator = Operator(token.text)
        if operator is Operator.CONTAINS:
            raise FilterError(f"write contains({name},'text')", token.at)
        self._check_operator(known, operator, name, token.at)
        return operator

    def _check_operator(self, known: Property, operator: Operator, name: str, at: int) -> None:
        if operator not in OPERATORS[known.kind]:
            raise FilterError(f"{name} does not allow {operator}, but {_allowed(known)}", at)

    def _expect(self, text: str) -> None:
        token = self._take(f"'{text}'")
        if token.text != text:
            raise FilterError(f"'{text}' must stand here, not '{token.text}'", token.at)

    def _take(self, expected: str) -> _Token:
        if self._next == len(self._tokens):
            raise FilterError(f"it ends where {expected} must follow", len(self._text))
        self._next += 1
        return self._tokens[self._next - 1]


def _allowed(known: Property) -> str:
    return ", ".join(OPERATORS[known.kind])


def _value(token: _Token, known: Property) -> Value:
    text = token.text[1:-1].replace("''", "'") if token.text.startswith("'") else None
    if known.kind is Kind.TEXT and text is not None:
        return text
    if known.kind is Kind.CHOICE and text in known.choices:
        return str(text)
    if known.kind is Kind.NUMBER and _NUMBER.fullmatch(token.text):
        return int(token.text)
    if known.kind is Kind.TIME and _TIME.fullmatch(token.text):
        return _time(token)
    allowed = " or ".join(f"'{each}'" for each in known.choices) or f"a {known.kind}"
    raise FilterError(f"{allowed} must stand here, not {token.text}", token.at)


def _time(token: _Token) -> datetime:
    text = token.text if len(token.text) > len("2026-01-31") else f"{token.text}T00:00:00Z"
    text = re.sub(r"(\.[0-9]{6})[0-9]", r"\1", text)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterError(f"{token.text} is no time there is", token.at) from error


def _holds(operator: Operator, value: object, other: Value) -> bool:
    if operator is Operator.EQ:
        return value == other
    # both are of one type by now: texts are not ordered, numbers and times are
    return {
        Operator.GT: value > other,  # type: ignore[operator]
        Operator.GE: value >= other,  # type: ignore[operator]
        Operator.LT: value < other,  # type: ignore[operator]
        Operator.LE: value <= other,  # type: ignore[operator]
    }[operator]
