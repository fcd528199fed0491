"""How do log records look in a spreadsheet? As Entra's three files, joined on changeId; harmless when opened.

A spreadsheet takes a cell that begins like a formula for one, whoever wrote it: names come from directories. Such cells
get an apostrophe in front (https://owasp.org/www-community/attacks/CSV_Injection). Lines and quotes are RFC 4180's.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.web.resources import Resource, part_of

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also as wide characters
_CONTROL: Final = ("\t", "\r", "\n", "\0")

_LOG_COLUMNS: Final = {
    "id": "id",
    "activityDateTime": "activityDateTime",
    "tenantId": "tenantId",
    "jobId": "jobId",
    "cycleId": "cycleId",
    "changeId": "changeId",
    "provisioningAction": "provisioningAction",
    "status": "provisioningStatusInfo/status",
    "errorCode": "provisioningStatusInfo/errorInformation/errorCode",
    "reason": "provisioningStatusInfo/errorInformation/reason",
    "additionalDetails": "provisioningStatusInfo/errorInformation/additionalDetails",
    "errorCategory": "provisioningStatusInfo/errorInformation/errorCategory",
    "recommendedAction": "provisioningStatusInfo/errorInformation/recommendedAction",
    "durationInMilliseconds": "durationInMilliseconds",
    "initiatedById": "initiatedBy/id",
    "initiatedByDisplayName": "initiatedBy/displayName",
    "initiatorType": "initiatedBy/initiatorType",
    "servicePrincipalId": "servicePrincipal/id",
    "servicePrincipalDisplayName": "servicePrincipal/displayName",
    "sourceSystemId": "sourceSystem/id",
    "sourceSystemDisplayName": "sourceSystem/displayName",
    "targetSystemId": "targetSystem/id",
    "targetSystemDisplayName": "targetSystem/displayName",
    "sourceIdentityId": "sourceIdentity/id",
    "sourceIdentityDisplayName": "sourceIdentity/displayName",
    "sourceIdentityUserPrincipalName": "sourceIdentity/details/UserPrincipalName",
    "targetIdentityId": "targetIdentity/id",
    "targetIdentityDisplayName": "targetIdentity/displayName",
    "targetIdentityUserPrincipalName": "targetIdentity/details/UserPrincipalName",
}
_STEP_COLUMNS: Final = ("name", "provisioningStepType", "status", "description", "details")
_MODIFIED_COLUMNS: Final = ("displayName", "oldValue", "newValue")

LOGS: Final = "ProvisioningLogs"
STEPS: Final = "ProvisioningLogs_ProvisioningSteps"
MODIFIED: Final = "ProvisioningLogs_ModifiedProperties"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One of the three files."""

    name: str
    header: tuple[str, ...]


SHEETS: Final = (
    Sheet(name=LOGS, header=tuple(_LOG_COLUMNS)),
    Sheet(name=STEPS, header=("changeId", "index", *_STEP_COLUMNS)),
    Sheet(name=MODIFIED, header=("changeId", *_MODIFIED_COLUMNS)),
)


def sheet_lines(sheet: Sheet, record: Resource) -> Iterator[str]:
    """Yield what a record adds to a file."""
    change = record["changeId"]
    if sheet.name == LOGS:
        yield line([part_of(record, path) for path in _LOG_COLUMNS.values()])
    elif sheet.name == STEPS:
        for index, step in enumerate(_parts(record, "provisioningSteps"), start=1):
            yield line([change, index, *(step.get(name) for name in _STEP_COLUMNS)])
    else:
        for modified in _parts(record, "modifiedProperties"):
            yield line([change, *(modified.get(name) for name in _MODIFIED_COLUMNS)])


def line(cells: Sequence[object]) -> str:
    """Return one line of RFC 4180."""
    return ",".join(map(cell, cells)) + "\r\n"


def cell(value: object) -> str:
    """Return one cell; numbers are as they are, everything else is a text."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    harmless = f"'{text}" if _is_formula(text) else text
    return '"' + harmless.replace('"', '""') + '"'


def _is_formula(text: str) -> bool:
    return text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA)


def _parts(record: Resource, name: str) -> list[Resource]:
    parts = record[name]
    return parts if isinstance(parts, list) else []
