"""What shall be done about one entry? A decision is data: kind, values, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.provisioning.entry import Attributes
from shared.provisioning.link import Drift
from shared.provisioning.provisioning_log import ErrorInformation, ModifiedProperty


class ChangeKind(StrEnum):
    """The kinds of change; only the first five write to Graph.

    CREATE: invite, then set attributes. UPDATE: set attributes of an object that is ours (or becomes ours by adoption).
    RESTORE: bring our soft-deleted object back, then set attributes. DELETE: soft-delete what we created.
    DISABLE: disable what we created because its person has left the scope.
    RELEASE: leave an adopted object as it is and end the provisioning. SKIP: nothing to do. ESCROW: cannot be done.
    WAIT: cannot be decided yet.
    """

    CREATE = "create"
    UPDATE = "update"
    RESTORE = "restore"
    DELETE = "delete"
    DISABLE = "disable"
    RELEASE = "release"
    SKIP = "skip"
    ESCROW = "escrow"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The decision about one entry."""

    kind: ChangeKind
    target_id: str = ""
    attributes: Attributes = field(default_factory=dict)
    """The values to write: of an UPDATE only those that differ."""
    modified: tuple[ModifiedProperty, ...] = ()
    adopt: bool = False
    """The object is not ours yet: it becomes ours as adopted."""
    finishing: bool = False
    """The update or restore ends a create whose attributes could not be written at once."""
    hold_disable: bool = False
    """Everything but `accountEnabled` flows now; the disable stays staged."""
    delete_at: datetime | None = None
    """The object is to be deleted then, if the person is still out of scope."""
    error: ErrorInformation | None = None
    """Why it is skipped or in escrow; of an update, what it repairs."""
    current: Attributes = field(default_factory=dict)
    """What the object had before, as far as it was read."""
    drift: Drift | None = None
    """What others have changed, and the change leaves so."""
