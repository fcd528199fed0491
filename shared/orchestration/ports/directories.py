"""What does the engine ask of the two tenants?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.configuration.configuration import Configuration
from shared.provisioning.entry import Attributes, SourceEntry, TargetObject
from shared.setup.sights import SourceSight, TargetSight


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A `@removed` entry of a delta page."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersPage:
    """A page of users/delta; exactly one of `next_link` and `delta_link` is set. Entries are whole objects.

    But for the manager: a round that continues another names one only where that changed.
    """

    entries: tuple[SourceEntry | Removed, ...]
    next_link: str = ""
    delta_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsPage:
    """A page of users/delta of the target; entries and links as in UsersPage."""

    entries: tuple[TargetObject | Removed, ...]
    next_link: str = ""
    delta_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """One entry of members@delta."""

    group_id: str
    member_id: str
    is_user: bool
    removed: bool
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    """A page of groups/delta with members."""

    changes: tuple[MemberChange, ...]
    removed_groups: tuple[str, ...] = ()
    next_link: str = ""
    delta_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionProperty:
    """A directory extension that the tenant has for users; `type` is Graph's attributeType."""

    name: str
    type: str
    multivalued: bool


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
    So is `nested_in`, and only where the configuration takes nested groups.
    """

    source_id: str
    presence: Presence
    entry: SourceEntry | None = None
    assigned: bool | None = None
    """The person has an app role assignment to the enterprise application, of their own or by a direct group."""
    group_ids: frozenset[str] | None = None
    nested_in: frozenset[str] | None = None
    """All groups that the person is in, directly or by groups within groups."""

    @property
    def person(self) -> SourceEntry | None:
        """The entry, with the memberships if they were asked for."""
        return None if self.entry is None else self.entry.in_groups(self.group_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person of the source who may be meant by what somebody typed."""

    id: str
    display_name: str
    user_principal_name: str
    mail: str
    enabled: bool
    deleted: datetime | None = None
    """When the person was deleted; None for who is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Those who were found; `more` says that there are others."""

    people: tuple[Candidate, ...]
    more: bool


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
        """Read people directly. Each batch carries its positive control: `/organization` is the source tenant, and at
        least one of `known_users` is found (where none is given, any user at all, be it a deleted one); without it all
        of that batch are UNKNOWN.
        """
        ...

    async def groups_of(self, group_ids: Collection[str]) -> Mapping[str, frozenset[str] | None]:
        """Return the groups that each group is a direct member of; None where that could not be read.

        What is no group, or not there, is in none.
        """
        ...

    async def search(self, text: str, most: int) -> Candidates:
        """Find people, deleted ones too, by object id, or by how names, mail or user principal name begin."""
        ...

    async def extension_properties(self) -> Sequence[ExtensionProperty]:
        """Return the directory extensions of users."""
        ...

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
    before: tuple[tuple[str, str], ...] = ()
    """Attributes with values that are tried before the address: the first that is held decides."""
    after: tuple[tuple[str, str], ...] = ()
    """The same, tried where nobody holds the address."""
    unique: tuple[tuple[str, str], ...] = ()
    """Attributes with values of which it has to be known whether other objects have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to one TargetQuery. `known` is False if any part of it could not be read."""

    source_id: str
    known: bool
    linked: TargetObject | None = None
    """The object with the linked id (also from deleted items, then `deleted` is set)."""
    holders: tuple[TargetObject, ...] = ()
    """Objects other than the linked one that hold the address (deleted ones too where asked for) or match before it."""
    taken: frozenset[tuple[str, str]] = frozenset()
    """Which of the values asked for other objects have, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """A batch of look-ups, with the partner policy read in the same batch."""

    date: datetime
    """Graph's `Date` of the answer (whole seconds); the latest one if several batches were needed."""
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
    ASSIGN_MANAGER = "assignManager"
    REMOVE_MANAGER = "removeManager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write to the target. `attributes` of an INVITE are `mail` and `displayName` only."""

    source_id: str
    kind: WriteKind
    target_id: str = ""
    attributes: Attributes = field(default_factory=dict)
    manager_id: str = ""
    """Of ASSIGN_MANAGER: the object that becomes the manager."""


class TargetDirectory(Protocol):
    """The target tenant. Writes are paced: none is sent before the tenant's `not before` has passed."""

    async def look_up(self, queries: Sequence[TargetQuery]) -> LookUp:
        """Look up each entry and read the partner policy, in `$batch`es. Raises Throttled, Unavailable, Forbidden."""
        ...

    async def objects_page(self, link: str) -> ObjectsPage:
        """Return one page of users/delta; an empty link begins at this moment: it names nobody who is there already.

        Raises ResyncRequired, and UnexpectedAnswer if another tenant answers.
        """
        ...

    async def role_holders(self, target_ids: Sequence[str]) -> Mapping[str, bool | None]:
        """Say of each object whether it holds a directory role; None if that could not be read."""
        ...

    async def write(self, writes: Sequence[Write], until: datetime) -> Mapping[str, WriteResult]:
        """Send the writes in `$batch`es of up to 20; a result for each source id. Never raises for one item.

        No batch is begun at `until` or later: whose lease ends may be somebody else's by the time that it arrives.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySight:
    """What a tenant's cross-tenant access policy says of the other tenant; None: it could not be read."""

    synchronization_allowed: bool | None = None
    inbound_redemption: bool | None = None
    outbound_redemption: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message in plain text."""

    sender: str
    """Address or object id of the mailbox that it is sent from."""
    recipients: tuple[str, ...]
    subject: str
    text: str


class Mailbox(Protocol):
    """Mailboxes of a tenant."""

    async def send(self, mail: Mail) -> None:
        """Send once. Raises Throttled, Unavailable (it may have gone), Forbidden, UnexpectedAnswer."""
        ...


class Directories(Protocol):
    """Gives the two directories of a configuration, looks at how they are set up for it, and sends its mail."""

    def source(self, configuration: Configuration) -> SourceDirectory: ...
    def target(self, configuration: Configuration) -> TargetDirectory: ...
    async def inspect_source(self, configuration: Configuration) -> SourceSight:
        """Look at all that a diagnosis asks of the source; what cannot be read is unknown, and nothing is raised."""
        ...

    async def inspect_target(self, configuration: Configuration) -> TargetSight: ...
    async def policies(self, configuration: Configuration) -> tuple[PolicySight, PolicySight]:
        """Return what source and target say of each other."""
        ...

    def mailbox(self, configuration: Configuration) -> Mailbox:
        """Return the mailboxes that notifications are sent from: those of the target."""
        ...
