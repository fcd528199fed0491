"""What is told of one person, or group, who was provisioned on demand?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.orchestration.entry_pass import EntryPass, Job
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import Sight
from shared.provisioning.entry import AttributeValue, TargetObject
from shared.provisioning.flow_details import FlowDetail, flow_details, object_details
from shared.provisioning.provisioning_log import (
    ErrorInformation,
    ProvisioningLogRecord,
    ProvisioningStatus,
    ProvisioningStep,
)

USER = "User"
GROUP = "Group"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemandResult:
    """What came of one subject; without a `record` nothing is decided yet, and `error` says why."""

    source_id: str
    began: datetime
    ended: datetime
    status: ProvisioningStatus
    error: ErrorInformation | None
    steps: tuple[ProvisioningStep, ...] = ()
    record: ProvisioningLogRecord | None = None
    object_type: str = USER
    flow: tuple[FlowDetail, ...] = ()
    """All attributes of the mapping, where our own pass came to decide about somebody in scope."""
    matched: tuple[Mapping[str, AttributeValue], ...] = ()
    """The objects of the target that stand for the person or hold what they are matched by."""


def flow_of(job: Job, entry: EntryPass) -> tuple[FlowDetail, ...]:
    """Return how the attributes of somebody in scope came to their values."""
    change, sight, source = entry.change, entry.sight, entry.source
    if change is None or sight is None or source is None or not entry.in_scope:
        return ()
    return flow_details(job.rules.flow, source, _current(sight, change), change)


def matched_of(job: Job, entry: EntryPass) -> tuple[Mapping[str, AttributeValue], ...]:
    """Return what was found in the target, the linked object first."""
    if entry.sight is None:
        return ()
    return tuple(object_details(job.rules.flow, each) for each in _objects(entry.sight))


def _objects(sight: Sight) -> Sequence[TargetObject]:
    return (*((sight.linked,) if sight.linked else ()), *sight.holders)


def _current(sight: Sight, change: Change) -> TargetObject | None:
    """Return the object that the change is about: for somebody who is created there is none yet."""
    if change.kind is ChangeKind.CREATE:
        return None
    return next((each for each in _objects(sight) if each.id == change.target_id), sight.linked)
