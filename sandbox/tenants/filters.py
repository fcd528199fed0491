"""What does a $filter mean? A parser for the few forms that the product sends.

    filter  = conjunction *( "or" conjunction )
    conjunction = clause *( "and" clause )
    clause  = "(" filter ")" / property "eq" literal / property "/any(" x ":" x "eq" literal ")"
            / ( "startswith" / "endswith" ) "(" property "," text ")"
    property = name / name "/" part

https://learn.microsoft.com/graph/filter-query-parameter
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tenants import errors

#: "Too many child clauses ... Max allowed: 15", observed.
MOST_CLAUSES = 15

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>[()/:,]))"
)


@dataclass(frozen=True, slots=True)
class Equal:
    """`name eq value`, or with `every` `name/any(x:x eq value)`. Texts compare without case."""

    name: str
    value: str | bool | None
    every: bool = False

    def holds(self, document: Mapping[str, Any]) -> bool:
        name, _, part = self.name.partition("/")
        found = document.get(name)
        if part:
            found = (found or {}).get(part)
        if self.every:
            return any(_folded(each) == self.value for each in found or ())
        return bool(_folded(found) == self.value)


@dataclass(frozen=True, slots=True)
class Part:
    """`startswith(name,'value')`, or `at_end` `endswith(name,'value')`, without case."""

    name: str
    value: str
    at_end: bool = False

    def holds(self, document: Mapping[str, Any]) -> bool:
        found = _folded(document.get(self.name) or "")
        if not isinstance(found, str):
            return False
        return found.endswith(self.value) if self.at_end else found.startswith(self.value)


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple["Filter", ...]

    def holds(self, document: Mapping[str, Any]) -> bool:
        return all(part.holds(document) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Filter", ...]

    def holds(self, document: Mapping[str, Any]) -> bool:
        return any(part.holds(document) for part in self.parts)


Filter = Equal | Part | Both | Either


def parse_filter(text: str, properties: frozenset[str], most: int = MOST_CLAUSES) -> Filter:
    """The filter in `text`; 400 where it is malformed, too long, or names a property that cannot be filtered."""
    parser = _Parser(_tokens(text), properties)
    found = parser.filter()
    parser.end()
    clauses = sum(1 for _ in leaves(found))
    if clauses > most:
        raise errors.unsupported_query(
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{clauses}. Max allowed: {most}."
        )
    return found


def leaves(found: Filter) -> Iterator[Equal | Part]:
    if isinstance(found, Equal | Part):
        yield found
        return
    for part in found.parts:
        yield from leaves(part)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'").lower()


def _folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise errors.bad_request(f"Invalid filter clause: syntax error at position {position} in '{text}'.")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], properties: frozenset[str]) -> None:
        self._tokens = tokens
        self._properties = properties
        self._at = 0

    def filter(self) -> Filter:
        """filter = conjunction *( "or" conjunction )"""
        parts = [self._conjunction()]
        while self._take("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._unexpected()

    def _conjunction(self) -> Filter:
        """conjunction = clause *( "and" clause )"""
        parts = [self._clause()]
        while self._take("and"):
            parts.append(self._clause())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _clause(self) -> Filter:
        """clause = "(" filter ")" / property "eq" literal / property "/any(" x ":" x "eq" literal ")" / part"""
        if self._take("("):
            inner = self.filter()
            self._expect(")")
            return inner
        for function in ("startswith", "endswith"):
            if self._take(function):
                return self._part(at_end=function == "endswith")
        name = self._property()
        if not self._take("/"):
            self._expect("eq")
            return Equal(name, self._literal())
        for word in ("any", "("):
            self._expect(word)
        variable = self._word()
        for word in (":", variable, "eq"):
            self._expect(word)
        value = self._literal()
        self._expect(")")
        return Equal(name, value, every=True)

    def _part(self, *, at_end: bool) -> Part:
        """part = ( "startswith" / "endswith" ) "(" property "," text ")" """
        self._expect("(")
        name = self._property()
        self._expect(",")
        kind, text = self._next()
        if kind != "text":
            self._at -= 1
            raise self._unexpected()
        self._expect(")")
        return Part(name, _unquoted(text), at_end)

    def _property(self) -> str:
        name = self._word()
        if f"{name}/{self._following(1)}" in self._properties:
            self._expect("/")
            name = f"{name}/{self._word()}"
        if name not in self._properties:
            raise errors.unsupported_query(
                f"Unsupported or invalid query filter clause specified for property '{name}'."
            )
        return name

    def _literal(self) -> str | bool | None:
        kind, text = self._next()
        if kind == "text":
            return _unquoted(text)
        if kind == "guid":
            return text.lower()
        words: dict[str, bool | None] = {"true": True, "false": False, "null": None}
        if kind == "word" and text in words:
            return words[text]
        self._at -= 1
        raise self._unexpected()

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            self._at -= 1
            raise self._unexpected()
        return text

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._unexpected()
        self._at += 1
        return self._tokens[self._at - 1]

    def _following(self, ahead: int) -> str:
        place = self._at + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def _take(self, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] in {("word", text), ("sign", text)}:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected()

    def _unexpected(self) -> Exception:
        found = repr(self._tokens[self._at][1]) if self._at < len(self._tokens) else "its end"
        return errors.bad_request(f"Invalid filter clause: unexpected {found}.")
