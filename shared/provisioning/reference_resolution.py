"""Whom shall a person's object have as its manager?

| the manager in the source | the manager's link | the object's manager | then |
|---|---|---|---|
| somebody | active | that link's object | NOTHING |
| somebody | active | another one, none, or nobody knows | ASSIGN |
| somebody | not active, but work is under way that may make it so | any | WAIT |
| none, or somebody who is not there | - | none | NOTHING |
| somebody | deleted | that link's object, which has gone with all that referred to it | FORGET |
| none, or somebody who is not there | - | somebody; null values flow | REMOVE |
| none, or somebody who is not there | - | somebody; null values do not flow, as in Entra | NOTHING |
| none, or somebody who is not there | - | nobody knows; null values do not flow | FORGET |

Both have to be in scope, as in Entra; unlike there, whoever comes later is assigned later.
https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from shared.provisioning.link import Link, LinkState
from shared.provisioning.provisioning_log import ProvisioningStatus, ProvisioningStep, StepType

UNKNOWN: Final = "?"
"""Stands for a manager of the target object of whom nobody knows whether it has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerFlow:
    """People have their manager in the target; `clears`: also where they have none any more."""

    clears: bool


class Resolution(StrEnum):
    """What shall be done about a manager; only ASSIGN and REMOVE write to Graph."""

    NOTHING = "nothing"
    ASSIGN = "assign"
    REMOVE = "remove"
    FORGET = "forget"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerDecision:
    """The decision; `mark` is what is known of the object's manager after it, as links remember it."""

    resolution: Resolution
    mark: str = ""

    @property
    def target_id(self) -> str:
        """Return the object that is the manager after it; empty: none, or nobody knows."""
        return object_of(self.mark)


def resolve_manager(
    manager: str, current: str, standing: Link | None, *, coming: bool, clears: bool
) -> ManagerDecision:
    """Return the decision about a person whose manager in the source has the link `standing`, or none.

    `current` is the object's manager as far as it is known; `coming` says that the manager may be provisioned soon.
    """
    if manager and standing is not None and standing.stands:
        same = current == standing.mark
        return ManagerDecision(resolution=Resolution.NOTHING if same else Resolution.ASSIGN, mark=standing.mark)
    if manager and coming:
        return ManagerDecision(resolution=Resolution.WAIT, mark=current)
    if not current:
        return ManagerDecision(resolution=Resolution.NOTHING)
    if standing is not None and standing.is_gone and standing.mark == current:
        return ManagerDecision(resolution=Resolution.FORGET)
    if clears:
        return ManagerDecision(resolution=Resolution.REMOVE)
    if current == UNKNOWN:
        return ManagerDecision(resolution=Resolution.FORGET)
    return ManagerDecision(resolution=Resolution.NOTHING, mark=current)


def object_of(mark: str) -> str:
    """Return the id of the object that a link remembers by this mark; empty where there is none, or nobody knows."""
    return "" if mark == UNKNOWN else mark.partition("#")[0]


def in_use(link: Link) -> Link:
    """Return the link as an active one.

    Of an object that was out of use nobody knows whether its manager stayed, or whether it is still anybody's.
    """
    if link.state is LinkState.ACTIVE:
        return link
    known = UNKNOWN if link.manager_target else ""
    return replace(link, state=LinkState.ACTIVE, manager_target=known, returns=link.returns + 1)


_TOLD: Final = {
    Resolution.ASSIGN: "is assigned in the target tenant as '{target}'",
    Resolution.REMOVE: "is removed in the target tenant",
    Resolution.FORGET: "is not in the target tenant any more",
    Resolution.WAIT: "is not in the target tenant yet, and is assigned as soon as that is so",
    Resolution.NOTHING: "is not in the target tenant, and is assigned once that is so",
}


def reference_step(source_id: str, manager: str, decision: ManagerDecision) -> ProvisioningStep:
    """Return the step that shows what becomes of a person's manager."""
    whom = f"Manager '{manager}'" if manager else "The former manager"
    open_ = decision.resolution in {Resolution.WAIT, Resolution.NOTHING}
    told = _TOLD[decision.resolution].format(target=decision.target_id)
    return ProvisioningStep(
        name="EntryReferenceResolution",
        type=StepType.REFERENCE_RESOLUTION,
        status=ProvisioningStatus.SKIPPED if open_ else ProvisioningStatus.SUCCESS,
        description=f"{whom} of User '{source_id}' {told}.",
    )
