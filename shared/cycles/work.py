"""Who works on an entry right now, and what did they mean to do?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IntentStage(StrEnum):
    """How far a create has come; other actions stay PLANNED, because they can simply be repeated."""

    PLANNED = "planned"
    INVITED = "invited"


class IntentAction(StrEnum):
    """The write to Graph that is about to happen."""

    CREATE = "create"
    UPDATE = "update"
    DISABLE = "disable"
    DELETE = "delete"
    RESTORE = "restore"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a worker wrote down before its first write to Graph; it survives a crash."""

    action: IntentAction
    started: datetime
    """The log record's id derives from it, so that a repeated pass writes the same record."""
    stage: IntentStage = IntentStage.PLANNED
    mail: str = ""
    target_id: str = ""
    looked_up: datetime | None = None
    """Graph's `Date` of the look-up before the invitation: older objects are not our creation."""
    saved: datetime | None = None
    """When the intent was written: the write follows within the lease, or never."""
    told: bool = False
    """A log record has the time of this intent already: what comes of it later is told by another one."""
    digest: str = ""
    """The digest of what an update is about to bring the object to, as links have it; empty where nobody asks."""
    reference: bool = False
    """The object's manager is about to be written, too; it stays so through later intents until that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A lease on one entry; the reader never touches it."""

    source_id: str
    owner: str
    expires: datetime
    intent: Intent | None = None
    log_key: str = ""
    """Set when the entry is closed and only the copy of its log record into the index is missing."""
    etag: str = ""

    @property
    def abandoned(self) -> bool:
        """Did a worker die over it? A pass that ends properly leaves a lease that ended long ago."""
        return self.expires.year > 1970

    def held_by_other(self, owner: str, now: datetime) -> bool:
        """Is the lease still running, and somebody else's?"""
        return self.owner != owner and self.expires > now and not self.log_key
