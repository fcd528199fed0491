"""Which functions cut, join and search texts?"""

import re
from typing import Final

from shared.expressions import values
from shared.expressions.limits import refuse_longer
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Scalar, Unfit, Value

_SOURCE: Final = Parameter(name="source", absent=Absent.NULL_RESULT)
COMPARE_TYPES: Final = ("vbTextCompare", "vbBinaryCompare")


def _append(source: str, suffix: str | None) -> str:
    return source + (suffix or "")


def _prepend(prefix: str | None, source: str) -> str:
    return (prefix or "") + source


def _left(source: str | None, count: int) -> str:
    if source is None:
        return ""
    return source if count < 0 else source[:count]


def _mid(source: str, start: int, length: int | None) -> str:
    if start < 1:
        raise Unfit("start is below 1; the first character has number 1")
    if length is not None and length < 0:
        raise Unfit("length is below 0")
    return source[start - 1 :] if length is None else source[start - 1 : start - 1 + length]


def _in_str(text: str | None, sought: str | None, start: int | None, compare: str | None) -> int:
    """0 is "not found"; a text that is not there contains nothing."""
    if start is not None and start < 1:
        raise Unfit("start is below 1; the first character has number 1")
    if text is None or sought is None:
        return 0
    if compare == "vbTextCompare":
        text, sought = _folded(text), _folded(sought)
    return text.find(sought, (start or 1) - 1) + 1


def _folded(text: str) -> str:
    """Lower case that keeps each character in its place."""
    return "".join(lower if len(lower := character.lower()) == 1 else character for character in text)


def _join(separator: str | None, *sources: Value) -> str:
    """Empty sources take no part, and so get no separator."""
    texts = [source for source in sources if source.__class__ is str and source]
    if len(texts) != len(sources):
        texts = [text for source in sources for single in values.many(source) if (text := values.text(single))]
    separator = separator or ""
    refuse_longer(sum(map(len, texts)) + len(separator) * (len(texts) - 1))
    return separator.join(texts)


def _split(source: str, delimiter: str | None) -> tuple[str, ...]:
    """Spaces around a value go, as in Microsoft's example."""
    return tuple(part.strip() for part in (source.split(delimiter) if delimiter else (source,)))


def _strip_spaces(source: str) -> str:
    return source.replace(" ", "")


def _trim(value: Value) -> Value:
    """Each value of several by itself."""
    if isinstance(value, tuple):
        return tuple(_trimmed(single) for single in value)
    return _trimmed(value)


def _trimmed(value: Scalar) -> str | None:
    text = values.text(value)
    return None if text is None else text.strip()


def _word(source: str | None, number: int, delimiters: str) -> str:
    if source is None or number < 1:
        return ""
    found = re.findall(f"[^{re.escape(delimiters)}]+", source) if delimiters else [source]
    return found[number - 1] if number <= len(found) else ""


FUNCTIONS: Final = (
    Function(
        name="Append",
        description="The source with a suffix behind it.",
        parameters=(_SOURCE, Parameter(name="suffix", absent=Absent.PASSED_ON)),
        apply=_append,
    ),
    Function(
        name="Prepend",
        description="The source with a prefix before it.",
        parameters=(Parameter(name="prefix", absent=Absent.PASSED_ON), _SOURCE),
        apply=_prepend,
    ),
    Function(
        name="Left",
        description="So many characters from the left; all of them where the number is negative, none of no text.",
        parameters=(
            Parameter(name="String", absent=Absent.PASSED_ON),
            Parameter(name="NumChars", kind=Kind.WHOLE_NUMBER, type="Integer"),
        ),
        apply=_left,
    ),
    Function(
        name="Mid",
        description="So many characters from a start, counted from 1; without a length, all up to the end.",
        parameters=(
            _SOURCE,
            Parameter(name="start", kind=Kind.WHOLE_NUMBER, type="Integer"),
            Parameter(name="length", kind=Kind.WHOLE_NUMBER, type="Integer", required=False, absent=Absent.PASSED_ON),
        ),
        apply=_mid,
    ),
    Function(
        name="InStr",
        description="The place, counted from 1, where a text first occurs in another one; 0 where it does not.",
        returns="Integer",
        parameters=(
            Parameter(name="value1", absent=Absent.PASSED_ON),
            Parameter(name="value2", absent=Absent.PASSED_ON),
            Parameter(name="start", kind=Kind.WHOLE_NUMBER, type="Integer", required=False, absent=Absent.PASSED_ON),
            Parameter(name="compareType", kind=Kind.WORD, words=COMPARE_TYPES, required=False, absent=Absent.PASSED_ON),
        ),
        apply=_in_str,
    ),
    Function(
        name="Join",
        description="All sources, and each value of several, with a separator between those that are not empty.",
        parameters=(
            Parameter(name="separator", absent=Absent.PASSED_ON),
            Parameter(name="source", kind=Kind.ANY, repeating=True, absent=Absent.PASSED_ON),
        ),
        apply=_join,
    ),
    Function(
        name="Split",
        description="The parts of a text between delimiters, as several values; spaces around them go.",
        parameters=(_SOURCE, Parameter(name="delimiter", required=False, absent=Absent.PASSED_ON)),
        apply=_split,
    ),
    Function(
        name="StripSpaces",
        description="The source without spaces.",
        parameters=(_SOURCE,),
        apply=_strip_spaces,
    ),
    Function(
        name="Trim",
        description="The value without white space around it; of several values, each.",
        parameters=(Parameter(name="value", kind=Kind.ANY, absent=Absent.NULL_RESULT),),
        apply=_trim,
    ),
    Function(
        name="Word",
        description="The word with this number, counted from 1; each of the delimiters separates.",
        parameters=(
            Parameter(name="String", absent=Absent.PASSED_ON),
            Parameter(name="WordNumber", kind=Kind.WHOLE_NUMBER, type="Integer"),
            Parameter(name="Delimiters"),
        ),
        apply=_word,
    ),
)
