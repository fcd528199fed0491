"""What does Graph's provisionOnDemand answer? Two JSON texts: the result as a whole, and what came of each person.

https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import json
from collections.abc import Sequence

from shared.configuration.configuration import Configuration
from shared.orchestration.on_demand_result import OnDemandResult
from shared.orchestration.ports import Candidate
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningStatus,
)
from shared.web.log_resource import DIRECTORY, identity_details, modified_resource, system_details
from shared.web.on_demand_steps import capital, step_resources
from shared.web.resources import Resource, time_text
from shared.web.skip_reasons import REASONS, reason_of

# The first that anybody's result has is the result as a whole.
_OVERALL = (
    ProvisioningStatus.FAILURE,
    ProvisioningStatus.WARNING,
    ProvisioningStatus.SUCCESS,
    ProvisioningStatus.SKIPPED,
)


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
    return _text({"result": capital(telling.status), "details": details})


def value_text(results: Sequence[OnDemandResult], configuration: Configuration) -> str:
    """Return what came of each: an object for one person, a list for several."""
    each = [_result(result, configuration) for result in results]
    return _text(each[0] if len(each) == 1 else each)


def _result(result: OnDemandResult, configuration: Configuration) -> Resource:
    record = result.record
    source = record.source if record else Identity(id=result.source_id)
    return {
        "action": capital(record.action if record else ProvisioningAction.OTHER),
        "changeId": record.id if record else None,
        "startTime": time_text(result.began),
        "endTime": time_text(result.ended),
        "reportableIdentifier": source.user_principal_name or source.id,
        "modifiedProperties": [modified_resource(each) for each in record.modified] if record else [],
        "provisioningSteps": step_resources(result),
        "statusInfo": _status(result),
        "sourceIdentity": _identity(source, result.object_type),
        "sourceSystem": _system(configuration.source.tenant_id, configuration),
        "targetIdentity": _identity(record.target if record else None, result.object_type),
        "targetSystem": _system(configuration.target.tenant_id, configuration),
    }


def _status(result: OnDemandResult) -> Resource:
    error, reason = result.error, reason_of(result.steps)
    meaning, remedy = ("", "") if reason is None else REASONS[reason]
    return {
        "status": capital(result.status),
        "errorCode": error.code if error else None,
        "reason": error.reason if error else None,
        "additionalDetails": meaning or None,
        "errorCategory": capital(error.category) if error else None,
        "recommendedAction": (error.recommended_action or remedy or None) if error else None,
    }


def _identity(identity: Identity | None, object_type: str) -> Resource:
    if identity is None:
        return {"id": "", "type": object_type, "displayName": "", "details": {}}
    return {
        "id": identity.id,
        "type": object_type,
        "displayName": identity.display_name,
        "details": {**identity_details(identity), "odatatype": object_type},
    }


def _system(tenant_id: str, configuration: Configuration) -> Resource:
    return {"id": tenant_id, "name": DIRECTORY, "details": system_details(configuration)}


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
