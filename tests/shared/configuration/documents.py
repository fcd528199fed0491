"""What does a document look like that a test can change in one place?"""

import copy
from typing import Any

SOURCE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
TARGET = "5f2504e0-4f89-41d3-9a0c-0305e82c3301"
SERVICE_PRINCIPAL = "4f2504e0-4f89-41d3-9a0c-0305e82c3301"
ABSENT = object()

_SMALLEST: dict[str, Any] = {
    "id": "contoso-fabrikam",
    "displayName": "Contoso to Fabrikam",
    "source": {"tenantId": SOURCE, "servicePrincipalId": SERVICE_PRINCIPAL},
    "target": {"tenantId": TARGET, "inviteRedirectUrl": "https://myapps.microsoft.com"},
}


def document(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the smallest valid document with values put at JSON pointers; ABSENT removes one."""
    result = copy.deepcopy(_SMALLEST)
    for pointer, value in (changes or {}).items():
        _put(result, pointer.removeprefix("/").split("/"), value)
    return result


def _put(place: dict[str, Any], steps: list[str], value: object) -> None:
    for step in steps[:-1]:
        place = place.setdefault(step, {})
    if value is ABSENT:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
