"""What is a scenario? Two tenants before the first cycle, and the configurations that an operator applies."""

from dataclasses import dataclass
from typing import Any

from sandbox.world import World

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    name: str
    seed: int
    world: World
    #: Configuration documents as they are applied through the HTTP API.
    configurations: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a scenario is made from."""

    users: int = 60
    seed: int = 1


def configuration_document(*, source_id: str, target_id: str, service_principal_id: str, **changes: object) -> Document:
    """A configuration from the source to the target, every ten minutes."""
    plain: Document = {
        "id": "source-to-target",
        "displayName": "Source to target",
        "source": {"tenantId": source_id, "servicePrincipalId": service_principal_id, "cloud": "global"},
        "target": {
            "tenantId": target_id,
            "cloud": "global",
            "inviteRedirectUrl": "https://myapplications.microsoft.com",
        },
        "scope": {"kind": "all"},
        "interval": "PT10M",
        "adoption": "automatic",
    }
    return {**plain, **changes}


def partner_document(tenant_id: str, name: str) -> Document:
    """The other tenant's entry in the cross-tenant access policy, as cross-tenant synchronization needs it
    (https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicy-overview)."""
    return {
        "tenantId": tenant_id,
        "automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True},
        "identitySynchronization": {
            "tenantId": tenant_id,
            "displayName": name,
            "userSyncInbound": {"isSyncAllowed": True},
        },
    }
