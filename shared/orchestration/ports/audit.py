"""How does the engine keep, and find, who did what?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.cycles.audit import Audited, AuditOutcome, AuditRecord


def every_act(_: Audited) -> bool:
    """Accept whatever act there is."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which acts, and in which order? `matches` is asked of each act of the time range."""

    since: datetime | None = None
    before: datetime | None = None
    oldest_first: bool = False
    matches: Callable[[Audited], bool] = every_act


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A part of the answer; it may be short, or empty, and still have a next one."""

    acts: tuple[Audited, ...]
    next: str
    """Opaque; empty at the end."""


class AuditLog(Protocol):
    """Acts and how they ended: rows are inserted, and never changed or deleted."""

    async def add(self, record: AuditRecord) -> bool:
        """Insert; False if it is there already."""
        ...

    async def end(self, record: AuditRecord, outcome: AuditOutcome) -> None:
        """Insert how it ended; what was written first stays."""
        ...

    async def claim(self, configuration_id: str, event: str) -> bool:
        """Insert the name of an event; False if somebody has claimed it before."""
        ...

    async def configuration_ids(self) -> Sequence[str]:
        """Return all configurations that anything was ever done to, those that are gone included."""
        ...

    async def page(self, configuration_ids: Sequence[str], top: int, skip: str, query: AuditQuery = ...) -> AuditPage:
        """Return up to `top` acts behind a skip token ("" is the beginning); raises ValueError for a bad token."""
        ...
