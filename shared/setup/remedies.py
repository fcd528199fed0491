"""For each point that can be amiss: what is said, by which code of Entra, and what repairs it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.setup.permissions import Side

_POLICY: Final = "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
_INVITATION: Final = "InvitationCreationFailure"
_SETTINGS: Final = "Microsoft Entra admin center > Entra ID > External Identities > Cross-tenant access settings"


class Check(StrEnum):
    """The points of a diagnosis."""

    TABLES = "tables"
    QUEUES = "queues"
    READ_ONLY = "readOnly"
    INVITATION_BLOCK = "invitationBlock"
    SOURCE_TOKEN = "sourceToken"  # noqa: S105 - the name of a check
    SOURCE_PERMISSIONS = "sourcePermissions"
    OUTBOUND_REDEMPTION = "outboundRedemption"
    OUTBOUND_COLLABORATION = "outboundCollaboration"
    ENTERPRISE_APPLICATION = "enterpriseApplication"
    ASSIGNMENTS = "assignments"
    MAIL_DOMAINS = "mailDomains"
    LICENCE = "licence"
    TARGET_TOKEN = "targetToken"  # noqa: S105 - the name of a check
    TARGET_PERMISSIONS = "targetPermissions"
    INBOUND_SYNCHRONIZATION = "inboundSynchronization"
    INBOUND_REDEMPTION = "inboundRedemption"
    INBOUND_COLLABORATION = "inboundCollaboration"
    GUEST_INVITATIONS = "guestInvitations"


class Severity(StrEnum):
    """ERROR: nobody can be synchronized, or not as configured. WARNING: somebody should know."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    code: str
    message: str
    what_to_do: str
    side: Side | None = None
    severity: Severity = Severity.ERROR


REMEDIES: Final = {
    Check.TABLES: Remedy(
        code="StorageUnavailable",
        message="Tables of the storage account do not answer:",
        what_to_do="Give the app's identity Storage Table Data Contributor on the account, and see that its network "
        "rules let the app in.",
    ),
    Check.QUEUES: Remedy(
        code="StorageUnavailable",
        message="Queues of the storage account do not answer:",
        what_to_do="Give the app's identity Storage Queue Data Contributor on the account, and see that its network "
        "rules let the app in.",
    ),
    Check.READ_ONLY: Remedy(
        code="ReadOnly",
        message="The global read-only switch is on: nothing is written to any target.",
        what_to_do="tenantsync read-only off, or remove the setting TENANTSYNC_READ_ONLY.",
        severity=Severity.WARNING,
    ),
    Check.INVITATION_BLOCK: Remedy(
        code="Forbidden",
        message="Graph has blocked invitations into the target because of suspicious activity; nobody new is created.",
        what_to_do="Ask Microsoft's support to lift the block; one person is tried now and then.",
        side=Side.TARGET,
        severity=Severity.WARNING,
    ),
    Check.SOURCE_TOKEN: Remedy(
        code="InvalidAuthenticationToken",
        message="The application gets no token for the source tenant.",
        what_to_do="tenantsync setup source: it makes the enterprise application and the federated credential of the "
        "managed identity.",
        side=Side.SOURCE,
    ),
    Check.SOURCE_PERMISSIONS: Remedy(
        code="InsufficientRights",
        message="Permissions are not granted in the source tenant:",
        what_to_do="tenantsync setup source, as somebody who may consent for the organization.",
        side=Side.SOURCE,
    ),
    Check.OUTBOUND_REDEMPTION: Remedy(
        code=_POLICY,
        message="The source does not redeem invitations of the target automatically (outbound).",
        what_to_do=f"tenantsync setup source; or in the source: {_SETTINGS} > (the target) > Outbound access > Trust "
        "settings.",
        side=Side.SOURCE,
    ),
    Check.OUTBOUND_COLLABORATION: Remedy(
        code=_INVITATION,
        message="The source blocks B2B collaboration with the target for its people (outbound).",
        what_to_do=f"In the source: {_SETTINGS} > (the target, or Default settings) > Outbound access > B2B "
        "collaboration: allow access.",
        side=Side.SOURCE,
    ),
    Check.ENTERPRISE_APPLICATION: Remedy(
        code="InsufficientRights",
        message="The enterprise application that the configuration names is missing in the source, or disabled.",
        what_to_do="tenantsync setup source, and take source.servicePrincipalId from what it prints.",
        side=Side.SOURCE,
    ),
    Check.ASSIGNMENTS: Remedy(
        code="NotEffectivelyEntitled",
        message="The scope is assigned, and nobody is assigned to the enterprise application.",
        what_to_do="tenantsync setup source --assign ID; or in the source: Entra ID > Enterprise apps > tenantsync > "
        "Users and groups.",
        side=Side.SOURCE,
        severity=Severity.WARNING,
    ),
    Check.MAIL_DOMAINS: Remedy(
        code="InvalidDomain",
        message="No verified domain of the source takes mail, so nobody there has an address to be invited by.",
        what_to_do="Verify the domain of the people's mail in the source: Entra ID > Domain names.",
        side=Side.SOURCE,
    ),
    Check.LICENCE: Remedy(
        code="LicenseLimitExceeded",
        message="The source has no enabled licence with Microsoft Entra ID P1 or P2, which automatic redemption needs.",
        what_to_do="Get licences; docs/setup.md says who needs which.",
        side=Side.SOURCE,
        severity=Severity.WARNING,
    ),
    Check.TARGET_TOKEN: Remedy(
        code="InvalidAuthenticationToken",
        message="The application gets no token for the target tenant.",
        what_to_do="tenantsync setup target: it makes the enterprise application there.",
        side=Side.TARGET,
    ),
    Check.TARGET_PERMISSIONS: Remedy(
        code="InsufficientRights",
        message="Permissions are not granted in the target tenant:",
        what_to_do="tenantsync setup target, as somebody who may consent for the organization.",
        side=Side.TARGET,
    ),
    Check.INBOUND_SYNCHRONIZATION: Remedy(
        code=_POLICY,
        message="The target does not allow people of the source to be synchronized into it.",
        what_to_do=f"tenantsync setup target; or in the target: {_SETTINGS} > (the source) > Inbound access > "
        "Cross-tenant sync.",
        side=Side.TARGET,
    ),
    Check.INBOUND_REDEMPTION: Remedy(
        code="AzureDirectoryB2BManagementPolicyCheckFailure",
        message="The target does not redeem invitations of people of the source automatically (inbound).",
        what_to_do=f"tenantsync setup target; or in the target: {_SETTINGS} > (the source) > Inbound access > Trust "
        "settings.",
        side=Side.TARGET,
    ),
    Check.INBOUND_COLLABORATION: Remedy(
        code=_INVITATION,
        message="The target blocks B2B collaboration with people of the source (inbound).",
        what_to_do=f"In the target: {_SETTINGS} > (the source, or Default settings) > Inbound access > B2B "
        "collaboration: allow access.",
        side=Side.TARGET,
    ),
    Check.GUEST_INVITATIONS: Remedy(
        code="AzureActiveDirectoryForbidden",
        message="Nobody in the target may invite guests, applications included.",
        what_to_do="In the target: Entra ID > External Identities > External collaboration settings > Guest invite "
        "settings: anything but the most restrictive.",
        side=Side.TARGET,
    ),
}
