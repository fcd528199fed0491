"""Which target object stands for which person, and what do we know of it?"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.provisioning.provisioning_log import ModifiedProperty


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


class Departure(StrEnum):
    """What the target's side has done to the object as a whole; NONE: nothing.

    BLOCKED: it may not sign in, though we left it enabled. DELETED: it was deleted, or the person left the target.
    https://learn.microsoft.com/entra/external-id/leave-the-organization
    """

    NONE = ""
    BLOCKED = "blocked"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """In what an object differs by somebody else's doing, and is left so."""

    since: datetime
    departure: Departure = Departure.NONE
    attributes: tuple[ModifiedProperty, ...] = ()
    """The value that was found, and the wanted one."""

    def same(self, other: "Drift | None") -> bool:
        """Do both say the same, whenever it was found?"""
        return other is not None and (self.departure, self.attributes) == (other.departure, other.attributes)


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
    shown: str = ""
    """A digest of what the object showed, or was given, when it was last judged; empty where nobody looked."""
    departure: Departure = Departure.NONE
    drifted: tuple[ModifiedProperty, ...] | None = None
    """Of the drift that is left as it is: the attributes; None where there is none at all."""
    drifted_since: datetime | None = None
    etag: str = ""

    @property
    def drift(self) -> Drift | None:
        """Return what others have changed, and was left so."""
        if self.drifted_since is None:
            return None
        return Drift(since=self.drifted_since, departure=self.departure, attributes=self.drifted or ())

    def with_drift(self, drift: Drift | None) -> "Link":
        """Return the link with this drift instead of what was known."""
        return replace(
            self,
            departure=Departure.NONE if drift is None else drift.departure,
            drifted=None if drift is None else drift.attributes,
            drifted_since=None if drift is None else drift.since,
        )

    @property
    def stands(self) -> bool:
        """Is the person provisioned, and the object there as far as is known?"""
        return self.state is LinkState.ACTIVE and self.departure is not Departure.DELETED

    @property
    def is_gone(self) -> bool:
        """Was the object deleted, by us or by the target's side?"""
        return self.state is LinkState.DELETED or self.departure is Departure.DELETED

    @property
    def mark(self) -> str:
        """Return what others remember that have been given this object: another one each time that it comes back."""
        return f"{self.target_id}#{self.returns}" if self.returns else self.target_id
