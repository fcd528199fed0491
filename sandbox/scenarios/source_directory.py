"""How does a directory exported from Graph become a scenario? What the tenants store is taken, the rest is left out."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sandbox.judge.mapping import DIRECT_ATTRIBUTES
from sandbox.scenarios.odd_people import TARGET_HOST
from sandbox.scenarios.scenario import Document, Scenario, configuration_document, partner_document
from sandbox.world import TenantDocument, World

KEPT_OF_USERS = (
    "id",
    *DIRECT_ATTRIBUTES,
    "userPrincipalName",
    "userType",
    "createdDateTime",
    "creationType",
    "externalUserState",
    "otherMails",
    "proxyAddresses",
    "identities",
    "showInAddressList",
)
BOOLEANS = ("accountEnabled", "showInAddressList")
COLLECTIONS = ("businessPhones", "otherMails", "proxyAddresses", "identities")
TEXTS = tuple(name for name in KEPT_OF_USERS if name not in (*BOOLEANS, *COLLECTIONS))
PRINCIPAL_TYPES = {"user": "User", "group": "Group", "serviceprincipal": "ServicePrincipal"}
_GUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

#: A domain is taken for verified from this share of the internal people up: a single forged mail does not verify one.
SMALLEST_SHARE_OF_DOMAIN = 0.02


class SourceDirectoryError(ValueError):
    """The source directory cannot be used; the message names the file, the place and what to do."""


def load_source_directory(path: Path, *, seed: int = 1) -> Scenario:
    """The scenario of an exported directory: with assignments only who is assigned, else everybody."""
    document = _read(path)
    users = [_user(path, number, each) for number, each in enumerate(_list(path, document, "users"))]
    groups = [_group(path, number, each) for number, each in enumerate(_list(path, document, "groups"))]
    found = _list(path, document, "appRoleAssignments")
    assignments = [_assignment(path, number, each) for number, each in enumerate(found)]
    if not users:
        raise SourceDirectoryError(f'{path}: "users" is empty. Export at least one user.')
    _check_unique(path, "users", users)
    _check_unique(path, "groups", groups)
    _spell_alike(users, groups, assignments)
    domains = _organization_domains(document) or _likely_domains(users)
    return _scenario(seed, domains, users, groups, assignments)


def _scenario(
    seed: int, domains: list[str], users: list[Document], groups: list[Document], assignments: list[Document]
) -> Scenario:
    ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, f"tenantsync/{seed}/{part}")) for part in ("source", "target", "sp")]
    source_id, target_id, service_principal_id = ids
    source = TenantDocument(
        id=source_id,
        display_name="Source directory",
        initial_domain=_initial_domain(domains),
        verified_domains=tuple(domains),
        users=users,
        groups=groups,
        service_principals=(
            {"id": service_principal_id, "appId": str(uuid.uuid5(uuid.NAMESPACE_URL, "app")), "displayName": "Target"},
        ),
        app_role_assignments=assignments,
        partners=(partner_document(target_id, "Target"),),
    )
    target = TenantDocument(
        id=target_id,
        display_name="Target",
        initial_domain=TARGET_HOST,
        verified_domains=(TARGET_HOST,),
        partners=(partner_document(source_id, "Source directory"),),
    )
    configuration = configuration_document(
        source_id=source_id,
        target_id=target_id,
        service_principal_id=service_principal_id,
        scope={"kind": "assigned" if assignments else "all"},
    )
    world = World(tenants=(source, target))
    return Scenario(name="source directory", seed=seed, world=world, configurations=(configuration,))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceDirectoryError(f"{path} cannot be read: {error.strerror}. Name an existing file.") from error
    try:
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceDirectoryError(f"{path} is not JSON: {error}. Export the directory again, as UTF-8.") from error
    if not isinstance(document, dict):
        raise SourceDirectoryError(f'{path} should be an object with "users", not {_kind(document)}.')
    return document


def _list(path: Path, document: Mapping[str, Any], name: str) -> list[Any]:
    """The list by its name; Graph's own collections, {"value": [...]}, are taken as well."""
    found = document.get(name)
    if isinstance(found, dict) and isinstance(found.get("value"), list):
        found = found["value"]
    if found is None and name != "users":
        return []
    if not isinstance(found, list):
        raise SourceDirectoryError(f'{path}: "{name}" should be a list, is {_kind(found)}.')
    return found


def _user(path: Path, number: int, user: object) -> Document:
    place = f"{path}: users[{number}]"
    found = _with_id(place, user)
    if not found.get("userPrincipalName"):
        raise SourceDirectoryError(f"{place} ({found['id']}) has no userPrincipalName. Export it with $select.")
    for names, kind, kinds in (
        (COLLECTIONS, "a list", list),
        (TEXTS, "a text", str),
        (BOOLEANS, "true or false", bool),
    ):
        for name in names:
            if not isinstance(found.get(name), kinds | None):
                wrong = f"{name} should be {kind}, is {_kind(found[name])}"
                raise SourceDirectoryError(f"{place} ({found['id']}): {wrong}.")
    _check_collections(f"{place} ({found['id']})", found)
    _check_moment(f"{place} ({found['id']})", found.get("createdDateTime"))
    kept = {name: found[name] for name in KEPT_OF_USERS if found.get(name) is not None}
    return kept | _manager(f"{place} ({found['id']})", found.get("manager"))


def _manager(place: str, manager: object) -> Document:
    """As Graph shows it expanded: $expand=manager($select=id)."""
    return {} if manager is None else {"manager": {"id": _with_id(f"{place}.manager", manager)["id"]}}


def _check_collections(place: str, user: Document) -> None:
    for name in COLLECTIONS:
        kind, of = (dict, "objects") if name == "identities" else (str, "texts")
        if not all(isinstance(each, kind) for each in user.get(name) or ()):
            raise SourceDirectoryError(f"{place}: {name} should be a list of {of}.")


def _check_moment(place: str, text: str | None) -> None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - one without an offset, which is refused below
    if moment is not None and moment.tzinfo is None:
        raise SourceDirectoryError(f"{place}: createdDateTime {text!r} is no ISO 8601 time with an offset.")


def _group(path: Path, number: int, group: object) -> Document:
    place = f"{path}: groups[{number}]"
    found = _with_id(place, group)
    members = found.get("members") or []
    if not isinstance(members, list):
        raise SourceDirectoryError(f"{place} ({found['id']}): members should be a list, is {_kind(members)}.")
    kept = [_member(f"{place}.members[{position}]", each) for position, each in enumerate(members)]
    return {
        "id": found["id"],
        "displayName": str(found.get("displayName") or found["id"]),
        "securityEnabled": True,
        "members": list({each["id"]: each for each in kept}.values()),
    }


def _member(place: str, member: object) -> Document:
    found = _with_id(place, member)
    return {"@odata.type": found.get("@odata.type") or "#microsoft.graph.user", "id": found["id"]}


def _assignment(path: Path, number: int, assignment: object) -> Document:
    place = f"{path}: appRoleAssignments[{number}]"
    if not isinstance(assignment, dict) or not assignment.get("principalId"):
        raise SourceDirectoryError(f"{place} has no principalId. Export appRoleAssignedTo of the application.")
    kind = PRINCIPAL_TYPES.get(str(assignment.get("principalType") or "User").casefold())
    if kind is None:
        raise SourceDirectoryError(f"{place}: principalType {assignment['principalType']!r} is none of User, Group.")
    return {"principalId": _as_graph_writes(str(assignment["principalId"])), "principalType": kind}


def _with_id(place: str, thing: object) -> Document:
    if not isinstance(thing, dict):
        raise SourceDirectoryError(f"{place} should be an object, is {_kind(thing)}.")
    if not isinstance(thing.get("id"), str) or not thing["id"]:
        raise SourceDirectoryError(f"{place} has no id. Export it with its id.")
    return {**thing, "id": _as_graph_writes(thing["id"])}


def _as_graph_writes(identifier: str) -> str:
    """Graph writes GUIDs in lower case, and the product finds its rows by them; other ids stay as they are."""
    return identifier.lower() if _GUID.fullmatch(identifier) else identifier


def _check_unique(path: Path, name: str, things: Iterable[Document]) -> None:
    repeated = [each for each, count in Counter(thing["id"].casefold() for thing in things).items() if count > 1]
    if repeated:
        raise SourceDirectoryError(f"{path}: {name} holds the id {repeated[0]} more than once. Remove the repetition.")


def _spell_alike(users: list[Document], groups: list[Document], assignments: list[Document]) -> None:
    """Tools write ids in either case: whoever refers to an object spells its id as the object.

    A manager who is no user of the directory (a contact, or left out) is none that could be provisioned.
    """
    spelled = {thing["id"].casefold(): thing["id"] for thing in (*users, *groups)}
    people = {user["id"] for user in users}
    for user in (each for each in users if "manager" in each):
        manager = spelled.get(user.pop("manager")["id"].casefold())
        if manager in people:
            user["manager"] = {"id": manager}
    for member in (each for group in groups for each in group["members"]):
        member["id"] = spelled.get(member["id"].casefold(), member["id"])
    for assignment in assignments:
        assignment["principalId"] = spelled.get(assignment["principalId"].casefold(), assignment["principalId"])


def _organization_domains(document: Mapping[str, Any]) -> list[str]:
    organization = document.get("organization")
    if isinstance(organization, dict) and isinstance(organization.get("value"), list):
        organization = organization["value"]
    if isinstance(organization, list):
        organization = organization[0] if organization else None
    found = organization.get("verifiedDomains") if isinstance(organization, dict) else None
    names = [each.get("name") if isinstance(each, dict) else each for each in found or ()]
    return [name.lower() for name in names if isinstance(name, str) and name]


def _likely_domains(users: list[Document]) -> list[str]:
    """A sign-in name can only be in a verified domain; a mail domain is believed when many people have it."""
    internal = [user for user in users if "#ext#" not in user["userPrincipalName"].lower()]
    signing_in = Counter(_domain(user["userPrincipalName"]) for user in internal)
    mailing = Counter(_domain(user["mail"]) for user in internal if user.get("mail"))
    enough = max(2, len(internal) * SMALLEST_SHARE_OF_DOMAIN)
    likely = [domain for domain, count in mailing.most_common() if count >= enough]
    return [domain for domain in dict.fromkeys([*signing_in, *likely]) if domain] or ["source.onmicrosoft.com"]


def _initial_domain(domains: list[str]) -> str:
    return next((each for each in domains if re.fullmatch(r"[^.]+\.onmicrosoft\.com", each)), domains[0])


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _kind(thing: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "missing"}
    return kinds.get(type(thing), "a number")
