"""What does a .NET regular expression mean to the `regex` package? Options, groups and quantifiers, translated.

https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference

Not supported, and refused by name: balancing groups, conditions, and references forward. No construct of the `regex`
package gets through that .NET does not have: what is not translated is refused or stands for itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.expressions.dotnet_class import literal, read_class
from shared.expressions.dotnet_escapes import PatternRefused, read_escape

LONGEST_PATTERN: Final = 1_000
DEEPEST_PATTERN: Final = 10
"""Groups inside each other: preparing nested repetitions costs twice as much with each level."""
HEAVIEST_PATTERN: Final = 1_000
"""Characters of a pattern when its counted repetitions are written out."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern for the `regex` package; `groups` gives its group for each of .NET's numbers and names."""

    pattern: str
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Options:
    """.NET's inline options: i, m, n, s, x."""

    ignore_case: bool = False
    multiline: bool = False
    explicit_capture: bool = False
    singleline: bool = False
    ignore_space: bool = False


_OPTION_OF: Final = {
    "i": "ignore_case",
    "m": "multiline",
    "n": "explicit_capture",
    "s": "singleline",
    "x": "ignore_space",
}
_INLINE: Final = re.compile(r"\(\?([imnsx]*)(?:-([imnsx]+))?([:)])", re.IGNORECASE)
_NAMED: Final = re.compile(r"\(\?(?:<(\w+)>|'(\w+)')")
_COMMENT: Final = re.compile(r"\(\?#[^)]*\)")
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{([0-9]{1,6})(,([0-9]{1,6})?)?\})")
_REFERENCE: Final = re.compile(r"\\(?:k<(\w+)>|k'(\w+)'|([1-9][0-9]{0,2}))")
_MARK: Final = re.compile("\0(\\w+):([0-9]+)\0")
"""A reference whose group is known only at the end; no literal of a translation is a NUL."""
TOO_HEAVY: Final = f"a pattern has more than {HEAVIEST_PATTERN:,} characters when its repetitions are written out"
_OCTAL: Final = re.compile("[0-7]{2,3}")
_PASSED_ON: Final = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>")


def translate(pattern: str) -> Translated:
    """Return the translation of a .NET pattern, or raise PatternRefused."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused(f"a pattern has more than {LONGEST_PATTERN:,} characters", LONGEST_PATTERN)
    translation = _Translation(pattern)
    body = translation.alternatives(_Options(), 0)
    if translation.position < len(pattern):
        raise PatternRefused('a ")" closes nothing', translation.position)
    groups = translation.numbered()
    return Translated(_MARK.sub(lambda mark: _reference(mark, groups), body.text), groups)


@dataclass(frozen=True, slots=True)
class _Part:
    """Something translated, and what it weighs when written out."""

    text: str
    weight: int


class _Translation:
    """A recursive descent over a pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.position = 0
        self._unnamed = list[str]()
        self._named = dict[str, str]()

    def numbered(self) -> dict[str, str]:
        """.NET counts groups without a name first, then those with one; a name that is a number is that number."""
        groups = {str(number): name for number, name in enumerate(self._unnamed, 1)} | self._named
        number = len(self._unnamed)
        for name in self._named:
            if not name.isdigit():
                number += 1
                groups.setdefault(str(number), self._named[name])
        return groups

    def alternatives(self, options: _Options, depth: int) -> _Part:
        """Alternatives ::= { quantified | "|" }, up to a ")" or the end; an option holds from its place to there."""
        if depth > DEEPEST_PATTERN:
            raise PatternRefused(f"more than {DEEPEST_PATTERN} groups stand inside each other", self.position)
        texts, weight = list[str](), 0
        while self.position < len(self._pattern) and self._pattern[self.position] != ")":
            if changed := self._option_change(options):
                options = changed
                continue
            part = self._quantified(options, depth)
            texts.append(part.text)
            weight += part.weight
        if weight > HEAVIEST_PATTERN:
            raise PatternRefused(TOO_HEAVY, self.position)
        return _Part("".join(texts), weight)

    def _option_change(self, options: _Options) -> _Options | None:
        """Option ::= "(?" letters [ "-" letters ] ")"."""
        found = _INLINE.match(self._pattern, self.position)
        if found is None or found[3] != ")" or not (found[1] or found[2]):
            return None
        self.position = found.end()
        return _changed(options, found)

    def _quantified(self, options: _Options, depth: int) -> _Part:
        """Quantified ::= atom [ ( "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ) [ "?" ] ]."""
        start = self.position
        atom = self._atom(options, depth)
        self._skip_space(options)
        found = _QUANTIFIER.match(self._pattern, self.position)
        if found is None or not atom.text or atom.text == "|":
            return atom
        self.position = found.end()
        lazy = self._pattern.startswith("?", self.position)
        self.position += lazy
        if _QUANTIFIER.match(self._pattern, self.position):
            raise PatternRefused("a quantifier follows another one", self.position)
        weight = atom.weight * _repetitions(found, start)
        if weight > HEAVIEST_PATTERN:
            raise PatternRefused(TOO_HEAVY, start)
        return _Part(f"{atom.text}{found.group()}{'?' if lazy else ''}", weight)

    def _atom(self, options: _Options, depth: int) -> _Part:
        """Atom ::= "(" ... ")" | "[" ... "]" | escape | "." | "^" | "$" | "|" | character."""
        self._skip_space(options)
        start = self.position
        character = self._pattern[start : start + 1]
        match character:
            case "" | ")":
                return _Part("", 0)
            case "(":
                return self._group(options, depth)
            case "[":
                translated, self.position = read_class(self._pattern, start)
                return _Part(_cased(translated, options), 1)
            case "\\":
                return self._escape(options)
            case "." | "^" | "$" | "|":
                self.position += 1
                return _Part(_special(character, options), 1)
        if _QUANTIFIER.match(self._pattern, start):
            raise PatternRefused("a quantifier follows nothing that it could repeat", start)
        self.position += 1
        return _Part(_cased(literal(character), options), 1)

    def _skip_space(self, options: _Options) -> None:
        """White space and comments that mean nothing: `(?#...)` always, the others where x holds."""
        while found := (_SPACE if options.ignore_space else _COMMENT).match(self._pattern, self.position):
            self.position = found.end()

    def _escape(self, options: _Options) -> _Part:
        found = _REFERENCE.match(self._pattern, self.position)
        if found is None:
            escape, self.position = read_escape(self._pattern, self.position)
            translated = escape.translated if escape.character is None else literal(escape.character)
            return _Part(_cased(translated, options), 1)
        start, self.position = self.position, found.end()
        return _Part(_cased(f"\0{found[1] or found[2] or found[3]}:{start}\0", options), 1)

    def _group(self, options: _Options, depth: int) -> _Part:
        """Group ::= "(" | "(?:" | "(?<name>" | "(?=" and its like | "(?i:" and its like, alternatives ")"."""
        start = self.position
        opening, options = self._opening(options)
        body = self.alternatives(options, depth + 1)
        if not self._pattern.startswith(")", self.position):
            raise PatternRefused('a group needs its closing ")"', start)
        self.position += 1
        return _Part(f"{opening}{body.text})", max(1, body.weight))

    def _opening(self, options: _Options) -> tuple[str, _Options]:
        start = self.position
        for opening in _PASSED_ON:
            if self._pattern.startswith(opening, start):
                self.position += len(opening)
                return opening, options
        if found := _NAMED.match(self._pattern, start):
            self.position = found.end()
            name = found[1] or found[2]
            return f"(?P<{self._named.setdefault(name, f'n{len(self._named)}')}>", options
        if (found := _INLINE.match(self._pattern, start)) and found[3] == ":":
            self.position = found.end()
            return "(?:", _changed(options, found)
        if self._pattern.startswith("(?", start):
            raise PatternRefused("a group of a kind that is not supported", start)
        self.position += 1
        return self._capture(options), options

    def _capture(self, options: _Options) -> str:
        if options.explicit_capture:
            return "(?:"
        self._unnamed.append(f"u{len(self._unnamed)}")
        return f"(?P<{self._unnamed[-1]}>"


_SPACE: Final = re.compile(r"\s+|#[^\n]*|\(\?#[^)]*\)")


def _changed(options: _Options, found: re.Match[str]) -> _Options:
    on = {_OPTION_OF[letter]: True for letter in found[1].lower()}
    off = {_OPTION_OF[letter]: False for letter in (found[2] or "").lower()}
    return replace(options, **(on | off))


def _cased(translated: str, options: _Options) -> str:
    return f"(?i:{translated})" if options.ignore_case else translated


def _special(character: str, options: _Options) -> str:
    match character:
        case ".":
            return "(?s:.)" if options.singleline else r"[^\n]"
        case "^":
            return "(?m:^)" if options.multiline else r"\A"
        case "$":
            return "(?m:$)" if options.multiline else r"(?=\n?\Z)"
        case _:
            return character


def _repetitions(found: re.Match[str], start: int) -> int:
    """How often a quantifier writes its atom out."""
    if found[1] is None:
        return 1
    least, most = int(found[1]), int(found[3] or found[1])
    if most < least:
        raise PatternRefused("a quantifier has its greater number first", start)
    return max(1, most)


def _reference(mark: re.Match[str], groups: Mapping[str, str]) -> str:
    """A number that no group has is a character in octal, if it has two digits or more."""
    if mark[1] not in groups and _OCTAL.fullmatch(mark[1]):
        return literal(chr(int(mark[1], 8) & 0xFF))
    if mark[1] not in groups:
        raise PatternRefused(f"there is no group {mark[1]}", int(mark[2]))
    return f"(?P={groups[mark[1]]})"
