"""Which target object stands for which person, and what do we know of it?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkOrigin(StrEnum):
    """How the target object came to be ours; what we adopted is never deleted."""

    CREATED = "created"
    ADOPTED = "adopted"


class LinkState(StrEnum):
    """ACTIVE: provisioned. DELETED: soft-deleted by us. RELEASED: adopted, out of scope, left as it is.

    DISABLED: out of scope, and disabled by us for that.
    """

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The tie between one source user and one target object (Entra calls it a connection)."""

    source_id: str
    target_id: str
    origin: LinkOrigin
    state: LinkState
    digest: str
    """Digest of the flow that was last written, `<algorithm version>:<hex>`; empty when unknown."""
    enabled: bool
    """The `accountEnabled` that was last written."""
    mail: str
    """The mail that was last written, normalized; its claim is ours."""
    changed: datetime
    manager: str = ""
    """The source id of the manager that the person was last read with; empty without one."""
    manager_target: str = ""
    """What the target object was last given as its manager, by its `mark`; empty: none, `?`: nobody knows."""
    returns: int = 0
    """How often the object has come back into use: whatever referred to it before may have been lost."""
    unfinished: bool = False
    """We have invited the object, and it is not known to have all that flows on create."""
    etag: str = ""

    @property
    def mark(self) -> str:
        """Return what others remember that have been given this object: another one each time that it comes back."""
        return f"{self.target_id}#{self.returns}" if self.returns else self.target_id
