"""What does a world of tenants look like before the first request? Its types, and how they are read and written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, overload

import msgspec

Document = dict[str, Any]

#: Application permissions of the product in source and target, united.
DEFAULT_PERMISSIONS = (
    "User.Read.All",
    "GroupMember.Read.All",
    "Application.Read.All",
    "Directory.Read.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "User.Invite.All",
    "User.ReadWrite.All",
    "RoleManagement.Read.Directory",
    "Mail.Send",
)
#: What an administrator consents to who signs in to set a tenant up, delegated.
ADMINISTRATOR_PERMISSIONS = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "CrossTenantInformation.ReadBasic.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.CrossTenantAccess",
    "User.Invite.All",
    "User.ReadWrite.All",
)
#: A licence that holds Microsoft Entra ID P1.
PREMIUM: Document = {
    "skuPartNumber": "AAD_PREMIUM",
    "capabilityStatus": "Enabled",
    "prepaidUnits": {"enabled": 1000},
    "servicePlans": [{"servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}],
}


class WorldError(ValueError):
    """The world is not usable; the message names the tenant, the object and what is missing."""


class RawDocuments(Sequence[Document]):
    """Documents kept as the JSON they came in and decoded one at a time: 100,000 dicts would cost gigabytes."""

    __slots__ = ("_raw",)

    def __init__(self, raw: list[msgspec.Raw]) -> None:
        self._raw = raw

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        if isinstance(index, slice):
            return [_decode(raw) for raw in self._raw[index]]
        return _decode(self._raw[index])

    def __iter__(self) -> Iterator[Document]:
        return map(_decode, self._raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class MadeDocuments(Sequence[Document]):
    """Documents that are made anew each time that somebody goes through them: a million of them stand nowhere."""

    __slots__ = ("_length", "_make")

    def __init__(self, make: Callable[[], Iterator[Document]], length: int) -> None:
        self._make = make
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        if isinstance(index, slice):
            return list(self)[index]
        return next(islice(self._make(), index % self._length, None))

    def __iter__(self) -> Iterator[Document]:
        return self._make()


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDocument:
    """One tenant; users, groups and the rest are documents in Graph's JSON form."""

    id: str
    display_name: str
    initial_domain: str
    verified_domains: tuple[str, ...] = ()
    users: Sequence[Document] = ()
    groups: Sequence[Document] = ()
    service_principals: Sequence[Document] = ()
    app_role_assignments: Sequence[Document] = ()
    role_assignments: Sequence[Document] = ()
    partners: Sequence[Document] = ()
    deleted_items: Sequence[Document] = ()
    #: Mail contacts: they hold addresses that no user can take.
    contacts: Sequence[Document] = ()
    permissions: tuple[str, ...] = DEFAULT_PERMISSIONS
    applications: Sequence[Document] = ()
    #: Of https://learn.microsoft.com/graph/api/resources/authorizationpolicy what differs from the default.
    authorization_policy: Mapping[str, Any] = field(default_factory=dict)
    #: Of the default cross-tenant access policy what differs from the system's default.
    default_policy: Mapping[str, Any] = field(default_factory=dict)
    subscribed_skus: Sequence[Document] = (PREMIUM,)
    #: Names of directory extensions that are registered for users; all of them hold text.
    extension_properties: tuple[str, ...] = ()

    def to_json(self) -> Document:
        return {key: _plain(getattr(self, name)) for name, key in _KEYS.items()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "TenantDocument":
        if not isinstance(document, Mapping) or not document.get("id"):
            raise WorldError(f"A tenant of the world has no id: {str(document)[:80]!r}. Give it one (a GUID).")
        unknown = sorted(set(document) - set(_KEYS.values()))
        if unknown:
            raise WorldError(
                f"Tenant {document['id']}: unknown keys {', '.join(unknown)}. Known: {', '.join(_KEYS.values())}."
            )
        missing = [key for key in ("displayName", "initialDomain") if not document.get(key)]
        if missing:
            raise WorldError(f"Tenant {document['id']}: {' and '.join(missing)} missing.")
        values = {name: document[key] for name, key in _KEYS.items() if key in document}
        for name in ("verified_domains", "permissions", "extension_properties"):
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All tenants of a scenario."""

    tenants: tuple[TenantDocument, ...] = field(default=())
    #: True: with both redemption flags an invited user is Accepted at once. Not documented, so worlds may choose.
    automatic_redemption_accepts: bool = False

    def to_json(self) -> Document:
        return {
            "tenants": [tenant.to_json() for tenant in self.tenants],
            "automaticRedemptionAccepts": self.automatic_redemption_accepts,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "World":
        tenants = tuple(TenantDocument.from_json(each) for each in document.get("tenants", ()))
        return cls(
            tenants=tenants,
            automatic_redemption_accepts=bool(document.get("automaticRedemptionAccepts", False)),
        )

    @classmethod
    def load(cls, path: Path) -> "World":
        """Read a world file; users stay undecoded until somebody looks at them, or in a file of their own."""
        try:
            parsed = msgspec.json.decode(path.read_bytes(), type=_WorldFile)
        except msgspec.DecodeError as error:
            raise WorldError(f"{path} is not a world: {error}.") from error
        lazy = ({**tenant, **_lazy(tenant, path.parent)} for tenant in parsed.tenants)
        return cls.from_json({"tenants": list(lazy), "automaticRedemptionAccepts": parsed.automaticRedemptionAccepts})

    def dump(self, path: Path) -> None:
        """Write a world file; users that stand nowhere are written beside it, one a line."""
        shown = replace(self, tenants=tuple(replace(each, users=_shown(each, path)) for each in self.tenants))
        path.write_bytes(msgspec.json.encode(shown.to_json()))


class _WorldFile(msgspec.Struct):
    tenants: list[dict[str, msgspec.Raw]]
    automaticRedemptionAccepts: bool = False  # noqa: N815 - the file's own spelling


#: Stands for users that are in a file of their own; no user has a property of this name.
_BESIDE = "@sandbox.beside"

_KEYS = {
    "id": "id",
    "display_name": "displayName",
    "initial_domain": "initialDomain",
    "verified_domains": "verifiedDomains",
    "users": "users",
    "groups": "groups",
    "service_principals": "servicePrincipals",
    "app_role_assignments": "appRoleAssignments",
    "role_assignments": "roleAssignments",
    "partners": "partners",
    "deleted_items": "deletedItems",
    "contacts": "contacts",
    "permissions": "permissions",
    "applications": "applications",
    "authorization_policy": "authorizationPolicy",
    "default_policy": "defaultPolicy",
    "subscribed_skus": "subscribedSkus",
    "extension_properties": "extensionProperties",
}


def _lazy(tenant: Mapping[str, msgspec.Raw], directory: Path) -> Document:
    values: Document = {key: msgspec.json.decode(raw) for key, raw in tenant.items() if key != "users"}
    users = msgspec.json.decode(tenant.get("users", msgspec.Raw(b"[]")), type=list[msgspec.Raw])
    values["users"] = RawDocuments(users)
    beside = _decode(users[0]).get(_BESIDE) if len(users) == 1 else None
    if beside is not None:
        values["users"] = MadeDocuments(lambda: _lines(directory / beside["file"]), beside["count"])
    return values


def _shown(tenant: TenantDocument, path: Path) -> Sequence[Document]:
    if not isinstance(tenant.users, MadeDocuments):
        return tenant.users
    beside = path.with_name(f"{path.stem}-{tenant.id}.jsonl")
    with beside.open("wb") as lines:
        lines.writelines(msgspec.json.encode(user) + b"\n" for user in tenant.users)
    return ({_BESIDE: {"file": beside.name, "count": len(tenant.users)}},)


def _lines(path: Path) -> Iterator[Document]:
    with path.open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=Document)


def _decode(raw: msgspec.Raw) -> Document:
    return msgspec.json.decode(raw, type=Document)


def _plain(value: str | Sequence[Any] | Mapping[str, Any]) -> str | list[Any] | Document:
    if isinstance(value, Mapping):
        return dict(value)
    return value if isinstance(value, str) else list(value)
