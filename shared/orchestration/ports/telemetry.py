"""What may the engine tell of its work to those who watch over it, and under which names?

The alert rules and the workbook in `infra/` ask for these names; a test holds them together.
"""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol, TypedDict, Unpack


class Count(StrEnum):
    """What is counted; each is a sum."""

    TICKS = "tenantsync.ticks"
    CYCLES = "tenantsync.cycles"
    """Cycles that ended, by kind and outcome."""
    ENTRIES = "tenantsync.entries"
    """People whose pass ended with a log record, by action and status."""
    GRAPH_REQUESTS = "tenantsync.graph.requests"
    """Requests to Graph, and the items of batches, by operation and status code. A 429 is a throttled one."""
    BUDGET_WAITED = "tenantsync.budget.waited"
    """Seconds that batches of writes have waited for their slots."""
    POISON_MESSAGES = "tenantsync.poison.messages"


class Gauge(StrEnum):
    """What is measured, most of it at each tick; the newest value is what holds."""

    CYCLE_DURATION = "tenantsync.cycle.duration"
    """Seconds from the beginning of a cycle to its end, told when it ends."""
    CYCLE_LATENESS = "tenantsync.cycle.lateness"
    """Intervals since the last cycle that completed; one that comes in time stays about 1."""
    QUARANTINE = "tenantsync.quarantine"
    """1 while a configuration is in quarantine, by reason, else 0."""
    REMOVALS_HELD = "tenantsync.removals.held"
    """Staged removals and disables that the guard does not let through."""
    OLDEST_DUE = "tenantsync.entries.oldest_due"
    """For how many seconds the oldest open work could have been done already."""
    TENANT_HELD = "tenantsync.budget.held"
    """For how many seconds nothing may be written to a target tenant after a 429."""
    INVITATIONS_BLOCKED = "tenantsync.invitations.blocked"
    """1 while the breaker lets nobody be invited to a target tenant, else 0."""
    READ_ONLY = "tenantsync.read_only"
    """1 while the global switch or the setting stops all writing, else 0."""


class Dimensions(TypedDict, total=False):
    """What a count or a measure may be told apart by: ids of few things, and closed sets."""

    configuration_id: str
    tenant_id: str
    kind: str
    outcome: str
    action: str
    status: str
    reason: str
    method: str
    operation: str
    status_code: int


class Attributes(Dimensions, total=False):
    """What a span may say: also ids of single people. Values of people's attributes have no key here (law 11)."""

    cycle: int
    entries: int
    source_id: str


class Span(Protocol):
    """A piece of work under way."""

    def note(self, **attributes: Unpack[Attributes]) -> None:
        """Add what is known by now; a status code of 400 or more makes it a failure, and so does 0: no answer."""
        ...

    def part(self, name: str, **attributes: Unpack[Attributes]) -> None:
        """Tell of a part of this work that began with it and ends now."""
        ...


class Telemetry(Protocol):
    """Traces and measures. Telling costs next to nothing, waits for nobody and never fails."""

    @property
    def is_measured(self) -> bool:
        """Does anybody take measures? Otherwise nothing has to be read for them."""
        ...

    def traceparent(self) -> str:
        """Return the W3C traceparent of the current span; empty without one."""
        ...

    def span(self, name: str, **attributes: Unpack[Attributes]) -> AbstractContextManager[Span]:
        """Do the block in a span below the present one; an error that flies out of it is told by its type only."""
        ...

    def count(self, what: Count, amount: float = 1, **dimensions: Unpack[Dimensions]) -> None: ...
    def gauge(self, what: Gauge, value: float, **dimensions: Unpack[Dimensions]) -> None: ...
