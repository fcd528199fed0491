"""What is still to be done for one source object, and when?

One row for each source object; the newest replaces older ones. Waiting, escrow and staged removal are its states.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.provisioning.entry import Attributes

LONGEST_WAIT = timedelta(minutes=15)
"""A wait that would be longer is an escrow: it is tried again by the next cycle."""

MOST_ATTEMPTS = 12
"""Passes that may end in a wait before the entry is put into escrow."""


READ_ONLY: Final = "ReadOnly"
"""Why a row waits while the global switch is on."""

POLICY_FORBIDS: Final = "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
"""Entra's code for a partner policy that does not allow the synchronization."""

MANAGER_COMING: Final = "ManagerNotYetProvisioned"
"""Why a row waits whose person's manager is about to be provisioned."""

INVITATIONS_BLOCKED: Final = "InvitationsBlocked"
"""Why a row waits while Graph invites nobody; the breaker says when one is tried."""


class PendingState(StrEnum):
    """WAITING: due at a time. STAGED: a removal or a disable that the guard has not released. ESCROWED: failed.

    DELAYED: the object is disabled; when due, its removal is staged.
    """

    WAITING = "waiting"
    DELAYED = "delayed"
    STAGED = "staged"
    ESCROWED = "escrowed"


class Verdict(StrEnum):
    """What a person has decided about a staged removal or disable; NONE: the guard decides."""

    NONE = ""
    APPROVED = "approved"
    REJECTED = "rejected"


class WorkKind(StrEnum):
    """What the reader expects to be done; the worker decides from what it sees itself.

    EVALUATE carries no source values: the worker reads them and the scope directly.
    REFERENCE: only the manager is open. DRIFT: the target's object is to be looked at; no source values either.
    """

    REMOVE = "remove"
    DISABLE = "disable"
    EVALUATE = "evaluate"
    UPDATE = "update"
    CREATE = "create"
    REFERENCE = "reference"
    DRIFT = "drift"


class DueClass(StrEnum):
    """Order of dispatch within one configuration: the value sorts."""

    REMOVAL = "1"
    UPDATE = "2"
    CREATE = "3"
    REFERENCE = "4"
    """Behind the creates: whoever is to be the manager has to be there first."""
    DISABLE = "7"
    """A staged disable whose other attributes have not flowed yet; counted as staged."""
    STAGED = "8"
    ESCROW = "9"
    DELAYED = "d"
    """A removal whose time has not come: settling stages it when it is due."""
    REJECTED = "r"
    """A staged removal or disable that somebody has rejected: it stays as it is until the person is seen in scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The one row of work that is open for a source object."""

    source_id: str
    kind: WorkKind
    state: PendingState
    due: datetime
    cycle: int
    """The cycle that asked for it; its counters count it."""
    configuration_version: int
    source: Attributes | None
    """The source values last read; None where only a hint is known."""
    attempts: int = 0
    """Passes that have ended in a wait, since reading asked for it or it was in escrow last."""
    escrows: int = 0
    """How often it has been in escrow since reading asked for it."""
    confirm: bool = False
    """The source must be read again before anything is done (waited, escrowed, or read differently)."""
    differed: bool = False
    """The source was read again and differed; what the next read says is taken."""
    staged_cycle: int = 0
    """The cycle whose guard counts it, as a removal, a disable, or an evaluation that may become one; else 0."""
    verdict: Verdict = Verdict.NONE
    decided_by: str = ""
    """Who gave the verdict."""
    disable_rejected_by: str = ""
    """Who has rejected that the person be disabled; it counts again when the row is about that again."""
    released_by: str = ""
    """Who wants undone that the target's side has blocked or deleted the object; empty for nobody."""
    reason: str = ""
    """Why it waits or is in escrow: an error code, for status and log."""
    etag: str = ""

    @property
    def due_class(self) -> DueClass:
        """Return the class under which the row is found when due."""
        if self.state is PendingState.STAGED:
            return _STAGED[self.verdict]
        if self.state in _APART:
            return _APART[self.state]
        return _BY_KIND[self.kind]


_BY_KIND: Final = {
    WorkKind.REMOVE: DueClass.REMOVAL,
    WorkKind.DISABLE: DueClass.DISABLE,
    WorkKind.EVALUATE: DueClass.UPDATE,
    WorkKind.UPDATE: DueClass.UPDATE,
    WorkKind.CREATE: DueClass.CREATE,
    WorkKind.REFERENCE: DueClass.REFERENCE,
    WorkKind.DRIFT: DueClass.UPDATE,
}


def is_coming(pending: Pending | None) -> bool:
    """Is there work under way that may provision somebody soon who is not there? An escrow may last for ever."""
    if pending is None or pending.state is not PendingState.WAITING or pending.reason == INVITATIONS_BLOCKED:
        return False
    return pending.kind in {WorkKind.CREATE, WorkKind.UPDATE, WorkKind.EVALUATE}


def is_staged_disable(pending: Pending) -> bool:
    """Does a disable wait for the guard, or for ever? All else of the person flows, and is looked at."""
    return pending.state is PendingState.STAGED and pending.kind is WorkKind.DISABLE


def looked_at_again(pending: Pending, now: datetime) -> Pending:
    """Return the row of a staged disable for a worker who looks at all else: what is counted or decided stays so."""
    return replace(pending, state=PendingState.WAITING, due=now)


_APART: Final = {PendingState.ESCROWED: DueClass.ESCROW, PendingState.DELAYED: DueClass.DELAYED}
_STAGED: Final = {
    Verdict.NONE: DueClass.STAGED,
    Verdict.APPROVED: DueClass.REMOVAL,
    Verdict.REJECTED: DueClass.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEntry:
    """A row of the due index; it may be older than the pending row it points to."""

    source_id: str
    due_class: DueClass
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Open rows of one configuration, counted."""

    due: int
    waiting: int
    staged: int
    escrowed: int
    delayed: int = 0
    creates: int = 0
    """Of those that are due or wait, who is to be created as far as the reader knows."""
