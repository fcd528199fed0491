"""How much may one expression cost?

Entra's page names the length of an expression only. These bound time and memory whatever the attributes hold: each
value made costs its length, and what would be longer than allowed is refused before it is made.
"""

from typing import Final

LONGEST_TEXT: Final = 32_768
"""Characters of one text, also of an attribute; a directory allows none as long."""
SHORT: Final = 256
"""A text that is no longer is within every limit by itself."""
MOST_VALUES: Final = 4_096
"""Values of one multi-valued attribute."""
MOST_WORK: Final = 262_144
"""Characters that all values of one evaluation may have together; anything but a text or bytes counts as one."""
MOST_MATCHES: Final = 10
"""Regular expressions that one evaluation may apply: each of them has its own limit of time."""


class TooMuch(Exception):
    """More than an expression may cost."""


class Work:
    """What one evaluation may still cost.

    The counts begin in the class: one of these is made for each person and expression, and few of them count anything.
    """

    _left = MOST_WORK
    _matches_left = MOST_MATCHES

    def spend(self, value: object) -> None:
        """Count a value that was made or read, or refuse it."""
        self._left -= _cost(value)
        if self._left < 0:
            raise TooMuch(f"the values of this expression have more than {MOST_WORK:,} characters together")

    def spend_match(self) -> None:
        """Count the use of a regular expression, or refuse it."""
        self._matches_left -= 1
        if self._matches_left < 0:
            raise TooMuch(f"an expression applies more than {MOST_MATCHES} regular expressions")


def refuse_longer(length: int) -> None:
    """Refuse a text before it is made."""
    if length > LONGEST_TEXT:
        raise TooMuch(f"a text has more than {LONGEST_TEXT:,} characters")


def _cost(value: object) -> int:
    if isinstance(value, tuple):
        if len(value) > MOST_VALUES:
            raise TooMuch(f"more than {MOST_VALUES:,} values")
        return sum(map(_cost, value))
    if not isinstance(value, str | bytes):
        return 1
    refuse_longer(len(value))
    return 1 + len(value)
