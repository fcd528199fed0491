"""Which attributes does a user of Graph have, which of them may be written, and how?

Properties, types and lengths: https://learn.microsoft.com/graph/api/resources/user#properties. What may be written by
an app is what https://learn.microsoft.com/graph/api/user-update lists.
"""

import re
from dataclasses import dataclass
from typing import Final

from shared.configuration.entra_attribute_names import EXTENSION_ATTRIBUTES
from shared.configuration.scoping_filter import AttributeType

_BOOLEAN, _DATE, _INTEGER = AttributeType.BOOLEAN, AttributeType.DATE_TIME, AttributeType.INTEGER


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAttribute:
    """One attribute; where `nullable` is false, a value missing in the source leaves the target's as it is."""

    name: str
    type: AttributeType = AttributeType.STRING
    multivalued: bool = False
    writable: bool = False
    nullable: bool = True
    max_length: int | None = None
    pattern: str | None = None
    # Entra compares without case unless told otherwise; then a changed capital in a name would never arrive. Only
    # codes from closed lists, which Graph answers in its own spelling, are compared without case here.
    case_exact: bool = True


def _written(
    name: str,
    max_length: int | None = None,
    *,
    type_: AttributeType = AttributeType.STRING,
    nullable: bool = True,
    pattern: str | None = None,
    case_exact: bool = True,
) -> UserAttribute:
    return UserAttribute(
        name=name,
        type=type_,
        writable=True,
        nullable=nullable,
        max_length=max_length,
        pattern=pattern,
        case_exact=case_exact,
    )


def _lists(name: str, *, writable: bool = False) -> UserAttribute:
    return UserAttribute(name=name, multivalued=True, writable=writable)


_TIME = r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?)?"

_ATTRIBUTES = (
    _written("accountEnabled", type_=_BOOLEAN, nullable=False),
    _written("displayName", 256, nullable=False),  # "cannot be cleared"
    _written("givenName", 64),
    _written("surname", 64),
    _written("mail", nullable=False),  # no length documented; the address rules are the invitation's
    _written("mailNickname", 64, nullable=False),
    _written("jobTitle", 128),
    _written("department", 64),
    _written("companyName", 64),
    _written("employeeId", 16),
    _written("employeeType"),
    _written("employeeHireDate", type_=_DATE, pattern=_TIME),
    _written("employeeOrgData/division"),
    _written("employeeOrgData/costCenter"),
    _written("streetAddress", 1024),
    _written("city", 128),
    _written("state", 128),
    _written("postalCode", 40),
    _written("country", 128),
    _written("officeLocation", 128),
    _written("mobilePhone", 64),
    _written("faxNumber"),
    # A collection by type, but "only one number can be set"; cleared with an empty list.
    _lists("businessPhones", writable=True),
    _written("preferredLanguage"),  # an ISO 639-1 code, optionally with a region; no length documented
    _written("usageLocation", nullable=False, pattern="[A-Z]{2}", case_exact=False),  # ISO 3166
    _written("showInAddressList", type_=_BOOLEAN, nullable=False),
    _written("userType", nullable=False, pattern="Member|Guest", case_exact=False),
    # "for users not synced from on-premises": https://learn.microsoft.com/graph/api/resources/onpremisesextensionattributes
    *(_written(f"onPremisesExtensionAttributes/{each}", 1024) for each in EXTENSION_ATTRIBUTES),
    UserAttribute(name="id"),
    UserAttribute(name="userPrincipalName"),
    UserAttribute(name="createdDateTime", type=_DATE),
    UserAttribute(name="creationType"),
    UserAttribute(name="externalUserState"),
    UserAttribute(name="externalUserStateChangeDateTime", type=_DATE),
    _lists("imAddresses"),
    # Graph recomputes them for guests, so they are read only: an address of one's own is no attribute to set.
    _lists("otherMails"),
    _lists("proxyAddresses"),
    UserAttribute(name="onPremisesDistinguishedName"),
    UserAttribute(name="onPremisesDomainName"),
    UserAttribute(name="onPremisesImmutableId"),
    UserAttribute(name="onPremisesLastSyncDateTime", type=_DATE),
    UserAttribute(name="onPremisesSamAccountName"),
    UserAttribute(name="onPremisesSecurityIdentifier"),
    UserAttribute(name="onPremisesSyncEnabled", type=_BOOLEAN),
    UserAttribute(name="onPremisesUserPrincipalName"),
    UserAttribute(name="securityIdentifier"),
)

USER_ATTRIBUTES = {attribute.name: attribute for attribute in _ATTRIBUTES}

TARGET_ATTRIBUTES = {attribute.name: attribute for attribute in _ATTRIBUTES if attribute.writable}

MANAGER: Final = "manager"
"""The one reference of people: it names another object, so it is no value and flows by a write of its own."""

# What tells an internal member of the source from everybody else, and one person from an older guest of the target.
SCOPING_ATTRIBUTES = ("id", "userType", "userPrincipalName", "externalUserState", "creationType", "createdDateTime")

# What the engine itself needs to know of a person, whatever the mapping says: the address of an invitation and its
# name, and whether sign-in is blocked.
ENGINE_ATTRIBUTES = ("accountEnabled", "displayName", "mail")

# https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions: the names of
# directory extensions are exact, and a value is text of up to 256 characters, a number, a truth or a time.
_EXTENSION = re.compile(r"extension_[0-9a-fA-F]{32}_[A-Za-z0-9_]{1,120}", re.ASCII)
_LONGEST_EXTENSION = 256


def is_extension(name: str) -> bool:
    """Is it the name of a directory extension, `extension_<app id without hyphens>_<name>`?"""
    return _EXTENSION.fullmatch(name) is not None


def user_attribute(name: str) -> UserAttribute | None:
    """Return what is known of a property of Graph's user; None if it has no such property, or none that we read."""
    if is_extension(name):
        return UserAttribute(name=name, writable=True, max_length=_LONGEST_EXTENSION)
    return USER_ATTRIBUTES.get(name)


def target_attribute(name: str) -> UserAttribute:
    """Return a property that may be written; KeyError for any other."""
    found = user_attribute(name)
    if found is None or not found.writable:
        raise KeyError(name)
    return found


def is_nullable(name: str) -> bool:
    """Whether Graph lets the attribute be emptied; asking for one that is not written at all is a KeyError."""
    return target_attribute(name).nullable
