"""Which properties does a user of a simulated tenant have, and which of them may be written how?

https://learn.microsoft.com/graph/api/resources/user and https://learn.microsoft.com/graph/api/user-update
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Kind(StrEnum):
    STRING = "String"
    BOOLEAN = "Boolean"
    STRINGS = "Collection(String)"
    OBJECTS = "Collection(microsoft.graph.objectIdentity)"
    OBJECT = "Object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    name: str
    kind: Kind = Kind.STRING
    writable: bool = False
    #: Longest value Graph takes; 0 where no limit is documented.
    longest: int = 0
    #: False: Graph answers 400 to null and to the empty string.
    nullable: bool = True
    #: True: 403 on users who hold a directory role.
    sensitive: bool = False
    #: The parts of a complex property; an update that names some of them leaves the others.
    parts: tuple[str, ...] = ()


#: https://learn.microsoft.com/graph/api/resources/onpremisesextensionattributes
EXTENSION_ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))


def _writable(name: str, longest: int = 0, **more: Any) -> Property:  # noqa: ANN401 - fields of Property
    return Property(name=name, writable=True, longest=longest, **more)


_TABLE = (
    Property(name="id", nullable=False),
    Property(name="createdDateTime"),
    Property(name="creationType"),
    Property(name="deletedDateTime"),
    Property(name="externalUserState"),
    Property(name="externalUserStateChangeDateTime"),
    Property(name="identities", kind=Kind.OBJECTS),
    Property(name="imAddresses", kind=Kind.STRINGS),
    Property(name="onPremisesDistinguishedName"),
    Property(name="onPremisesDomainName"),
    Property(name="onPremisesImmutableId"),
    Property(name="onPremisesLastSyncDateTime"),
    Property(name="onPremisesSamAccountName"),
    Property(name="onPremisesSecurityIdentifier"),
    Property(name="onPremisesSyncEnabled", kind=Kind.BOOLEAN),
    Property(name="onPremisesUserPrincipalName"),
    Property(name="proxyAddresses", kind=Kind.STRINGS),
    Property(name="securityIdentifier"),
    Property(name="userPrincipalName"),
    _writable("accountEnabled", kind=Kind.BOOLEAN, nullable=False, sensitive=True),
    _writable("businessPhones", kind=Kind.STRINGS, sensitive=True),
    _writable("city", 128),
    _writable("companyName", 64),
    _writable("country", 128),
    _writable("department", 64),
    _writable("displayName", 256, nullable=False),
    _writable("employeeHireDate"),
    _writable("employeeId", 16),
    _writable("employeeOrgData", kind=Kind.OBJECT, parts=("division", "costCenter")),
    _writable("employeeType"),
    _writable("faxNumber"),
    _writable("givenName", 64),
    _writable("jobTitle", 128),
    _writable("mail", nullable=False),
    _writable("mailNickname", 64, nullable=False),
    _writable("mobilePhone", 64, sensitive=True),
    _writable("officeLocation", 128),
    _writable("onPremisesExtensionAttributes", kind=Kind.OBJECT, parts=EXTENSION_ATTRIBUTES),
    _writable("otherMails", kind=Kind.STRINGS, sensitive=True),
    _writable("postalCode", 40),
    _writable("preferredLanguage"),
    _writable("showInAddressList", kind=Kind.BOOLEAN),
    _writable("state", 128),
    _writable("streetAddress", 1024),
    _writable("surname", 64),
    _writable("usageLocation", 2, nullable=False),
    _writable("userType", nullable=False),
)

USER_PROPERTIES: Mapping[str, Property] = {each.name: each for each in _TABLE}

#: What GET /users/{id} returns without $select: https://learn.microsoft.com/graph/api/user-get
DEFAULT_SELECT = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)

#: Kept outside the main directory store, so neither delta nor a plain $select tracks them:
#: https://learn.microsoft.com/graph/delta-query-overview#limitations
OUTSIDE_STORE = frozenset(
    {
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
        "mailboxSettings",
        "signInActivity",
    }
)

_NAMES = tuple(USER_PROPERTIES)
_NUMBERS = {name: number for number, name in enumerate(_NAMES)}
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(dict[int | str, Any]).decode


def packed(document: Mapping[str, Any]) -> bytes:
    """The stored form: one byte a name instead of a dict. Properties a tenant does not store are left out.

    A million people share their cities and departments, and their names are written in several ways: such a value is a
    number, which no other value is.
    """
    stored = _pack(
        {
            _NUMBERS.get(name, name): _short(name, value, document)
            for name, value in document.items()
            if _is_stored(name)
        }
    )
    return bytes(memoryview(stored))  # what the encoder gives out holds on to the whole of its buffer


def unpacked(stored: bytes) -> dict[str, Any]:
    """The document that `packed` stored, without the id; never-set properties are absent."""
    found = {_NAMES[key] if isinstance(key, int) else key: value for key, value in _unpack(stored).items()}
    for name, value in found.items():
        if value.__class__ is int:
            found[name] = _SHARED_VALUES[value] if value >= 0 else _WRITTEN_AGAIN[name](found)
    return found


def property_of(name: str) -> Property:
    """The property of this name; every directory extension holds text.

    https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions
    """
    return USER_PROPERTIES.get(name) or _writable(name, 256)


def empty_value(name: str) -> list[Any] | None:
    """What a plain GET shows for a selected property that was never set."""
    return [] if property_of(name).kind in {Kind.STRINGS, Kind.OBJECTS} else None


#: Text properties of which a tenant has few values; each value stands once, and its number in the people.
_SHARED = frozenset(
    {
        "city",
        "companyName",
        "country",
        "creationType",
        "department",
        "externalUserState",
        "jobTitle",
        "officeLocation",
        "postalCode",
        "preferredLanguage",
        "state",
        "streetAddress",
        "usageLocation",
        "userType",
    }
)
_MOST_SHARED = 1_000
_SHARED_VALUES: list[str] = []
_SHARED_NUMBERS: dict[str, dict[str, int]] = {name: {} for name in _SHARED}

_AGAIN = -1


def _identities(document: Mapping[str, Any]) -> list[dict[str, str]]:
    name = str(document.get("userPrincipalName"))
    issuer = name.rpartition("@")[2]
    return [{"signInType": "userPrincipalName", "issuer": issuer, "issuerAssignedId": name}]


#: What other values of most people say already.
_WRITTEN_AGAIN: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "identities": _identities,
    "otherMails": lambda document: [document.get("mail")],
    "proxyAddresses": lambda document: [f"SMTP:{document.get('mail')}"],
}


def _short(name: str, value: object, document: Mapping[str, Any]) -> object:
    if name in _WRITTEN_AGAIN:
        return _AGAIN if value == _WRITTEN_AGAIN[name](document) else value
    if name not in _SHARED or not isinstance(value, str):
        return value
    numbers = _SHARED_NUMBERS[name]
    number = numbers.get(value)
    if number is None and len(numbers) < _MOST_SHARED:
        number = numbers[value] = len(_SHARED_VALUES)
        _SHARED_VALUES.append(value)
    return value if number is None else number


def _is_stored(name: str) -> bool:
    return name != "id" and (name in _NUMBERS or name == "manager" or name.startswith("extension_"))
