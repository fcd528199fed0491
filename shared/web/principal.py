"""Who calls? App Service Authentication tells it in a header, which is believed only where the platform is in front.

https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

HEADER: Final = "x-ms-client-principal"
LONGEST_HEADER: Final = 64 * 1024
LONGEST_NAME: Final = 256
MOST_CLAIMS: Final = 2000

# Claims come under their short names, or under the long ones that the platform's default mapping gives them.
_ROLE_CLAIMS = frozenset({"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"})
_OBJECT_CLAIMS = ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid")
_NAME_CLAIMS = (
    "preferred_username",
    "name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
)
_DIRECTORY_ROLE_CLAIM = "wids"
_IDENTITY_TYPE_CLAIM = "idtyp"
_GUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class NotAuthenticated(Exception):
    """Nobody is signed in, or who it is cannot be believed."""


class InitiatorType(StrEnum):
    """Graph's initiatorType."""

    USER = "user"
    APPLICATION = "application"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Where may the principal header be believed?"""

    platform_authentication: bool
    """App Service Authentication is on: it takes the header from nobody and writes its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who is signed in, with the app roles and directory roles that their token names."""

    object_id: str
    name: str
    kind: InitiatorType
    roles: frozenset[str]
    directory_roles: frozenset[str]


class _Claim(msgspec.Struct, frozen=True):
    typ: str
    val: str


class _Document(msgspec.Struct, frozen=True):
    auth_typ: str
    claims: list[_Claim]
    name_typ: str | None = None
    role_typ: str | None = None


def read_principal(headers: Sequence[str], settings: AccessSettings) -> Principal:
    """Return who the header names (all values of it that came in). Raises NotAuthenticated."""
    if not settings.platform_authentication or len(headers) != 1 or len(headers[0]) > LONGEST_HEADER:
        raise NotAuthenticated
    document = _decode(headers[0])
    object_id = next(_values(document, *_OBJECT_CLAIMS), "")
    # Another provider's claims are not Entra's, whatever they are called.
    if document.auth_typ != "aad" or len(document.claims) > MOST_CLAIMS or not _GUID.fullmatch(object_id):
        raise NotAuthenticated
    application = "app" in _values(document, _IDENTITY_TYPE_CLAIM)
    return Principal(
        object_id=object_id.lower(),
        name=_name(document),
        kind=InitiatorType.APPLICATION if application else InitiatorType.USER,
        roles=frozenset(_values(document, *_ROLE_CLAIMS, document.role_typ or "roles")),
        directory_roles=frozenset(value.lower() for value in _values(document, _DIRECTORY_ROLE_CLAIM)),
    )


def _decode(header: str) -> _Document:
    try:
        return msgspec.json.decode(base64.b64decode(header, validate=True), type=_Document)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise NotAuthenticated from error


def _values(document: _Document, *types: str) -> Iterator[str]:
    """Yield the values of the first type that has any, then those of the others."""
    for kind in types:
        yield from (claim.val for claim in document.claims if claim.typ == kind)


def _name(document: _Document) -> str:
    found = next(_values(document, document.name_typ or "name", *_NAME_CLAIMS), "")
    return "".join(each for each in found if each.isprintable())[:LONGEST_NAME]
