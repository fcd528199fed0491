r"""What does a backslash in a .NET regular expression mean? `\d`, `\u0041`, `\p{Lu}`, `\cA` and the others.

https://learn.microsoft.com/dotnet/standard/base-types/character-escapes-in-regular-expressions
"""

import re
from dataclasses import dataclass
from typing import Final


class PatternRefused(Exception):
    """A pattern is no .NET regular expression, or uses what this language does not support."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message}, at character {position + 1} of the pattern")


@dataclass(frozen=True, slots=True)
class Escape:
    """One character (then it may begin a range), or what stands for several of them or for a place."""

    character: str | None
    translated: str


_CONTROLS: Final = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SETS: Final = frozenset("dDwWsS")
_PLACES: Final = {"b": r"\b", "B": r"\B", "A": r"\A", "Z": r"(?=\n?\Z)", "z": r"\Z", "G": r"\G"}
_CODE: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|c([@-_a-z])|([0-7]{2,3}|0)")
_PROPERTY: Final = re.compile(r"[pP]\{([A-Za-z][A-Za-z0-9-]{0,40})\}")
_CATEGORIES: Final = frozenset(
    {
        *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps"),
        *(
            "Pe",
            "Pi",
            "Pf",
            "Po",
            "S",
            "Sm",
            "Sc",
            "Sk",
            "So",
            "Z",
            "Zs",
            "Zl",
            "Zp",
            "C",
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Cn",
        ),
    }
)


def read_escape(pattern: str, start: int, *, in_class: bool = False) -> tuple[Escape, int]:
    """Translate the escape whose backslash stands at `start`; return it and where the pattern goes on."""
    letter = pattern[start + 1 : start + 2]
    if letter in _SETS and letter:
        return Escape(None, f"\\{letter}"), start + 2
    if letter == "b" and in_class:
        return Escape("\b", ""), start + 2
    if letter in _PLACES and not in_class:
        return Escape(None, _PLACES[letter]), start + 2
    if letter in _CONTROLS:
        return Escape(_CONTROLS[letter], ""), start + 2
    if letter in {"p", "P"}:
        return _property(pattern, start)
    if found := _CODE.match(pattern, start + 1):
        return Escape(_coded(found), ""), found.end()
    if not letter or letter.isalnum() or letter == "_":
        raise PatternRefused("a backslash stands before nothing that it changes", start)
    return Escape(letter, ""), start + 2


def _coded(found: re.Match[str]) -> str:
    if found[3]:
        return chr(ord(found[3].upper()) - 64)
    return chr(int(found[4], 8) & 0xFF) if found[4] else chr(int(found[1] or found[2], 16))


def _property(pattern: str, start: int) -> tuple[Escape, int]:
    r"""`\p{Lu}`: a general category; `\p{IsGreek}`: a block of Unicode."""
    found = _PROPERTY.match(pattern, start + 1)
    if found is None:
        raise PatternRefused(r"\p needs a category or block in braces, as in \p{Lu}", start)
    name = found[1]
    if name in _CATEGORIES:
        return Escape(None, f"\\{found[0][0]}{{{name}}}"), found.end()
    if name.startswith("Is"):
        block = _BLOCKS_OF_OLD.get(name[2:], name[2:])
        return Escape(None, f"\\{found[0][0]}{{Block={block}}}"), found.end()
    raise PatternRefused(f"no category or block of Unicode is named {name}", start)


_BLOCKS_OF_OLD: Final = {
    "Greek": "GreekandCoptic",
    "CombiningMarksforSymbols": "CombiningDiacriticalMarksforSymbols",
}
