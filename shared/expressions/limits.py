"""How much may one expression cost?

Entra's page names the length of an expression only. These bound time and memory whatever the attributes hold: each
value made costs its length, and what would be longer than allowed is refused before it is made.
"""

from typing import Final

LONGEST_TEXT: Final = 32_768
"""Characters of one text, also of an attribute; a directory allows none as long."""
MOST_VALUES: Final = 4_096
"""Values of one multi-valued attribute."""
MOST_WORK: Final = 262_144
"""Characters that all values of one evaluation may have together."""


class TooMuch(Exception):
    """More than an expression may cost."""


class Work:
    """What one evaluation may still cost."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, cost: int) -> None:
        """Take a cost away, or refuse it."""
        self._left -= cost
        if self._left < 0:
            raise TooMuch(f"the values of this expression have more than {MOST_WORK:,} characters together")


def refuse_longer(length: int) -> None:
    """Refuse a text before it is made."""
    if length > LONGEST_TEXT:
        raise TooMuch(f"a text would have {length:,} characters, {LONGEST_TEXT:,} are allowed")
