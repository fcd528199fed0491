"""How does .NET read and write dates by a format? In the invariant culture, and as a server that runs in UTC.

https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
https://learn.microsoft.com/dotnet/api/system.globalization.datetimestyles

A date whose text named no zone has no `tzinfo`; any other is in UTC. What a text does not name is that of 1 January of
the year 1 at midnight: no clock is read here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

LONGEST_FORMAT: Final = 200
"""Characters of a format, and of a date that is read."""
DEFAULT_STYLES: Final = frozenset({"RoundtripKind", "AllowLeadingWhite", "AllowTrailingWhite"})

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LAST_SHORT_YEAR: Final = 2049

_STANDARD: Final = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
    "O": "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-dd'T'HH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_PIECE: Final = re.compile(
    r"""(?P<letter>([dfFghHKmMstyzZ])\2*)|'(?P<single>[^']*)'|"(?P<double>[^"]*)"|\\(?P<escaped>.)|(?P<other>[^'"\\])""",
    re.DOTALL,
)
_STYLES: Final = frozenset(
    {
        *("None", "AllowLeadingWhite", "AllowTrailingWhite", "AllowInnerWhite", "AllowWhiteSpaces"),
        *("NoCurrentDateDefault", "AdjustToUniversal", "AssumeLocal", "AssumeUniversal", "RoundtripKind"),
    }
)


class DateRefused(Exception):
    """A text is no date of its format, or a format or style means nothing."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of a letter that stands for a part of the date, or (letter "") a text that stands for itself."""

    letter: str
    text: str

    @property
    def count(self) -> int:
        return len(self.text)


def formatted(moment: datetime, pattern: str) -> str:
    """Return a date as text by a standard format (one letter) or a custom one."""
    text = ""
    for piece in _pieces(pattern):
        part = _WRITERS[piece.letter](moment, piece.count) if piece.letter else piece.text
        if part == "" and piece.letter == "F" and text.endswith("."):
            text = text[:-1]
        text += part
    return text


def styles_named(text: str) -> frozenset[str]:
    """Return the DateTimeStyles that a text names, separated by commas or bars, with or without `DateTimeStyles.`."""
    names = [name.strip().removeprefix("DateTimeStyles.") for name in re.split(r"[,|]", text)]
    unknown = [name for name in names if name not in _STYLES]
    if unknown:
        raise DateRefused(f"a date style is one or several of {', '.join(sorted(_STYLES))}")
    return frozenset(names)


def read_exactly(text: str, pattern: str, styles: frozenset[str] = DEFAULT_STYLES) -> datetime:
    """Return the date that a text of this format says."""
    if len(text) > LONGEST_FORMAT:
        raise DateRefused(f"a date of more than {LONGEST_FORMAT} characters")
    if styles & {"AllowLeadingWhite", "AllowWhiteSpaces"}:
        text = text.lstrip()
    if styles & {"AllowTrailingWhite", "AllowWhiteSpaces"}:
        text = text.rstrip()
    found = _read(text, _pieces(pattern), inner_white=bool(styles & {"AllowInnerWhite", "AllowWhiteSpaces"}))
    moment = moment_of(found)
    return moment.replace(tzinfo=UTC) if styles & {"AssumeLocal", "AssumeUniversal"} else moment


def moment_of(found: Mapping[str, str]) -> datetime:
    """Return the date with these parts: year, month, day, hour, minute, second, fraction, half, zone, weekday."""
    try:
        moment = datetime(  # noqa: DTZ001 - without a zone is what a text without one means
            _year(found.get("year", "0001")),
            _month(found.get("month", "1")),
            int(found.get("day", "1")),
            _hour(found),
            int(found.get("minute", "0")),
            int(found.get("second", "0")),
            int(found.get("fraction", "0").ljust(6, "0")[:6]),
        )
        _refuse_other_weekday(moment, found.get("weekday", ""))
        return _in_utc(moment, found.get("zone", ""))
    except (ValueError, OverflowError) as error:
        raise DateRefused("a date that no calendar has") from error


def _pieces(pattern: str) -> list[_Piece]:
    if len(pattern) > LONGEST_FORMAT:
        raise DateRefused(f"a date format has more than {LONGEST_FORMAT} characters")
    pattern = _STANDARD.get(pattern, pattern.removeprefix("%"))
    pieces, position = list[_Piece](), 0
    while position < len(pattern):
        found = _PIECE.match(pattern, position)
        if found is None:
            raise DateRefused("a quote or backslash in a date format has no partner")
        pieces.append(_piece(found))
        position = found.end()
    if not pieces:
        raise DateRefused("a date format is empty")
    return pieces


def _piece(found: re.Match[str]) -> _Piece:
    letters = found["letter"]
    if not letters:
        return _Piece("", found["single"] or found["double"] or found["escaped"] or found["other"] or "")
    if letters[0] in "fF" and len(letters) > 7:
        raise DateRefused("a date format has more than 7 digits of a second")
    return _Piece(letters[0], letters)


def _offset(moment: datetime, count: int) -> str:
    """A server's zone is UTC, and so are dates without one."""
    del moment
    return ("+0", "+00", "+00:00")[min(count, 3) - 1]


def _named(names: tuple[str, ...], index: int, count: int) -> str:
    return names[index] if count > 3 else names[index][:3]


def _padded(number: int, count: int) -> str:
    return str(number).zfill(min(count, 2))


def _written_year(moment: datetime, count: int) -> str:
    return _padded(moment.year % 100, count) if count <= 2 else str(moment.year).zfill(count)


def _fraction(moment: datetime, count: int) -> str:
    return f"{moment.microsecond:06d}0"[:count]


_WRITERS: Final[Mapping[str, Callable[[datetime, int], str]]] = {
    "d": lambda moment, count: _padded(moment.day, count) if count <= 2 else _named(DAYS, moment.weekday(), count),
    "f": _fraction,
    "F": lambda moment, count: _fraction(moment, count).rstrip("0"),
    "g": lambda _moment, _count: "A.D.",
    "h": lambda moment, count: _padded((moment.hour + 11) % 12 + 1, count),
    "H": lambda moment, count: _padded(moment.hour, count),
    "K": lambda moment, count: "Z" * count if moment.tzinfo else "",
    "m": lambda moment, count: _padded(moment.minute, count),
    "M": lambda moment, count: _padded(moment.month, count) if count <= 2 else _named(MONTHS, moment.month - 1, count),
    "s": lambda moment, count: _padded(moment.second, count),
    "t": lambda moment, count: ("AM", "PM")[moment.hour // 12][:count],
    "y": _written_year,
    "z": _offset,
    "Z": lambda _moment, count: "Z" * count,
}

# Possessive, so that no text is tried twice: .NET does not look back either.
_TWO: Final = "[0-9]{1,2}+"
_ZONE: Final = "[+-][0-9]{1,2}+(?::?[0-9]{2})?+"


def _short_or_full(names: tuple[str, ...], count: int) -> str:
    return "|".join(name if count > 3 else name[:3] for name in names)


def _day_pattern(count: int) -> tuple[str, str]:
    return ("day", _number(count)) if count <= 2 else ("weekday", _short_or_full(DAYS, count))


def _month_pattern(count: int) -> tuple[str, str]:
    return "month", _number(count) if count <= 2 else _short_or_full(MONTHS, count)


def _year_pattern(count: int) -> tuple[str, str]:
    return "year", _number(count) if count <= 2 else f"[0-9]{{{count}}}"


def _number(count: int) -> str:
    return _TWO if count == 1 else "[0-9]{2}"


_READERS: Final[Mapping[str, Callable[[int], tuple[str, str]]]] = {
    "d": _day_pattern,
    "f": lambda count: ("fraction", f"[0-9]{{{count}}}"),
    "F": lambda count: ("fraction", f"[0-9]{{0,{count}}}+"),
    "g": lambda _count: ("era", r"A\.?D\.?"),
    "h": lambda count: ("hour12", _number(count)),
    "H": lambda count: ("hour", _number(count)),
    "K": lambda _count: ("zone", f"(?:Z|{_ZONE})?+"),
    "m": lambda count: ("minute", _number(count)),
    "M": _month_pattern,
    "s": lambda count: ("second", _number(count)),
    "t": lambda count: ("half", "[AP]" if count == 1 else "[AP]M"),
    "y": _year_pattern,
    "z": lambda _count: ("zone", _ZONE),
    "Z": lambda _count: ("zone", "Z|GMT"),
}


def _read(text: str, pieces: list[_Piece], *, inner_white: bool) -> dict[str, str]:
    """Read piece by piece; a part that is named twice must be said twice alike."""
    found: dict[str, str] = {}
    position = 0
    for index, piece in enumerate(pieces):
        if inner_white:
            position += len(text[position:]) - len(text[position:].lstrip())
            if not piece.letter and piece.text.isspace():
                continue
        if _is_optional_dot(pieces, index) and not text.startswith(piece.text, position):
            continue
        name, pattern = _READERS[piece.letter](piece.count) if piece.letter else ("", re.escape(piece.text))
        part = re.compile(pattern, re.IGNORECASE).match(text, position)
        if part is None or found.setdefault(name, part.group()) != (part.group() if name else found[""]):
            raise DateRefused("a text that is no date of its input format")
        position = part.end()
    if position < len(text):
        raise DateRefused("a text that goes on behind its input format")
    return found


def _is_optional_dot(pieces: list[_Piece], index: int) -> bool:
    follows = pieces[index + 1].letter if index + 1 < len(pieces) else ""
    return follows == "F" and pieces[index].text == "."


def _year(text: str) -> int:
    """Two digits mean a year up to 2049: .NET's TwoDigitYearMax."""
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year <= _LAST_SHORT_YEAR % 100 else 1900)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(text.casefold()))


def _hour(found: Mapping[str, str]) -> int:
    """On the 12-hour clock 12 comes before 1."""
    half = found.get("half", "").upper()
    if "hour12" in found and int(found["hour12"]) > 12:
        raise ValueError("no such hour")
    hour = int(found.get("hour12", found.get("hour", "0")))
    if half[:1] == "P":
        return hour if hour >= 12 else hour + 12
    return 0 if half and hour == 12 else hour


def _refuse_other_weekday(moment: datetime, weekday: str) -> None:
    if weekday and not DAYS[moment.weekday()].casefold().startswith(weekday.casefold()[:3]):
        raise ValueError("another day of the week")


def _in_utc(moment: datetime, zone: str) -> datetime:
    if not zone:
        return moment
    return (moment - _zone_offset(zone)).replace(tzinfo=UTC)


def _zone_offset(zone: str) -> timedelta:
    """Z, GMT and UTC are no offset; others are `+h`, `+hh`, `+hhmm` or `+hh:mm`, at most 14 hours."""
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > timedelta(hours=14) or int(minutes) > 59:
        raise ValueError("no zone is that far")
    return -offset if zone[0] == "-" else offset
