"""What may an expression know of the world besides the attributes?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Handed in, so that the same attributes in the same environment always give the same value."""

    now: datetime
    """The present moment, with its zone."""
    random: Callable[[int], int]
    """A random whole number from 0 up to, not including, the argument."""
    new_guid: Callable[[], str]
    """A new GUID, in lower case with hyphens."""
    exists: Callable[[str], bool]
    """Whether some object of the target already has this value in the attribute that is being computed."""
    default_domain: str | None = None
    """The default domain of the target tenant, where it is known."""
