"""What does the engine keep, and how does it ask for it?"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from shared.configuration.configuration import Configuration
from shared.cycles.claim import Claim
from shared.cycles.counters import Counted, Counters
from shared.cycles.cycle import Cycle
from shared.cycles.pending import DueClass, DueEntry, Pending, Workload
from shared.cycles.state import ConfigurationState
from shared.cycles.statement import Statement
from shared.cycles.surge import Surge
from shared.cycles.work import Work
from shared.cycles.write_budget import Grant, Invitations, WriteBudget
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningLogRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOrigin:
    """Where a version of a document comes from."""

    replaces: int = 0
    """The version that was current before; 0 for the first."""
    added: datetime | None = None
    added_by: str = ""


class ConfigurationStore(Protocol):
    """Configuration documents, immutable by version, and the state row of each configuration."""

    def states(self) -> AsyncIterator[ConfigurationState]: ...
    async def state(self, configuration_id: str) -> ConfigurationState | None: ...
    async def create(self, state: ConfigurationState) -> ConfigurationState:
        """Insert the state row; raises Conflict if there is one."""
        ...

    async def save(self, state: ConfigurationState) -> ConfigurationState:
        """Replace the state row if it is unchanged since it was read; returns it with its new etag. Raises Conflict."""
        ...

    async def delete(self, state: ConfigurationState) -> None:
        """Delete the state row if it is unchanged since it was read. Raises Conflict."""
        ...

    async def add_document(
        self, configuration_id: str, version: int, document: bytes, origin: DocumentOrigin | None = None
    ) -> None:
        """Insert a version; the same bytes again are fine, other bytes raise Conflict."""
        ...

    async def document(self, configuration_id: str, version: int) -> bytes | None: ...
    async def origin(self, configuration_id: str, version: int) -> DocumentOrigin | None:
        """Return where a version comes from; None if there is no such version."""
        ...

    async def surge(self, configuration_id: str) -> Surge: ...
    async def change_surge(self, configuration_id: str, change: Callable[[Surge], Surge]) -> None:
        """Change the counts by compare-and-swap. Raises Conflict where too many change them."""
        ...

    async def configuration(self, configuration_id: str, version: int) -> Configuration | None:
        """Return the parsed document (kept in memory: a version never changes)."""
        ...


class CycleStore(Protocol):
    async def create(self, cycle: Cycle) -> Cycle:
        """Insert; if it is there already, return the stored one."""
        ...

    async def get(self, configuration_id: str, number: int) -> Cycle | None: ...
    async def save(self, cycle: Cycle) -> Cycle:
        """Replace if unchanged since it was read; returns it with its new etag. Raises Conflict."""
        ...

    async def newest(self, configuration_id: str, count: int) -> Sequence[Cycle]: ...
    async def delete(self, configuration_id: str, number: int) -> None:
        """Delete a cycle, if it is there."""
        ...

    async def purge(self, configuration_id: str, limit: int) -> int:
        """Delete up to so many rows of a configuration; returns how many."""
        ...


class EntryPart(StrEnum):
    """What of an entry is read; each part is a row of its own, and costs a read of its own."""

    LINK = "link"
    PENDING = "pending"
    WORK = "work"


WHOLE_ENTRY: Final = frozenset(EntryPart)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRows:
    """What is stored about one source object at one moment; a part that was not asked for is None."""

    source_id: str
    link: Link | None = None
    pending: Pending | None = None
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a pass over one entry ends. Committed atomically: link, log, counters, and what is still open."""

    pending: Pending | None
    """The row as the worker read it. It is deleted, or replaced by `next`, only if it is unchanged."""
    work: Work
    """Our lease: if it is not ours any more, nothing is written."""
    link: Link | None = None
    """The link as it shall be; None leaves it as it is."""
    next: Pending | None = None
    """What stays open: waiting, staged or in escrow. None: nothing."""
    keep_intent: bool = False
    """The work row keeps its intent (the lease ends), because an invitation may be under way."""
    log: ProvisioningLogRecord | None = None
    count: Counted | None = None


class ClosingResult(StrEnum):
    """CLOSED: all written. OVERTAKEN: all but the pending row, which is newer. LOST: the lease was not ours."""

    CLOSED = "closed"
    OVERTAKEN = "overtaken"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Open rows that are not staged (yet), and that settling has to know of."""

    undecided: tuple[str, ...]
    """They have a stamp that `released_cycle` does not cover."""
    mature: tuple[str, ...]
    """Their delayed removal is due."""


class EntryStore(Protocol):
    """Links, pending work, leases, log records and counters: one partition for each shard of a configuration."""

    def shard(self, source_id: str, shards: int) -> int:
        """Return the shard of a source id: stable for ever, the same everywhere."""
        ...

    async def read(
        self, state: ConfigurationState, source_ids: Sequence[str], *, parts: frozenset[EntryPart] = WHOLE_ENTRY
    ) -> Mapping[str, EntryRows]:
        """Return link, pending and work of each id (an entry for each, empty where nothing is stored)."""
        ...

    def links(self, configuration_id: str, shard: int, *, behind: str = "") -> AsyncIterator[Link]:
        """All links of a shard, in the order of their keys; with `behind` only those that follow on this person's."""
        ...

    def pending_ids(self, configuration_id: str, shard: int) -> AsyncIterator[str]: ...
    async def stage(self, state: ConfigurationState, rows: Sequence[Pending]) -> None:
        """Write pending rows with their due rows, over what stands there: the newest replaces older."""
        ...

    async def exchange(self, state: ConfigurationState, changes: Sequence[tuple[Pending | None, Pending]]) -> None:
        """Write pending rows only where what was read (None: nothing) still stands; others are left."""
        ...

    async def due(
        self, configuration_id: str, shard: int, due_class: DueClass, until: datetime, limit: int
    ) -> Sequence[DueEntry]:
        """Return due rows of one class with a due time up to `until`, earliest first."""
        ...

    async def open_due(self, configuration_id: str, shard: int, limit: int) -> Sequence[DueEntry]:
        """Return due rows of all classes, due or not, in the order of class and time."""
        ...

    async def forget_due(self, configuration_id: str, shard: int, stale: Sequence[DueEntry]) -> None:
        """Delete due rows that point to nothing any more; missing ones are fine."""
        ...

    async def begin_hint(self, configuration_id: str, shard: int, now: datetime, until: datetime) -> bool:
        """Note that a hint about the shard is under way until then; False if one is already."""
        ...

    async def is_hinted(self, configuration_id: str, shard: int, now: datetime) -> bool: ...
    async def extend_hint(self, configuration_id: str, shard: int, until: datetime) -> None: ...
    async def end_hint(self, configuration_id: str, shard: int) -> None:
        """Note that no hint about the shard is under way any more."""
        ...

    async def lease(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        """Take leases (all of one shard); returns those that were won, with their etags."""
        ...

    async def save_works(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        """Save intents and renew leases (all of one shard); returns those still ours, with their etags."""
        ...

    async def close(self, state: ConfigurationState, closings: Sequence[Closing]) -> Sequence[ClosingResult]:
        """End a pass (all of one shard), each entry atomically with the counters; in the order given."""
        ...

    async def open_works(self, configuration_id: str, shard: int) -> Sequence[Work]: ...
    async def finish_log(
        self, configuration_id: str, shard: int, works: Sequence[Work]
    ) -> Sequence[ProvisioningLogRecord]:
        """Return the log records that closed works still point to (for the copy into the index)."""
        ...

    async def drop_works(self, configuration_id: str, shard: int, works: Sequence[Work]) -> None:
        """Delete work rows that are unchanged; others are left."""
        ...

    async def purge(self, configuration_id: str, shard: int, limit: int) -> int:
        """Delete up to so many rows of a shard, of any kind; returns how many."""
        ...

    async def counters(self, state: ConfigurationState, cycle: int) -> Counters: ...
    async def forget_counters(self, state: ConfigurationState, cycle: int) -> None:
        """Delete what was counted in a cycle."""
        ...

    async def forget_logs(self, state: ConfigurationState, records: Sequence[ProvisioningLogRecord]) -> None:
        """Delete the records, where they stand beside entries."""
        ...

    async def workload(self, state: ConfigurationState, now: datetime) -> Workload:
        """Count open rows. A staged row that `released_cycle` covers counts as due (or waiting), not staged."""
        ...

    async def statement(self, state: ConfigurationState) -> Statement:
        """Count how everybody stands; it reads all links."""
        ...

    async def staged(self, state: ConfigurationState) -> Sequence[Pending]:
        """Return the rows of the classes DISABLE and STAGED without a verdict; source values are left out."""
        ...

    async def unsettled(self, state: ConfigurationState, now: datetime) -> Unsettled:
        """Return whom settling a cycle has to know of besides those who are staged."""
        ...

    async def log_records(
        self, state: ConfigurationState, source_id: str, limit: int
    ) -> Sequence[ProvisioningLogRecord]: ...


class ClaimStore(Protocol):
    """Who owns which address and which object of a target tenant, across all configurations."""

    async def take(self, claim: Claim, *, likely: bool = False) -> Claim:
        """Insert the claim; returns the one that stands, ours or another's. `likely`: one may well stand already."""
        ...

    async def take_over(self, standing: Claim, claim: Claim) -> Claim:
        """Replace a claim whose owner is gone if it is unchanged; returns the one that stands. Raises Conflict."""
        ...

    async def owners(self, tenant_id: str, target_ids: Sequence[str]) -> Mapping[str, Claim]:
        """Return the claims on these objects, by the object's id; whose object is nobody's is not in it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantStanding:
    """What keeps a target tenant from being written to, read at one moment."""

    read_only: bool = False
    """Is the global switch on, or the setting? Then nothing is written to any target tenant."""
    not_before: datetime | None = None
    """Until when nothing may be written after a 429."""
    refused_since: datetime | None = None
    """When the partner policy was first seen to forbid the source that is asked for; None while it allows it."""
    invitations: Invitations = field(default_factory=Invitations)


class BudgetStore(Protocol):
    """Whether, and how fast, a target tenant may be written to. Writes raise Conflict where too many change a row."""

    async def not_before(self, tenant_id: str) -> datetime | None: ...
    async def writes(self, tenant_id: str) -> WriteBudget: ...
    async def standing(self, tenant_id: str, source_tenant_id: str) -> TenantStanding: ...
    async def hold_until(self, tenant_id: str, until: datetime, *, refused: datetime | None = None) -> None:
        """Raise the mark to `until`; an earlier time changes nothing. `refused`: for a 429 that was met then."""
        ...

    async def slow_down(self, tenant_id: str, used: float, now: datetime) -> None:
        """Note that Graph said how much of its limit is used, more than 1 being more than there is."""
        ...

    async def reserve_writes(self, tenant_id: str, count: int, now: datetime, *, patience: timedelta) -> Grant:
        """Reserve slots for so many writes, all or none; none while the tenant is held."""
        ...

    async def reserve_invitations(
        self, tenant_id: str, count: int, now: datetime, *, patience: timedelta = timedelta(0)
    ) -> Grant:
        """Reserve so many invitations, to be waited for; fewer (one) to see whether a block is over, or none."""
        ...

    async def invitations(self, tenant_id: str) -> Invitations: ...
    async def block_invitations(self, tenant_id: str, now: datetime) -> None:
        """Note that Graph said that invitations are blocked."""
        ...

    async def pass_invitations(self, tenant_id: str) -> None:
        """Note that an invitation went through."""
        ...

    async def refused_since(self, tenant_id: str, source_tenant_id: str) -> datetime | None:
        """Return when the target's partner policy was first seen to forbid this source; None while it allows it."""
        ...

    async def refuse(self, tenant_id: str, source_tenant_id: str, since: datetime) -> None:
        """Note that the partner policy forbids: from now on no write starts, whichever host has it under way."""
        ...

    async def allow(self, tenant_id: str, source_tenant_id: str) -> None: ...
    async def is_read_only(self) -> bool:
        """Is the global switch on, or the setting? Then nothing is written to any target tenant."""
        ...

    async def set_read_only(self, *, on: bool, by: str, now: datetime) -> None: ...


Content = bytes | bytearray
"""What a snapshot holds. It may be large: whoever gives or gets it has no need of a copy."""


class SnapshotStore(Protocol):
    """Packed bytes of any size by configuration, kind and number."""

    async def save(self, configuration_id: str, kind: str, number: int, content: Content) -> None: ...
    async def load(self, configuration_id: str, kind: str, number: int) -> Content | None:
        """Return the bytes; None if there are none or they are not whole."""
        ...

    async def prune(self, configuration_id: str, kind: str, before: int) -> None:
        """Delete the snapshots of a kind with a smaller number."""
        ...

    async def purge(self, configuration_id: str, limit: int) -> int:
        """Delete up to so many rows of a configuration; returns how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """A delta link and when Graph issued it; `members` names the groups of a groups chain."""

    chain: str
    link: str
    issued: datetime
    members: tuple[str, ...] = ()
    begun: datetime | None = None
    """When a chain began of which nobody has looked yet at what was before; None: that was done, or need not be."""


class WatermarkStore(Protocol):
    async def all(self, configuration_id: str) -> Sequence[Watermark]: ...
    async def save(self, configuration_id: str, watermark: Watermark) -> None: ...
    async def delete(self, configuration_id: str, chain: str) -> None: ...
    async def purge(self, configuration_id: str, limit: int) -> int:
        """Delete up to so many rows of a configuration; returns how many."""
        ...
