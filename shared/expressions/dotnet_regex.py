"""How is a text matched and replaced by a .NET regular expression, without ever running long?

Time is bounded by a limit on each match and by limits on pattern and text. The limit is processor time: a busy machine
makes no match fail. https://learn.microsoft.com/dotnet/standard/base-types/regular-expressions
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import regex

from shared.expressions.dotnet_escapes import PatternRefused
from shared.expressions.dotnet_pattern import translate
from shared.expressions.limits import TooMuch, refuse_longer

LONGEST_SUBJECT: Final = 4_096
"""Characters of a text that a pattern is applied to."""
SECONDS_FOR_A_MATCH: Final = 0.05

_SUBSTITUTION: Final = re.compile(r"\$(?:\$|([0-9]{1,3})|\{(\w+)\}|([&`'+_]))")

Match = regex.Match[str]


class RegularExpression:
    """A compiled .NET pattern; raises PatternRefused where it is none."""

    __slots__ = ("_compiled", "_groups")

    def __init__(self, pattern: str) -> None:
        translated = translate(pattern)
        try:
            self._compiled = regex.compile(translated.pattern, regex.VERSION0)
        except (regex.error, OverflowError) as error:
            raise PatternRefused("a part of it means nothing", len(pattern)) from error
        self._groups = translated.groups

    def has_group(self, name: str) -> bool:
        return name in self._groups

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere in a text."""
        return next(self._matches(text), None) is not None

    def captured(self, text: str, group: str) -> str | None:
        """Return what a group captured in the first match; None where it captured nothing."""
        found = next(self._matches(text), None)
        return None if found is None else found.group(self._groups[group])

    def replaced(self, text: str, replacement: str) -> str:
        """Return a text with each match replaced; `$1`, `${name}`, `$&` and the like stand for what was matched."""
        written = _substitution(replacement, self._groups)
        return _rebuilt(text, ((found.span(), written(found)) for found in self._matches(text)))

    def replaced_group(self, text: str, group: str, replacement: str) -> str:
        """Return a text in which what a group captured, in each match, is replaced by a plain text."""
        name = self._groups[group]
        spans = (found.span(name) for found in self._matches(text))
        return _rebuilt(text, ((span, replacement) for span in spans if span[0] < span[1]))

    def _matches(self, text: str) -> Iterator[Match]:
        if len(text) > LONGEST_SUBJECT:
            raise TooMuch(f"a regular expression is applied to more than {LONGEST_SUBJECT:,} characters")
        try:
            yield from self._compiled.finditer(text, timeout=SECONDS_FOR_A_MATCH)
        except TimeoutError as error:
            raise TooMuch("a regular expression takes too long; make its repetitions exclude each other") from error


def _rebuilt(text: str, replacements: Iterator[tuple[tuple[int, int], str]]) -> str:
    pieces, position, length = list[str](), 0, len(text)
    for (start, end), replacement in replacements:
        length += len(replacement) - (end - start)
        refuse_longer(length)
        pieces += (text[position:start], replacement)
        position = end
    return "".join((*pieces, text[position:]))


def _substitution(replacement: str, groups: Mapping[str, str]) -> Callable[[Match], str]:
    # https://learn.microsoft.com/dotnet/standard/base-types/substitutions-in-regular-expressions
    def written(found: Match) -> str:
        return _SUBSTITUTION.sub(lambda sign: _substituted(sign, found, groups), replacement)

    return written


def _substituted(sign: re.Match[str], found: Match, groups: Mapping[str, str]) -> str:
    name = sign[1] or sign[2]
    if name is not None:
        return found.group() if name == "0" else _group_text(sign, found, groups.get(name.lstrip("0") or name))
    start, end = found.span()
    match sign[3]:
        case "&":
            return found.group()
        case "`":
            return found.string[:start]
        case "'":
            return found.string[end:]
        case "+":
            return _last_group(found, groups)
        case "_":
            return found.string
        case _:
            return "$"


def _group_text(sign: re.Match[str], found: Match, group: str | None) -> str:
    return sign.group() if group is None else found.group(group) or ""


def _last_group(found: Match, groups: Mapping[str, str]) -> str:
    numbers = [int(name) for name in groups if name.isdigit()]
    return (found.group(groups[str(max(numbers))]) or "") if numbers else ""
