"""Which value does each attribute of a person have in the target? The judge's own table of the default mapping."""

import re

Value = str | bool | tuple[str, ...] | None

#: Direct, the same name in source and target: the default template of Entra's cross-tenant synchronization
#: (https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure)
#: without what Graph does not let anyone write.
DIRECT_ATTRIBUTES = (
    "accountEnabled",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "mailNickname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "officeLocation",
    "mobilePhone",
    "businessPhones",
    "preferredLanguage",
    "usageLocation",
)

#: Names another object and no value: what stands in the target is the object of whom the source names.
REFERENCE = "manager"

#: A value missing in the source leaves these as they are: Graph does not take null for them
#: (https://learn.microsoft.com/graph/api/user-update).
KEPT_WHEN_MISSING = frozenset({"accountEnabled", "displayName", "mail", "mailNickname", "usageLocation"})

#: The most characters that Graph takes (https://learn.microsoft.com/graph/api/resources/user#properties).
LONGEST = {
    "displayName": 256,
    "givenName": 64,
    "surname": 64,
    "mailNickname": 64,
    "jobTitle": 128,
    "department": 64,
    "companyName": 64,
    "employeeId": 16,
    "streetAddress": 1024,
    "city": 128,
    "state": 128,
    "postalCode": 40,
    "country": 128,
    "officeLocation": 128,
    "mobilePhone": 64,
}

CONSTANT_SHOW_IN_ADDRESS_LIST = True
USER_TYPE_OF_CREATED = "Member"

#: Where each attribute stands in a user's tuple of values.
POSITION = {name: position for position, name in enumerate(DIRECT_ATTRIBUTES)}
DISPLAY_NAME = POSITION["displayName"]
MAIL = POSITION["mail"]
ACCOUNT_ENABLED = POSITION["accountEnabled"]


def is_refused(name: str, value: Value) -> bool:
    """Whether Graph does not take the value: the same page as for LONGEST."""
    if isinstance(value, tuple):
        return len(value) > 1 or not all(value)
    if not isinstance(value, str):
        return False
    if name == "usageLocation":
        return re.fullmatch("[A-Z]{2}", value) is None
    return len(value) > LONGEST.get(name, len(value))


def comparable(value: object) -> Value:
    """Null, the empty string and the empty collection are one and the same: no value."""
    if isinstance(value, bool):
        return value
    if value in (None, "", []):
        return None
    if isinstance(value, (list, tuple)):
        return tuple(str(each) for each in value)
    return str(value)
