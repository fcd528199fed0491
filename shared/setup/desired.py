"""What does each tenant need? The answer as a list of objects as they should be, in the order of their making.

https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure-graph
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.configuration.clouds import ENDPOINTS
from shared.configuration.configuration import Cloud
from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.plan import Desired
from shared.setup.resource import Kind, Resource

APPLICATION_NAME: Final = "tenantsync"
DEFAULT_ROLE: Final = "00000000-0000-0000-0000-000000000000"
"""An application without app roles assigns this one: https://learn.microsoft.com/graph/api/resources/approleassignment"""

# Shown among the enterprise applications of the portal: https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals
_TAGS: Final = ["WindowsAzureActiveDirectoryIntegratedApp"]
_SYNCHRONIZED: Final = {
    "id": "6f0c4c1e-61f7-4e8f-9f1b-27a0a4b1c9d5",
    "allowedMemberTypes": ["User"],
    "displayName": "Synchronized",
    "description": "People and groups with this role are synchronized to the target tenant.",
    "isEnabled": True,
    "value": "Tenantsync.Synchronized",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What one side is to be set up for."""

    side: Side
    tenant_id: str
    other_tenant_id: str
    other_name: str
    app_id: str = ""
    """The application's id where it is registered already; without it the source registers one."""
    managed_identity: str = ""
    """Object id of the function app's user-assigned identity."""
    assignments: tuple[str, ...] = ()
    """Object ids of people and groups."""
    cloud: Cloud = Cloud.GLOBAL
    """Where both tenants and the function app are."""

    @property
    def application(self) -> Resource:
        return Resource(kind=Kind.APPLICATION, key=APPLICATION_NAME)

    @property
    def service_principal(self) -> Resource:
        return Resource(kind=Kind.SERVICE_PRINCIPAL, key=APPLICATION_NAME)

    @property
    def partner(self) -> Resource:
        return Resource(kind=Kind.PARTNER, key=self.other_tenant_id)

    @property
    def synchronization(self) -> Resource:
        return Resource(kind=Kind.IDENTITY_SYNCHRONIZATION, key=self.other_tenant_id)


def desired_of(setup: Setup) -> tuple[Desired, ...]:
    """Return all that the side needs. The service principal comes early: without the application nothing is changed."""
    each = _source(setup) if setup.side is Side.SOURCE else _target(setup)
    return tuple(each)


def _source(setup: Setup) -> Iterator[Desired]:
    if not setup.app_id:
        yield _application(setup)
    if setup.managed_identity:
        yield _federated_credential(setup)
    yield _service_principal(setup)
    yield from _consents(setup.side)
    yield Desired(
        resource=setup.partner,
        values={"automaticUserConsentSettings": {"outboundAllowed": True}},
        reason="automatic redemption: without it on both sides people get a consent prompt",
    )
    for principal in setup.assignments:
        yield Desired(
            resource=Resource(kind=Kind.ASSIGNMENT, key=principal),
            values={"principalId": principal},
            reason="the scope of the synchronization",
        )


def _target(setup: Setup) -> Iterator[Desired]:
    yield _service_principal(setup)
    yield Desired(
        resource=setup.partner,
        values={"automaticUserConsentSettings": {"inboundAllowed": True}},
        reason="automatic redemption: without it on both sides people get a consent prompt",
    )
    yield Desired(
        resource=setup.synchronization,
        values={"userSyncInbound": {"isSyncAllowed": True}},
        on_creation={"displayName": setup.other_name},
        reason="the target's permission, which it can take back at any time",
    )
    yield from _consents(setup.side)


def _application(setup: Setup) -> Desired:
    return Desired(
        resource=setup.application,
        values={"signInAudience": "AzureADMultipleOrgs"},
        on_creation={"displayName": APPLICATION_NAME, "appRoles": [_SYNCHRONIZED]},
        reason="the one identity that both tenants know; its assignments are the scope",
    )


def _federated_credential(setup: Setup) -> Desired:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity"""
    endpoints = ENDPOINTS[setup.cloud]
    values = {
        "issuer": f"{endpoints.authority}/{setup.tenant_id}/v2.0",
        "subject": setup.managed_identity,
        "audiences": [endpoints.exchange],
    }
    name = f"{APPLICATION_NAME}-{setup.managed_identity}"
    return Desired(
        resource=Resource(kind=Kind.FEDERATED_CREDENTIAL, key=name),
        values=values,
        on_creation={"name": name},
        reason="the function app's managed identity signs in as the application, without a secret",
    )


def _service_principal(setup: Setup) -> Desired:
    return Desired(
        resource=setup.service_principal,
        values={"accountEnabled": True},
        on_creation={"tags": _TAGS},
        reason="the enterprise application in this tenant",
    )


def _consents(side: Side) -> Iterator[Desired]:
    for permission in PERMISSIONS[side]:
        yield Desired(
            resource=Resource(kind=Kind.CONSENT, key=permission.name),
            values={"permission": permission.name},
            reason=permission.reason,
        )
