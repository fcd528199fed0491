"""What does the engine need from outside? Ports speak in the engine's own words; adapters implement them.

Errors that cross a port: `StorageUnavailable` (try later), `Conflict` (somebody changed the row first: read again),
`NewerRow` (written by a newer version: put the work back, never raise to the queue), `Throttled` and `Unavailable`
(Graph, try later), `Forbidden` (a permission or consent is missing), `ResyncRequired` (a delta link is void).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.configuration.configuration import Configuration
from shared.cycles.claim import Claim
from shared.cycles.counters import Counted, Counters
from shared.cycles.cycle import Cycle
from shared.cycles.pending import DueClass, DueEntry, Pending, Workload
from shared.cycles.state import ConfigurationState
from shared.cycles.work import Work
from shared.provisioning.entry import Attributes, SourceEntry, TargetObject
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningLogRecord


class StorageUnavailable(Exception):
    """Storage did not answer, or answered that it cannot now; what was sent may or may not have happened."""


class Conflict(Exception):
    """The row was changed, created or deleted by somebody else in the meantime; read it again."""


class NewerRow(Exception):
    """The row was written by a newer version of the app; leave it to that one."""


class Throttled(Exception):
    """Graph refused with 429; `retry_after` is how long, as Graph said or our own guess."""

    def __init__(self, retry_after: timedelta, *, writes: bool = False) -> None:
        super().__init__(f"throttled for {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after
        self.writes = writes


class Unavailable(Exception):
    """Graph did not answer or answered 5xx; for a write it is unknown whether it happened."""


class Forbidden(Exception):
    """Graph refused for want of a permission, a consent or a token: nothing will succeed until someone acts."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ResyncRequired(Exception):
    """The delta link is void (410, or expired after 7 days): everything must be read again."""


class UnexpectedAnswer(Exception):
    """Graph answered something that is not documented, or pointed to another host; nothing was followed."""


class Clock(Protocol):
    """Engine time; in production it follows storage, in the sandbox it may run faster."""

    def now(self) -> datetime: ...
    async def sleep(self, duration: timedelta) -> None: ...
    def real(self, duration: timedelta) -> timedelta: ...


class MessageQueue(Protocol):
    """A queue of hints."""

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None: ...
    async def length(self) -> int:
        """Return about how many messages are in the queue, visible or not."""
        ...


class Tracing(Protocol):
    """The trace that the present work belongs to."""

    def traceparent(self) -> str:
        """Return the W3C traceparent of the current span; empty without one."""
        ...


# --- state ---------------------------------------------------------------------------------------------------


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

    async def add_document(self, configuration_id: str, version: int, document: bytes) -> None:
        """Insert a version; the same bytes again are fine, other bytes raise Conflict."""
        ...

    async def document(self, configuration_id: str, version: int) -> bytes | None: ...
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRows:
    """All that is stored about one source object at one moment."""

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


class EntryStore(Protocol):
    """Links, pending work, leases, log records and counters: one partition for each shard of a configuration."""

    def shard(self, source_id: str, shards: int) -> int:
        """Return the shard of a source id: stable for ever, the same everywhere."""
        ...

    async def read(self, state: ConfigurationState, source_ids: Sequence[str]) -> Mapping[str, EntryRows]:
        """Return link, pending and work of each id (an entry for each, empty where nothing is stored)."""
        ...

    def links(self, configuration_id: str, shard: int) -> AsyncIterator[Link]:
        """All links of a shard, in the order of their keys."""
        ...

    def pending_ids(self, configuration_id: str, shard: int) -> AsyncIterator[str]: ...
    async def stage(self, state: ConfigurationState, rows: Sequence[Pending]) -> None:
        """Write pending rows with their due rows, over what stands there: the newest replaces older."""
        ...

    async def due(
        self, configuration_id: str, shard: int, due_class: DueClass, until: datetime, limit: int
    ) -> Sequence[DueEntry]:
        """Return due rows of one class with a due time up to `until`, earliest first."""
        ...

    async def forget_due(self, configuration_id: str, shard: int, stale: Sequence[DueEntry]) -> None:
        """Delete due rows that point to nothing any more; missing ones are fine."""
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

    async def counters(self, state: ConfigurationState, cycle: int) -> Counters: ...
    async def workload(self, state: ConfigurationState, now: datetime) -> Workload:
        """Count open rows. A staged row that `released_cycle` covers counts as due (or waiting), not staged."""
        ...

    async def staged_count(self, state: ConfigurationState) -> int:
        """Count due rows of the classes DISABLE and STAGED."""
        ...

    async def log_records(
        self, state: ConfigurationState, source_id: str, limit: int
    ) -> Sequence[ProvisioningLogRecord]: ...


class ClaimStore(Protocol):
    """Who owns which address and which object of a target tenant, across all configurations."""

    async def take(self, claim: Claim) -> Claim:
        """Insert the claim; returns the one that stands, ours or another's."""
        ...

    async def take_over(self, standing: Claim, claim: Claim) -> Claim:
        """Replace a claim whose owner is gone if it is unchanged; returns the one that stands. Raises Conflict."""
        ...

    async def release(self, claim: Claim) -> None:
        """Delete the claim if it is still this owner's."""
        ...


class BudgetStore(Protocol):
    """Until when nothing may be written to a target tenant."""

    async def not_before(self, tenant_id: str) -> datetime | None: ...
    async def hold_until(self, tenant_id: str, until: datetime) -> None:
        """Raise the mark to `until`; an earlier time changes nothing."""
        ...


class SnapshotStore(Protocol):
    """Packed bytes of any size by configuration, kind and number."""

    async def save(self, configuration_id: str, kind: str, number: int, content: bytes) -> None: ...
    async def load(self, configuration_id: str, kind: str, number: int) -> bytes | None:
        """Return the bytes; None if there are none or they are not whole."""
        ...

    async def prune(self, configuration_id: str, kind: str, before: int) -> None:
        """Delete the snapshots of a kind with a smaller number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """A delta link and when Graph issued it; `members` names the groups of a groups chain."""

    chain: str
    link: str
    issued: datetime
    members: tuple[str, ...] = ()


class WatermarkStore(Protocol):
    async def all(self, configuration_id: str) -> Sequence[Watermark]: ...
    async def save(self, configuration_id: str, watermark: Watermark) -> None: ...
    async def delete(self, configuration_id: str, chain: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    records: tuple[ProvisioningLogRecord, ...]
    next: str
    """Opaque; empty at the end."""


class ProvisioningLogIndex(Protocol):
    """All records of a configuration by time, newest first: copies of the records in the entries' partitions."""

    async def add(self, records: Sequence[ProvisioningLogRecord]) -> None:
        """Insert; a record that is there already is left as it is."""
        ...

    async def page(self, configuration_ids: Sequence[str], top: int, skip: str) -> LogPage: ...


# --- directories ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A `@removed` entry of a delta page."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersPage:
    """A page of users/delta; exactly one of `next_link` and `delta_link` is set. Entries are whole objects."""

    entries: tuple[SourceEntry | Removed, ...]
    next_link: str = ""
    delta_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """One entry of members@delta."""

    group_id: str
    member_id: str
    is_user: bool
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    """A page of groups/delta with members."""

    changes: tuple[MemberChange, ...]
    removed_groups: tuple[str, ...] = ()
    next_link: str = ""
    delta_link: str = ""


class PrincipalType(StrEnum):
    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    principal_id: str
    principal_type: PrincipalType


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentsPage:
    assignments: tuple[Assignment, ...]
    next_link: str = ""


class Presence(StrEnum):
    """PRESENT: read. ABSENT: a read that was proved to see says 404. UNKNOWN: nothing was learnt."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One person read directly, in a batch whose positive control answered.

    `assigned` and `group_ids` (direct memberships) are read to their end only if scope was asked for, else None.
    """

    source_id: str
    presence: Presence
    entry: SourceEntry | None = None
    assigned: bool | None = None
    """The person has an app role assignment to the enterprise application, of their own or by a direct group."""
    group_ids: frozenset[str] | None = None


class SourceDirectory(Protocol):
    """The source tenant, read only."""

    async def users_page(self, link: str) -> UsersPage:
        """Return one page of users/delta; an empty link starts from nothing. Raises ResyncRequired."""
        ...

    async def groups_page(self, group_ids: Sequence[str], link: str) -> GroupsPage:
        """Return one page of groups/delta for up to 50 groups. Raises ResyncRequired."""
        ...

    async def assignments_page(self, link: str) -> AssignmentsPage: ...
    async def examine(
        self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
    ) -> Mapping[str, Examination]:
        """Read people directly. Each batch carries its positive control: `/organization` is the source tenant, and
        (where `known_users` are given) at least one of them is found; without it all of that batch are UNKNOWN.
        """
        ...

    async def user_ids(self, search: str) -> Sequence[str]: ...
    async def verified_domains(self) -> frozenset[str]:
        """Return the verified domains of the source tenant in lower case (kept in memory for some minutes)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetQuery:
    """What to look up for one entry: its linked object, and who else holds its address."""

    source_id: str
    target_id: str = ""
    mail: str = ""
    deleted: bool = False
    """Look into deleted items as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to one TargetQuery. `known` is False if any part of it could not be read."""

    source_id: str
    known: bool
    linked: TargetObject | None = None
    """The object with the linked id (also from deleted items, then `deleted` is set)."""
    holders: tuple[TargetObject, ...] = ()
    """Objects other than the linked one that hold the address, deleted ones included where asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """A batch of look-ups, with the partner policy read in the same batch."""

    date: datetime
    """Graph's `Date` of the answer (whole seconds); the earliest if several batches were needed."""
    policy_allows: bool | None
    """`userSyncInbound.isSyncAllowed` of the partner policy; None if it could not be read."""
    found: Mapping[str, Found] = field(default_factory=dict)


class WriteStatus(StrEnum):
    """How a write ended.

    DONE: it happened. THROTTLED: it did not (429). AMBIGUOUS: time-out, connection, 5xx: nobody knows. BUSY: 409
    concurrency, it did not. NOT_FOUND: 404. REFUSED: 400 and others, for good. FORBIDDEN: 403 for want of permission.
    BLOCKED: 403 "Invitations are blocked". NOT_SENT: held back before sending (budget, lease, policy).
    """

    DONE = "done"
    THROTTLED = "throttled"
    AMBIGUOUS = "ambiguous"
    BUSY = "busy"
    NOT_FOUND = "notFound"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    NOT_SENT = "notSent"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    status: WriteStatus
    target_id: str = ""
    retry_after: timedelta | None = None
    code: str = ""
    message: str = ""


class WriteKind(StrEnum):
    INVITE = "invite"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write to the target. `attributes` of an INVITE are `mail` and `displayName` only."""

    source_id: str
    kind: WriteKind
    target_id: str = ""
    attributes: Attributes = field(default_factory=dict)


class TargetDirectory(Protocol):
    """The target tenant. Writes are paced: none is sent before the tenant's `not before` has passed."""

    async def look_up(self, queries: Sequence[TargetQuery]) -> LookUp:
        """Look up each entry and read the partner policy, in `$batch`es. Raises Throttled, Unavailable, Forbidden."""
        ...

    async def role_holders(self, target_ids: Sequence[str]) -> Mapping[str, bool | None]:
        """Say of each object whether it holds a directory role; None if that could not be read."""
        ...

    async def write(self, writes: Sequence[Write]) -> Mapping[str, WriteResult]:
        """Send the writes in `$batch`es of up to 20; a result for each source id. Never raises for one item."""
        ...


class Directories(Protocol):
    """Gives the two directories of a configuration."""

    def source(self, configuration: Configuration) -> SourceDirectory: ...
    def target(self, configuration: Configuration) -> TargetDirectory: ...
