"""Which functions change letters: their case, or their marks?

Case is mapped as .NET does it: one character for one, so that "ß" stays.
"""

import re
import unicodedata
from typing import Final

from shared.expressions.signature import Absent, Function, Parameter
from shared.expressions.values import Unfit

_SOURCE: Final = Parameter(name="source", absent=Absent.NULL_RESULT)
_CULTURE: Final = Parameter(name="culture", required=False, absent=Absent.PASSED_ON)
_CULTURE_NAME: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_TURKIC: Final = frozenset({"tr", "az"})
_TURKIC_LOWER: Final = {"I": "ı", "İ": "i"}
_TURKIC_UPPER: Final = {"i": "İ", "ı": "I"}
# The invariant culture leaves both Turkish letters as they are.
_INVARIANT: Final = {"ı": "ı", "İ": "İ"}


def _to_lower(source: str, culture: str | None) -> str:
    turkic = _is_turkic(culture)
    if source.isascii() and not turkic:
        return source.lower()
    special = _TURKIC_LOWER if turkic else _INVARIANT
    return "".join(special.get(character) or _lower(character) for character in source)


def _to_upper(source: str, culture: str | None) -> str:
    turkic = _is_turkic(culture)
    if source.isascii() and not turkic:
        return source.upper()
    special = _TURKIC_UPPER if turkic else _INVARIANT
    return "".join(special.get(character) or _upper(character) for character in source)


def _is_turkic(culture: str | None) -> bool:
    """A culture is a name such as tr-TR, or nothing: the invariant one."""
    if not culture:
        return False
    if not _CULTURE_NAME.fullmatch(culture):
        raise Unfit("culture is no name of a culture, such as en-US")
    return culture.split("-")[0].lower() in _TURKIC


def _lower(character: str) -> str:
    return lower if len(lower := character.lower()) == 1 else character


def _upper(character: str) -> str:
    return upper if len(upper := character.upper()) == 1 else character


# https://learn.microsoft.com/dotnet/api/system.globalization.textinfo.totitlecase: an apostrophe is part of a word.
_SEPARATORS: Final = frozenset(
    {"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"}
)


def _proper_case(source: str, separators: str | None) -> str:
    """All letters lower but the first of each word: ToTitleCase of .NET, or after the given characters only."""
    return _after_each_of(separators, source) if separators else _title_case(source)


def _after_each_of(separators: str, source: str) -> str:
    characters, begins = list[str](), True
    for character in source:
        characters.append(_upper(character) if begins else _lower(character))
        begins = character in separators
    return "".join(characters)


def _title_case(source: str) -> str:
    characters, inside = list[str](), False
    for character in source:
        category = unicodedata.category(character)
        characters.append(_lower(character) if inside else _titled(character))
        if category in _SEPARATORS and character != "'":
            inside = False
        inside = inside or category.startswith("L")
    return "".join(characters)


def _titled(character: str) -> str:
    return title if len(title := character.title()) == 1 else character


_PLAIN: Final = dict(
    (
        *(("ø", "oe"), ("Ø", "OE"), ("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE"), ("ß", "ss"), ("ẞ", "SS")),
        *(("ł", "l"), ("Ł", "L"), ("đ", "d"), ("Đ", "D"), ("ħ", "h"), ("Ħ", "H"), ("ŧ", "t"), ("Ŧ", "T"), ("ı", "i")),
    )
)
_FIRST_MARK: Final = "\u0300"
_LAST_MARK: Final = "\u036f"


def _normalize_diacritics(source: str) -> str:
    """Latin letters lose their marks; other scripts keep theirs, where a mark makes another letter."""
    if source.isascii():
        return source
    plain, latin = list[str](), False
    for character in unicodedata.normalize("NFD", source):
        if _FIRST_MARK <= character <= _LAST_MARK:
            if latin:
                continue
        else:
            latin = unicodedata.name(character, "").startswith("LATIN")
        plain.append(_PLAIN.get(character, character))
    return unicodedata.normalize("NFC", "".join(plain))


FUNCTIONS: Final = (
    Function(
        name="ToLower",
        description="The source in lower case, by the rules of a culture or of none.",
        parameters=(_SOURCE, _CULTURE),
        apply=_to_lower,
    ),
    Function(
        name="ToUpper",
        description="The source in upper case, by the rules of a culture or of none.",
        parameters=(_SOURCE, _CULTURE),
        apply=_to_upper,
    ),
    Function(
        name="PCase",
        description="The source with the first letter of each word in upper case and all others in lower case.",
        parameters=(_SOURCE, Parameter(name="wordSeparators", required=False, absent=Absent.PASSED_ON)),
        apply=_proper_case,
    ),
    Function(
        name="NormalizeDiacritics",
        description="The source with its Latin letters free of marks: é is e, ø is oe, ß is ss.",
        parameters=(_SOURCE,),
        apply=_normalize_diacritics,
    ),
)
