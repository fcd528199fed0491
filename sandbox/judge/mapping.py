"""Which value does each attribute of a person have in the target? The judge's own table of the default mapping."""

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

#: A value missing in the source leaves these as they are: Graph does not take null for them
#: (https://learn.microsoft.com/graph/api/user-update).
KEPT_WHEN_MISSING = frozenset({"accountEnabled", "displayName", "mail", "mailNickname", "usageLocation"})

CONSTANT_SHOW_IN_ADDRESS_LIST = True
USER_TYPE_OF_CREATED = "Member"

#: Where each attribute stands in a user's tuple of values.
POSITION = {name: position for position, name in enumerate(DIRECT_ATTRIBUTES)}
DISPLAY_NAME = POSITION["displayName"]
MAIL = POSITION["mail"]
ACCOUNT_ENABLED = POSITION["accountEnabled"]


def comparable(value: object) -> Value:
    """Null, the empty string and the empty collection are one and the same: no value."""
    if isinstance(value, bool):
        return value
    if value in (None, "", []):
        return None
    if isinstance(value, (list, tuple)):
        return tuple(str(each) for each in value)
    return str(value)
