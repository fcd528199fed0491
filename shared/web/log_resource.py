"""What does Graph's provisioningObjectSummary say of one pass?

https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
"""

from shared.configuration.configuration import Configuration
from shared.orchestration.read_logs import LoggedPass
from shared.provisioning.entry import AttributeValue
from shared.provisioning.pass_steps import shown
from shared.provisioning.provisioning_log import (
    ErrorInformation,
    Identity,
    ModifiedProperty,
    ProvisioningStep,
)
from shared.web.initiator import initiator_resource
from shared.web.resources import Resource, cycle_id, time_text

DIRECTORY = "Microsoft Entra ID"


def log_resource(logged: LoggedPass) -> Resource:
    record, configuration = logged.record, logged.configuration
    return {
        "id": record.id,
        "activityDateTime": time_text(record.started),
        **job_parts(configuration),
        "cycleId": cycle_id(record.configuration_id, record.cycle),
        "changeId": record.id,
        "provisioningAction": record.action.value,
        "durationInMilliseconds": record.duration_milliseconds,
        "initiatedBy": initiator_resource(record.initiated_by),
        "sourceIdentity": _identity(record.source),
        "targetIdentity": _identity(record.target),
        "provisioningStatusInfo": {"status": record.status.value, "errorInformation": _error(record.error)},
        "provisioningSteps": [_step(step) for step in record.steps],
        "modifiedProperties": [modified_resource(each) for each in record.modified],
    }


def job_parts(configuration: Configuration) -> Resource:
    """Return what all records of a job have in common."""
    return {
        "tenantId": configuration.source.tenant_id,
        "jobId": configuration.id,
        "servicePrincipal": {
            "id": configuration.source.service_principal_id,
            "displayName": configuration.display_name,
        },
        "sourceSystem": _system(configuration.source.tenant_id, configuration),
        "targetSystem": _system(configuration.target.tenant_id, configuration),
    }


def modified_resource(modified: ModifiedProperty) -> Resource:
    return {
        "displayName": modified.name,
        "oldValue": _value(modified.current),
        "newValue": _value(modified.desired),
    }


def system_details(configuration: Configuration) -> Resource:
    """Return Graph's detailsInfo of a system: the enterprise application that the job belongs to."""
    return {
        "ServicePrincipalId": configuration.source.service_principal_id,
        "ServicePrincipalDisplayName": configuration.display_name,
    }


def identity_details(identity: Identity) -> Resource:
    """Return Graph's detailsInfo of a person."""
    return {
        "id": identity.id,
        "odatatype": "User",
        "DisplayName": identity.display_name,
        "UserPrincipalName": identity.user_principal_name,
    }


def _system(tenant_id: str, configuration: Configuration) -> Resource:
    return {"id": tenant_id, "displayName": DIRECTORY, "details": system_details(configuration)}


def _identity(identity: Identity | None) -> Resource:
    if identity is None:
        return {"id": "", "displayName": "", "identityType": "User", "details": {}}
    return {
        "id": identity.id,
        "displayName": identity.display_name,
        "identityType": "User",
        "details": identity_details(identity),
    }


def _error(error: ErrorInformation | None) -> Resource | None:
    if error is None:
        return None
    return {
        "errorCode": error.code,
        "reason": error.reason,
        "additionalDetails": None,
        "errorCategory": error.category.value,
        "recommendedAction": error.recommended_action or None,
    }


def _step(step: ProvisioningStep) -> Resource:
    return {
        "name": step.name,
        "provisioningStepType": step.type.value,
        "status": step.status.value,
        "description": step.description,
        "details": dict(step.details),
    }


def _value(value: AttributeValue) -> str | None:
    return None if value is None else shown(value)
