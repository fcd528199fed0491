"""Who calls? App Service Authentication answers in headers, which it takes from nobody else.

https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

import base64
import json
from collections.abc import Mapping
from enum import StrEnum

PREFIX = "x-ms-client-principal"
TOKEN_PREFIX = "x-ms-token-"  # noqa: S105 - the name of a header
ROLE_HEADER = "x-sandbox-role"

NAME_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
ROLE_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
OBJECT_CLAIM = "http://schemas.microsoft.com/identity/claims/objectidentifier"
OBJECT_ID = "5a17ed00-0000-4000-8000-00000000a11c"


class Role(StrEnum):
    """The app roles that somebody may have been given; ``none`` is nobody signed in."""

    ADMINISTRATOR = "Administrator"
    APPROVER = "Approver"
    OPERATOR = "Operator"
    READER = "Reader"
    NONE = "none"


def authenticated(headers: Mapping[str, str], default: Role) -> dict[str, str]:
    """The headers as they reach the app: without what the caller forged, with the principal of the chosen role.

    The caller chooses with ``X-Sandbox-Role``. A value that is no role raises ValueError.
    """
    role = Role(headers.get(ROLE_HEADER, default))
    passed = {name: value for name, value in headers.items() if not _is_reserved(name)}
    return passed if role is Role.NONE else passed | principal_headers(role)


def principal_headers(role: Role) -> dict[str, str]:
    """The headers of somebody signed in who has this role."""
    name = f"{role.lower()}@sandbox.example"
    document = {
        "auth_typ": "aad",
        "name_typ": NAME_CLAIM,
        "role_typ": ROLE_CLAIM,
        "claims": [
            {"typ": NAME_CLAIM, "val": name},
            {"typ": OBJECT_CLAIM, "val": OBJECT_ID},
            {"typ": "preferred_username", "val": name},
            {"typ": "roles", "val": f"Tenantsync.{role.value}"},  # the app role as the registration spells it
        ],
    }
    return {
        PREFIX: base64.b64encode(json.dumps(document).encode()).decode(),
        f"{PREFIX}-id": OBJECT_ID,
        f"{PREFIX}-name": name,
        f"{PREFIX}-idp": "aad",
    }


def _is_reserved(name: str) -> bool:
    return name.startswith((PREFIX, TOKEN_PREFIX)) or name == ROLE_HEADER
