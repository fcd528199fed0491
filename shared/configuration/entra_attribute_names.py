"""Which of Graph's properties does an attribute name of Entra's provisioning service mean?

Entra's engine names attributes as Azure AD Graph did, or as Active Directory does; schemas that it exports are full of
them. This is the one place that translates. A name that is not here is a property of Graph's user by its own name.
https://learn.microsoft.com/entra/identity/app-provisioning/user-provisioning-sync-attributes-for-mapping
"""

from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    """What of the property is meant. FIRST: its first value. DISABLED: whether sign-in is blocked."""

    WHOLE = "whole"
    FIRST = "first"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphProperty:
    """A property of Graph's user, `/` between a complex property and its part."""

    name: str
    reading: Reading = Reading.WHOLE


EXTENSION_ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))

ENTRA_ATTRIBUTE_NAMES = {
    # https://learn.microsoft.com/graph/migrate-azure-ad-graph-property-differences
    "objectId": GraphProperty(name="id"),
    "mobile": GraphProperty(name="mobilePhone"),
    "telephoneNumber": GraphProperty(name="businessPhones", reading=Reading.FIRST),
    "physicalDeliveryOfficeName": GraphProperty(name="officeLocation"),
    "facsimileTelephoneNumber": GraphProperty(name="faxNumber"),
    "sipProxyAddress": GraphProperty(name="imAddresses", reading=Reading.FIRST),
    "dirSyncEnabled": GraphProperty(name="onPremisesSyncEnabled"),
    "immutableId": GraphProperty(name="onPremisesImmutableId"),
    "lastDirSyncTime": GraphProperty(name="onPremisesLastSyncDateTime"),
    "creationTime": GraphProperty(name="createdDateTime"),
    "SamAccountName": GraphProperty(name="onPremisesSamAccountName"),
    "originalUserPrincipalName": GraphProperty(name="userPrincipalName"),
    # True of whoever is out of scope, deleted or disabled: of people who are looked at, the disabled.
    "IsSoftDeleted": GraphProperty(name="accountEnabled", reading=Reading.DISABLED),
    # Active Directory's names
    "sn": GraphProperty(name="surname"),
    "l": GraphProperty(name="city"),
    "st": GraphProperty(name="state"),
    "c": GraphProperty(name="country"),
    "co": GraphProperty(name="country"),
    "title": GraphProperty(name="jobTitle"),
    "company": GraphProperty(name="companyName"),
    "sAMAccountName": GraphProperty(name="onPremisesSamAccountName"),
    "employeeOrgData.division": GraphProperty(name="employeeOrgData/division"),
    "employeeOrgData.costCenter": GraphProperty(name="employeeOrgData/costCenter"),
    **{each: GraphProperty(name=f"onPremisesExtensionAttributes/{each}") for each in EXTENSION_ATTRIBUTES},
    **{
        f"onPremisesExtensionAttributes.{each}": GraphProperty(name=f"onPremisesExtensionAttributes/{each}")
        for each in EXTENSION_ATTRIBUTES
    },
}

OURS_TO_DECIDE = {
    "alternativeSecurityIds": "people are matched by their link, and by their address",
    "IsSoftDeleted": "who leaves the scope is removed, restored and disabled by the engine itself",
    "userPrincipalName": "an invitation gives a name that Graph does not let be chosen",
}
"""Targets of Entra's own template that Graph does not let be written; mappings to them are kept and do nothing."""

NOT_IN_GRAPH = {
    "netId": "the sign-in identifier within Microsoft's network",
    "alternativeSecurityIds": "identifiers of other identity providers",
    "passwordProfile.password": "the password",
    "thumbnailPhoto": "the photo",
    "appRoleAssignments": "the roles of the application",
}
"""Source attributes that Graph does not show of a user, or not with the user."""


def graph_property(name: str) -> GraphProperty:
    """Return the property that a name in a mapping or a filter means."""
    return ENTRA_ATTRIBUTE_NAMES.get(name) or GraphProperty(name=name)
