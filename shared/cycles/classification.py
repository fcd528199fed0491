"""Reading named a person: is there anything to do, and what does it look like?

| scope | link | then |
|---|---|---|
| in | active, same digest, nothing pending | nothing |
| in | active, enabled, and the object is to be disabled now | DISABLE, staged |
| in | active | UPDATE |
| in | none or not active | CREATE (also for restores) |
| in | none, nothing pending, and disabled in the source | nothing |
| out | active | REMOVE, staged |
| out | none or not active, something pending | EVALUATE |
| out | none or not active, nothing pending | nothing |
| left alone | any, something pending | EVALUATE |
| left alone | any, nothing pending | nothing |

What the reader thinks is a hint: the worker looks at both sides and decides.
"""

from dataclasses import dataclass

from shared.cycles.pending import WorkKind
from shared.provisioning.entry import SourceEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSight:
    """What the reader knows of a person's link."""

    active: bool = False
    enabled: bool = False
    exists: bool = False
    same_digest: bool = False
    """The person has the values that were last written, and the manager."""
    has_pending: bool = False


def classify(source: SourceEntry, link: LinkSight, *, in_scope: bool, enables: bool) -> WorkKind | None:
    """Return the work that a person who exists in the source makes; None where there is none.

    `enables` says whether the mapping lets the person's object sign in.
    """
    if not in_scope:
        return removal(link)
    if not link.active:
        enabled = source.attributes.get("accountEnabled") is not False
        return WorkKind.CREATE if enabled or link.exists or link.has_pending else None
    if link.same_digest and not link.has_pending:
        return None
    return WorkKind.DISABLE if link.enabled and not enables else WorkKind.UPDATE


def removal(link: LinkSight) -> WorkKind | None:
    """Return the work that a person makes who is out of scope or gone.

    Work that is pending without an active link (a create that has not happened) is evaluated again.
    """
    if link.active:
        return WorkKind.REMOVE
    return WorkKind.EVALUATE if link.has_pending else None


def left_alone(link: LinkSight) -> WorkKind | None:
    """Return the work that a person makes whom no filter lets be looked at: what is pending is seen to its end."""
    return WorkKind.EVALUATE if link.has_pending else None
