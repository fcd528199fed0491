"""What does Graph's directoryAudit say of one act?

https://learn.microsoft.com/graph/api/resources/directoryaudit
"""

from collections.abc import Mapping
from typing import Final

from shared.cycles.audit import Activity, Audited, AuditRecord, AuditResult
from shared.web.initiator import initiator_resource
from shared.web.principal import InitiatorType
from shared.web.resources import Resource, time_text

CATEGORY: Final = "ProvisioningManagement"
SERVICE: Final = "Account Provisioning"

_OPERATIONS: Final = {
    Activity.ADD: "Add",
    Activity.DELETE: "Delete",
    Activity.PROVISION_ON_DEMAND: "Provision",
    Activity.DOWNLOAD: "Read",
}
_UNKNOWN: Final = "The app stopped before it wrote down how this ended; it may or may not have taken effect."


def audit_resource(act: Audited) -> Resource:
    record, outcome = act.record, act.outcome
    return {
        "id": record.id,
        "activityDateTime": time_text(record.when),
        "activityDisplayName": record.activity.value,
        "category": CATEGORY,
        "correlationId": record.id,
        "loggedByService": SERVICE,
        "operationType": _OPERATIONS.get(record.activity, "Update"),
        "initiatedBy": _initiator(record.initiated_by),
        "result": (outcome.result if outcome else AuditResult.TIMEOUT).value,
        "resultReason": outcome.reason if outcome else _UNKNOWN,
        "targetResources": [_configuration(record), *map(_person, record.people)],
        "additionalDetails": _details(
            {"Reason": record.reason, **record.details, **(outcome.details if outcome else {})}
        ),
    }


def _initiator(text: str) -> Resource:
    """Return Graph's auditActivityInitiator: a user, or an application (the service itself is one)."""
    told = initiator_resource(text)
    if told["initiatorType"] == InitiatorType.USER.value:
        user = {"id": told["id"], "displayName": told["displayName"], "userPrincipalName": None, "ipAddress": None}
        return {"user": user, "app": None}
    app = {
        "appId": None,
        "displayName": told["displayName"],
        "servicePrincipalId": told["id"] or None,
        "servicePrincipalName": None,
    }
    return {"user": None, "app": app}


def _configuration(record: AuditRecord) -> Resource:
    changes = [{"displayName": each.name, "oldValue": each.before, "newValue": each.after} for each in record.changes]
    return _target(record.configuration_id or None, record.display_name or None, "Other", changes)


def _person(source_id: str) -> Resource:
    return _target(source_id, None, "User", [])


def _target(id_: str | None, name: str | None, kind: str, changes: list[dict[str, str | None]]) -> Resource:
    return {
        "id": id_,
        "displayName": name,
        "type": kind,
        "userPrincipalName": None,
        "groupType": None,
        "modifiedProperties": changes,
    }


def _details(details: Mapping[str, str]) -> list[Resource]:
    return [{"key": key, "value": value} for key, value in details.items() if value]
