"""What does Graph's provisionOnDemand answer? Two JSON texts: the result as a whole, and what came of each person.

https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import json
from collections.abc import Sequence
from enum import StrEnum

from shared.configuration.configuration import Configuration
from shared.orchestration.ports import Candidate
from shared.orchestration.provision_on_demand import OnDemandResult
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningStatus,
    ProvisioningStep,
)
from shared.web.log_resource import DIRECTORY, identity_details, modified_resource, system_details
from shared.web.resources import Resource, time_text

# The first that anybody's result has is the result as a whole.
_OVERALL = (
    ProvisioningStatus.FAILURE,
    ProvisioningStatus.WARNING,
    ProvisioningStatus.SUCCESS,
    ProvisioningStatus.SKIPPED,
)

# The log's words for the scoping step, and this answer's.
_SCOPING_NAMES = {
    "Active in the source system": "IsActive",
    "Assigned to the application": "Assigned",
    "User has the required role": "IsEffectivelyEntitledForProvisioning",
    "Scoping filter evaluation passed": "IsInProvisioningScopeDisplayName",
}


def candidate_resource(candidate: Candidate) -> Resource:
    """Return a person as a subject of provisionOnDemand, and by what they are told apart."""
    return {
        "objectId": candidate.id,
        "objectTypeName": "User",
        "displayName": candidate.display_name,
        "userPrincipalName": candidate.user_principal_name,
        "mail": candidate.mail,
        "accountEnabled": candidate.enabled,
        "deletedDateTime": None if candidate.deleted is None else time_text(candidate.deleted),
    }


def key_text(results: Sequence[OnDemandResult]) -> str:
    """Return the result as a whole, with the error of the first person who had it."""
    telling = min(results, key=lambda result: _OVERALL.index(result.status))
    details = {
        "errorCode": telling.error.code if telling.error else "",
        "errorMessage": telling.error.reason if telling.error else "",
    }
    return _text({"result": _capital(telling.status), "details": details})


def value_text(results: Sequence[OnDemandResult], configuration: Configuration) -> str:
    """Return what came of each: an object for one person, a list for several."""
    each = [_result(result, configuration) for result in results]
    return _text(each[0] if len(each) == 1 else each)


def _result(result: OnDemandResult, configuration: Configuration) -> Resource:
    record = result.record
    source = record.source if record else Identity(id=result.source_id)
    return {
        "action": _capital(record.action if record else ProvisioningAction.OTHER),
        "changeId": record.id if record else None,
        "startTime": time_text(result.began),
        "endTime": time_text(result.ended),
        "reportableIdentifier": source.user_principal_name or source.id,
        "modifiedProperties": [modified_resource(each) for each in record.modified] if record else [],
        "provisioningSteps": [_step(step, result) for step in result.steps],
        "statusInfo": _status(result),
        "sourceIdentity": _identity(source),
        "sourceSystem": _system(configuration.source.tenant_id, configuration),
        "targetIdentity": _identity(record.target if record else None),
        "targetSystem": _system(configuration.target.tenant_id, configuration),
    }


def _status(result: OnDemandResult) -> Resource:
    error = result.error
    return {
        "status": _capital(result.status),
        "errorCode": error.code if error else None,
        "reason": error.reason if error else None,
        "additionalDetails": None,
        "errorCategory": _capital(error.category) if error else None,
        "recommendedAction": (error.recommended_action or None) if error else None,
    }


def _step(step: ProvisioningStep, result: OnDemandResult) -> Resource:
    return {
        "name": step.name,
        "type": _capital(step.type),
        "status": _capital(step.status),
        "description": step.description,
        "timestamp": time_text(result.ended),
        "details": {_SCOPING_NAMES.get(name, name): value for name, value in step.details.items()},
    }


def _identity(identity: Identity | None) -> Resource:
    if identity is None:
        return {"id": "", "type": "User", "displayName": "", "details": {}}
    return {
        "id": identity.id,
        "type": "User",
        "displayName": identity.display_name,
        "details": identity_details(identity),
    }


def _system(tenant_id: str, configuration: Configuration) -> Resource:
    return {"id": tenant_id, "name": DIRECTORY, "details": system_details(configuration)}


def _capital(word: StrEnum) -> str:
    """Write a word of Graph's enumerations as this answer does: it is not the log's spelling."""
    return word.value[:1].upper() + word.value[1:]


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
