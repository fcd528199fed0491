"""Which service principal stands for Microsoft Graph in a tenant, and which permissions does it publish?

https://learn.microsoft.com/graph/permissions-grant-via-msgraph
"""

import uuid
from typing import Any

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"

_PUBLISHED = (
    "Application.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "GroupMember.Read.All",
    "Mail.Send",
    "Organization.Read.All",
    "Policy.Read.All",
    "RoleManagement.Read.Directory",
    "User.Invite.All",
    "User.Read.All",
    "User.ReadWrite.All",
)

#: The permission of each app role's id; the ids are not Microsoft's, so that nobody can count on those.
GRAPH_ROLES = {str(uuid.uuid5(uuid.NAMESPACE_URL, name)): name for name in _PUBLISHED}


def graph_service_principal(tenant_id: str) -> dict[str, Any]:
    """The document; its object id differs from tenant to tenant, as in life."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant_id} Microsoft Graph")),
        "appId": GRAPH_APP_ID,
        "displayName": "Microsoft Graph",
        "accountEnabled": True,
        "appRoles": [
            {"id": role, "value": name, "displayName": name, "isEnabled": True, "allowedMemberTypes": ["Application"]}
            for role, name in GRAPH_ROLES.items()
        ],
    }
