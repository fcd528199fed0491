"""What may be written to a user of the target, and what must be read of a user of the source?

Properties, types and lengths: https://learn.microsoft.com/graph/api/resources/user#properties
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.configuration.attribute_mapping import DirectSource
from shared.configuration.templates import default_user_mapping


class AttributeType(StrEnum):
    STRING = "String"
    BOOLEAN = "Boolean"
    STRING_COLLECTION = "StringCollection"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAttribute:
    """One writable attribute; where `nullable` is false, a value missing in the source leaves the target's as it is."""

    name: str
    type: AttributeType = AttributeType.STRING
    nullable: bool = True
    max_length: int | None = None
    pattern: str | None = None
    # Entra compares without case unless told otherwise; then a changed capital in a name would never arrive. Only
    # codes from closed lists, which Graph answers in its own spelling, are compared without case here.
    case_exact: bool = True


_ATTRIBUTES = (
    TargetAttribute(name="accountEnabled", type=AttributeType.BOOLEAN, nullable=False),
    TargetAttribute(name="displayName", nullable=False, max_length=256),  # "cannot be cleared"
    TargetAttribute(name="givenName", max_length=64),
    TargetAttribute(name="surname", max_length=64),
    TargetAttribute(name="mail", nullable=False),  # no length documented; the address rules are the invitation's
    TargetAttribute(name="mailNickname", nullable=False, max_length=64),
    TargetAttribute(name="jobTitle", max_length=128),
    TargetAttribute(name="department", max_length=64),
    TargetAttribute(name="companyName", max_length=64),
    TargetAttribute(name="employeeId", max_length=16),
    TargetAttribute(name="streetAddress", max_length=1024),
    TargetAttribute(name="city", max_length=128),
    TargetAttribute(name="state", max_length=128),
    TargetAttribute(name="postalCode", max_length=40),
    TargetAttribute(name="country", max_length=128),
    TargetAttribute(name="officeLocation", max_length=128),
    TargetAttribute(name="mobilePhone", max_length=64),
    # A collection by type, but "only one number can be set"; cleared with an empty list.
    TargetAttribute(name="businessPhones", type=AttributeType.STRING_COLLECTION),
    TargetAttribute(name="preferredLanguage"),  # an ISO 639-1 code, optionally with a region; no length documented
    TargetAttribute(name="usageLocation", nullable=False, pattern="[A-Z]{2}", case_exact=False),  # ISO 3166
    TargetAttribute(name="showInAddressList", type=AttributeType.BOOLEAN, nullable=False),
    TargetAttribute(name="userType", nullable=False, case_exact=False),  # Member or Guest
)

TARGET_ATTRIBUTES = {attribute.name: attribute for attribute in _ATTRIBUTES}

# What tells an internal member of the source from everybody else, and one person from an older guest of the target.
SCOPING_ATTRIBUTES = ("id", "userType", "userPrincipalName", "externalUserState", "creationType", "createdDateTime")

SOURCE_ATTRIBUTES = (
    *SCOPING_ATTRIBUTES,
    *sorted(
        mapping.source.name
        for mapping in default_user_mapping().attribute_mappings
        if isinstance(mapping.source, DirectSource)
    ),
)


def is_nullable(target_attribute: str) -> bool:
    """Whether Graph lets the attribute be emptied; asking for one that is not written at all is a KeyError."""
    return TARGET_ATTRIBUTES[target_attribute].nullable
