"""What is in a tenant? A dump of it as compact values that can be compared."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.judge.mapping import ACCOUNT_ENABLED, DIRECT_ATTRIBUTES, DISPLAY_NAME, MAIL, Value, comparable


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of a dump: the mapped attributes in the order of the table, and what scope and matching look at."""

    id: str
    values: tuple[Value, ...]
    user_type: str | None
    user_principal_name: str
    creation_type: str | None
    external_user_state: str | None
    created: datetime | None
    deleted: datetime | None
    #: Lower-case mail, other mails, proxy addresses and user principal name.
    addresses: frozenset[str]
    show_in_address_list: bool | None
    #: The id of the manager, empty without one.
    manager: str
    #: Over everything else the dump says, to see whether somebody touched an object that is not ours.
    digest: bytes

    @property
    def mail(self) -> str | None:
        value = self.values[MAIL]
        return value if isinstance(value, str) else None

    @property
    def address(self) -> str:
        return (self.mail or "").casefold()

    @property
    def disabled(self) -> bool:
        return self.values[ACCOUNT_ENABLED] is False

    @property
    def is_collaboration_user(self) -> bool:
        return self.creation_type == "Invitation" or "#ext#" in self.user_principal_name.casefold()

    @property
    def name(self) -> str:
        return f"{self.values[DISPLAY_NAME] or self.user_principal_name} <{self.mail or 'no mail'}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    principal_id: str
    principal_type: str
    resource_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One tenant at one moment."""

    users: Mapping[str, User] = field(default_factory=dict)
    deleted: Mapping[str, User] = field(default_factory=dict)
    #: Ids of the direct members of each group, users and groups alike.
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assignments: tuple[Assignment, ...] = ()
    role_holders: frozenset[str] = frozenset()
    verified_domains: frozenset[str] = frozenset()
    initial_domain: str = ""


def read_directory(dump: Mapping[str, Any]) -> Directory:
    """The directory that a dump of a simulated tenant describes."""
    pool: dict[Value, Value] = {}
    domains = tuple(_domains(dump))
    return Directory(
        users={user["id"]: read_user(user, pool) for user in dump.get("users", ())},
        deleted={
            user["id"]: read_user(user, pool) for user in dump.get("deletedItems", ()) if "userPrincipalName" in user
        },
        members={group["id"]: _member_ids(group) for group in dump.get("groups", ())},
        assignments=tuple(_assignment(each) for each in dump.get("appRoleAssignments", ())),
        role_holders=frozenset(each["principalId"] for each in dump.get("roleAssignments", ())),
        verified_domains=frozenset(name.casefold() for name, _ in domains),
        initial_domain=next((name for name, is_initial in domains if is_initial), ""),
    )


def read_user(user: Mapping[str, Any], pool: dict[Value, Value] | None = None) -> User:
    """One user of a dump; equal values are kept once in the pool, which a company of 100,000 needs."""
    known = {} if pool is None else pool
    values = (comparable(user.get(name)) for name in DIRECT_ATTRIBUTES)
    return User(
        id=user["id"],
        values=tuple(known.setdefault(value, value) if isinstance(value, str) else value for value in values),
        user_type=user.get("userType"),
        user_principal_name=_principal_name(user),
        creation_type=user.get("creationType"),
        external_user_state=user.get("externalUserState"),
        created=_moment(user.get("createdDateTime")),
        deleted=_moment(user.get("deletedDateTime")),
        addresses=frozenset(_addresses(user)),
        show_in_address_list=user.get("showInAddressList"),
        manager=str((user.get("manager") or {}).get("id") or ""),
        digest=_digest({name: value for name, value in user.items() if name != "manager"}),
    )


def _digest(user: Mapping[str, Any]) -> bytes:
    """Without the manager, who goes without anybody's doing when the manager's object does."""
    return hashlib.blake2b(json.dumps(user, sort_keys=True).encode(), digest_size=12).digest()


def _principal_name(user: Mapping[str, Any]) -> str:
    """The name without the id that Entra puts in front of it when the user is deleted."""
    name = str(user.get("userPrincipalName") or "")
    return name.removeprefix(str(user["id"]).replace("-", ""))


def _addresses(user: Mapping[str, Any]) -> Iterable[str]:
    yield _principal_name(user).casefold()
    for address in (user.get("mail"), *(user.get("otherMails") or ())):
        if address:
            yield str(address).casefold()
    for proxy in user.get("proxyAddresses") or ():
        kind, _, address = str(proxy).rpartition(":")
        if kind.casefold() in ("", "smtp"):
            yield address.casefold()


def _member_ids(group: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["id"] for each in group.get("members", ()))


def _assignment(assignment: Mapping[str, Any]) -> Assignment:
    return Assignment(
        principal_id=assignment["principalId"],
        principal_type=assignment.get("principalType", "User"),
        resource_id=assignment.get("resourceId"),
    )


def _domains(dump: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    organization = dump.get("organization") or {}
    if isinstance(organization, list):
        organization = organization[0]
    initial = organization.get("initialDomain")
    for domain in organization.get("verifiedDomains", ()):
        if isinstance(domain, str):
            yield domain, domain == initial
        else:
            yield domain["name"], bool(domain.get("isInitial"))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
