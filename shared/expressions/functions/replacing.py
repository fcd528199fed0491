"""How does Replace replace? Its filled slots say which of five ways is meant.

| filled, besides source                 | result                                                  |
|----------------------------------------|---------------------------------------------------------|
| oldValue, replacementValue             | source, each oldValue replaced                          |
| oldValue, template                     | template, each oldValue replaced by source              |
| regexPattern, replacementValue         | source, each match replaced; `${name}` is a group       |
| ... and regexGroupName                 | source, what the group matched replaced                 |
| regexPattern, regexGroupName,          | source if it has a value; else what the group finds     |
|   replacementAttributeName             |   in that other attribute                               |

The parameters carry the names that Graph's JSON gives them: Find is oldValue, Replacement is replacementValue.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Final

from shared.expressions.arguments import constant_text, text_reader
from shared.expressions.call_site import CallSite, Evaluation, Frame
from shared.expressions.dotnet_escapes import PatternRefused
from shared.expressions.dotnet_regex import RegularExpression
from shared.expressions.limits import refuse_longer
from shared.expressions.signature import Function, Parameter

ReadText = Callable[[Frame], str | None]


class _Slot(IntEnum):
    SOURCE = 0
    FIND = 1
    PATTERN = 2
    GROUP = 3
    REPLACEMENT = 4
    OTHER = 5
    TEMPLATE = 6


def _build(site: CallSite) -> Evaluation:
    filled = {slot for slot in _Slot if site.argument(slot) is not None}
    for needed, build in _WAYS:
        if needed <= filled:
            return build(site)
    raise site.error(
        "fill oldValue and replacementValue, or oldValue and template, or regexPattern and replacementValue"
        " (with or without regexGroupName), or regexPattern, regexGroupName and replacementAttributeName"
    )


def _replace_text(site: CallSite) -> Evaluation:
    source, old, new = _text(site, _Slot.SOURCE), _text(site, _Slot.FIND), _text(site, _Slot.REPLACEMENT)

    def evaluate(frame: Frame) -> str | None:
        return _replaced(source(frame), old(frame), new(frame))

    return evaluate


def _fill_template(site: CallSite) -> Evaluation:
    source, old, template = _text(site, _Slot.SOURCE), _text(site, _Slot.FIND), _text(site, _Slot.TEMPLATE)

    def evaluate(frame: Frame) -> str | None:
        value = source(frame)
        return None if value is None else _replaced(template(frame), old(frame), value)

    return evaluate


def _replaced(text: str | None, old: str | None, new: str | None) -> str | None:
    """Nothing occurs nowhere: neither an absent nor an empty text is replaced."""
    if text is None or not old:
        return text
    new = new or ""
    refuse_longer(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _replace_matches(site: CallSite) -> Evaluation:
    source, new = _text(site, _Slot.SOURCE), _text(site, _Slot.REPLACEMENT)
    pattern = _pattern(site)

    def evaluate(frame: Frame) -> str | None:
        text = source(frame)
        return None if text is None else pattern(frame).replaced(text, new(frame) or "")

    return evaluate


def _replace_group(site: CallSite) -> Evaluation:
    source, new = _text(site, _Slot.SOURCE), _text(site, _Slot.REPLACEMENT)
    grouped = _pattern_with_group(site)

    def evaluate(frame: Frame) -> str | None:
        text = source(frame)
        if text is None:
            return None
        pattern, group = grouped(frame)
        return pattern.replaced_group(text, group, new(frame) or "")

    return evaluate


def _extract_from_other(site: CallSite) -> Evaluation:
    source, other = _text(site, _Slot.SOURCE), _text(site, _Slot.OTHER)
    grouped = _pattern_with_group(site)

    def evaluate(frame: Frame) -> str | None:
        text = source(frame)
        if text:
            return text
        pattern, group = grouped(frame)
        found = other(frame)
        return None if found is None else pattern.captured(found, group)

    return evaluate


def _text(site: CallSite, slot: _Slot) -> ReadText:
    return text_reader(site, slot, _PARAMETERS[slot].name)


def _pattern(site: CallSite) -> Callable[[Frame], RegularExpression]:
    """A constant pattern is compiled once; any other in each evaluation."""
    constant = constant_text(site.argument(_Slot.PATTERN))
    compiled = None if constant is None else _compiled(site, constant)
    read = _text(site, _Slot.PATTERN)

    def pattern(frame: Frame) -> RegularExpression:
        frame.spend_match()
        return compiled or _compiled(site, read(frame) or "")

    return pattern


def _compiled(site: CallSite, pattern: str) -> RegularExpression:
    try:
        return RegularExpression(pattern)
    except PatternRefused as refused:
        raise site.error(f"argument {_Slot.PATTERN + 1} (RegularExpression): {refused}", _Slot.PATTERN) from refused


def _pattern_with_group(site: CallSite) -> Callable[[Frame], tuple[RegularExpression, str]]:
    pattern, group = _pattern(site), _text(site, _Slot.GROUP)

    def grouped(frame: Frame) -> tuple[RegularExpression, str]:
        expression, name = pattern(frame), group(frame) or ""
        if not expression.has_group(name):
            raise site.error("the pattern has no group of this name", _Slot.GROUP)
        return expression, name

    return grouped


_WAYS: Final[tuple[tuple[frozenset[_Slot], Callable[[CallSite], Evaluation]], ...]] = (
    (frozenset({_Slot.PATTERN, _Slot.GROUP, _Slot.OTHER}), _extract_from_other),
    (frozenset({_Slot.PATTERN, _Slot.GROUP, _Slot.REPLACEMENT}), _replace_group),
    (frozenset({_Slot.PATTERN, _Slot.REPLACEMENT}), _replace_matches),
    (frozenset({_Slot.FIND, _Slot.TEMPLATE}), _fill_template),
    (frozenset({_Slot.FIND, _Slot.REPLACEMENT}), _replace_text),
)
_PARAMETERS: Final = (
    Parameter(name="source"),
    *(
        Parameter(name=name, required=False)
        for name in (
            *("Find", "RegularExpression", "RegularExpressionGroupName"),
            *("Replacement", "ReplacementPropertyName", "Template"),
        )
    ),
)
FUNCTIONS: Final = (
    Function(
        name="Replace",
        description="The source with parts replaced: a text, what a pattern matches, or one of its groups.",
        parameters=_PARAMETERS,
        build=_build,
    ),
)
