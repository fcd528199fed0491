"""Which characters does a .NET character class mean? `[a-z-[aeiou]]` and escapes, as a set of the `regex` package.

https://learn.microsoft.com/dotnet/standard/base-types/character-classes-in-regular-expressions
"""

from dataclasses import dataclass
from typing import Final, NoReturn

from shared.expressions.dotnet_escapes import Escape, PatternRefused, read_escape

_DEEPEST: Final = 10


@dataclass(slots=True)
class _Reading:
    pattern: str
    position: int

    def peek(self, ahead: int = 0) -> str:
        return self.pattern[self.position + ahead : self.position + ahead + 1]


def read_class(pattern: str, start: int, depth: int = 0) -> tuple[str, int]:
    """Translate the class whose `[` stands at `start`; return it and where the pattern goes on."""
    if depth > _DEEPEST:
        raise PatternRefused(f"more than {_DEEPEST} classes stand inside each other", start)
    reading = _Reading(pattern, start + 1)
    negated = reading.peek() == "^"
    reading.position += negated
    members, without = list[str](), ""
    while not members or reading.peek() != "]":
        if _begins_subtraction(reading, members):
            without, reading.position = read_class(pattern, reading.position + 1, depth + 1)
            if reading.peek() != "]":
                raise PatternRefused("a subtraction is the last part of a class", reading.position)
            break
        members.append(_member(reading, start))
    body = f"[{'^' if negated else ''}{''.join(members)}]"
    return (f"(?:(?!{without}){body})" if without else body), reading.position + 1


def _begins_subtraction(reading: _Reading, members: list[str]) -> bool:
    return bool(members) and reading.peek() == "-" and reading.peek(1) == "["


def _member(reading: _Reading, start: int) -> str:
    """Member ::= character [ "-" character ] | escape of several characters."""
    first = _one(reading, start)
    if first.character is None or reading.peek() != "-" or reading.peek(1) in {"]", "[", ""}:
        return first.translated if first.character is None else literal(first.character)
    at = reading.position
    reading.position += 1
    last = _one(reading, start)
    if last.character is None:
        return f"{literal(first.character)}{literal('-')}{last.translated}"
    if ord(last.character) < ord(first.character):
        raise PatternRefused("a range of characters runs backwards", at)
    return f"{literal(first.character)}-{literal(last.character)}"


def _one(reading: _Reading, start: int) -> Escape:
    character = reading.peek()
    if not character:
        _unclosed(start)
    if character == "\\":
        escape, reading.position = read_escape(reading.pattern, reading.position, in_class=True)
        return escape
    reading.position += 1
    return Escape(character=character, translated="")


def _unclosed(start: int) -> NoReturn:
    raise PatternRefused('a class needs its closing "]"', start)


def literal(character: str) -> str:
    """Return a character in a form that means nothing else, inside of a set and outside."""
    if character.isascii() and character.isalnum():
        return character
    return f"\\U{ord(character):08X}"
