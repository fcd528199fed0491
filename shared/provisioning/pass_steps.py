"""What do the steps of a pass look like in the provisioning log? Names and patterns are Entra's.

https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs
"""

from collections.abc import Collection

from shared.provisioning.attribute_flow import REDACTED
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.entry import AttributeValue, SourceEntry, TargetObject
from shared.provisioning.provisioning_log import ErrorInformation, ProvisioningStatus, ProvisioningStep, StepType
from shared.provisioning.scoping import ScopingDecision

_VERBS = {
    ChangeKind.CREATE: ("Add", "created"),
    ChangeKind.UPDATE: ("Update", "updated"),
    ChangeKind.RESTORE: ("Update", "restored and updated"),
    ChangeKind.DELETE: ("Delete", "deleted"),
    ChangeKind.DISABLE: ("Disable", "disabled"),
    ChangeKind.RELEASE: ("Skip", "left as it is"),
    ChangeKind.SKIP: ("Skip", "not changed"),
    ChangeKind.ESCROW: ("Skip", "not changed"),
    ChangeKind.WAIT: ("Skip", "not changed"),
}


def import_step(
    source_id: str, source: SourceEntry | None, redacted: Collection[str] = frozenset()
) -> ProvisioningStep:
    """Return the step that shows what the source said, but for what is `redacted`."""
    if source is None:
        description = f"User '{source_id}' is not in the source tenant."
        return _step("EntryImportDelete", StepType.IMPORT, ProvisioningStatus.SUCCESS, description)
    values = {name: value for name, value in source.attributes.items() if value not in {None, "", ()}}
    details = {name: REDACTED if name in redacted else shown(value) for name, value in values.items()}
    description = f"Retrieved User '{source_id}' from the source tenant."
    return _step("EntryImport", StepType.IMPORT, ProvisioningStatus.SUCCESS, description, details)


def scoping_step(source_id: str, scoping: ScopingDecision) -> ProvisioningStep:
    """Return the step that shows whether the person is in scope, and why."""
    status = ProvisioningStatus.SUCCESS if scoping.in_scope else ProvisioningStatus.SKIPPED
    description = f"Determine if User '{source_id}' is in scope: {scoping.reason.value}."
    return _step("EntrySynchronizationScoping", StepType.SCOPING, status, description, scoping.details)


def matching_step(source_id: str, linked: TargetObject | None, holders: tuple[TargetObject, ...]) -> ProvisioningStep:
    """Return the step that shows which objects of the target stand for the person or hold the address."""
    found = [each.id for each in (*((linked,) if linked else ()), *holders)]
    description = f"Found {len(found)} objects in the target tenant for User '{source_id}'."
    details = {f"match {number}": object_id for number, object_id in enumerate(found, start=1)}
    return _step("EntryImport", StepType.MATCHING, ProvisioningStatus.SUCCESS, description, details)


def processing_step(source_id: str, change: Change) -> ProvisioningStep:
    """Return the step that shows what was decided."""
    verb, done = _VERBS[change.kind]
    failed = change.kind is ChangeKind.ESCROW
    status = ProvisioningStatus.FAILURE if failed else ProvisioningStatus.SUCCESS
    reason = f" {change.error.reason}" if change.error else ""
    will_be = f"will not be {done.removeprefix('not ')}" if done.startswith("not ") else f"will be {done}"
    description = f"User '{source_id}' {will_be} in the target tenant.{reason}"
    return _step(f"EntrySynchronization{verb}", StepType.PROCESSING, status, description)


def export_step(source_id: str, change: Change, error: ErrorInformation | None) -> ProvisioningStep:
    """Return the step that shows how the write to the target ended."""
    verb, done = _VERBS[change.kind]
    if error is not None:
        description = f"User '{source_id}' could not be {done} in the target tenant: {error.reason}"
        return _step(f"EntryExport{verb}", StepType.EXPORT, ProvisioningStatus.FAILURE, description)
    description = f"User '{source_id}' was {done} in the target tenant."
    return _step(f"EntryExport{verb}", StepType.EXPORT, ProvisioningStatus.SUCCESS, description)


def shown(value: AttributeValue) -> str:
    """Return a value as text: booleans as `True` and `False`, several values separated by semicolons."""
    if value is None:
        return ""
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _step(
    name: str, kind: StepType, status: ProvisioningStatus, description: str, details: dict[str, str] | None = None
) -> ProvisioningStep:
    return ProvisioningStep(name=name, type=kind, status=status, description=description, details=details or {})
