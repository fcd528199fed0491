"""What do two tenants look like in which everybody is known by a short name?"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.scenarios.scenario import Scenario, configuration_document, partner_document
from sandbox.world import TenantDocument, World

Document = dict[str, Any]

DOMAIN = "lindenhof.example"
SOURCE = "aaaaaaaa-0000-4000-8000-000000000001"
TARGET = "bbbbbbbb-0000-4000-8000-000000000002"
APPLICATION = "cccccccc-0000-4000-8000-000000000003"
TARGET_HOST = "marisol.onmicrosoft.com"
CONFIGURATION = "lindenhof-to-marisol"


def id_of(name: str) -> str:
    """The object id of whoever has this short name, in either tenant."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def mail_of(name: str) -> str:
    return f"{name}@{DOMAIN}"


def person(name: str, **changes: object) -> Document:
    """An internal member of the source; a change to None leaves the property out."""
    plain = {
        "id": id_of(name),
        "userPrincipalName": mail_of(name),
        "mail": mail_of(name),
        "mailNickname": name,
        "displayName": name.capitalize(),
        "givenName": name.capitalize(),
        "surname": "Weber",
        "department": "Weaving",
        "jobTitle": "Weaver",
        "businessPhones": ["+49 341 1"],
        "usageLocation": "DE",
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": "2022-05-01T00:00:00Z",
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def people(count: int) -> list[Document]:
    return [person(f"person{number}") for number in range(count)]


def guest(name: str, mail: str = "", **changes: object) -> Document:
    """A B2B user whom somebody in the target invited before the world began
    (https://learn.microsoft.com/entra/external-id/user-properties)."""
    mail = mail or mail_of(name)
    nickname = f"{mail.replace('@', '_')}#EXT#"
    plain = {
        "id": id_of(f"guest {name}"),
        "userPrincipalName": f"{nickname}@{TARGET_HOST}",
        "mail": mail,
        "mailNickname": nickname,
        "otherMails": [mail],
        "proxyAddresses": [f"SMTP:{mail}"],
        "displayName": f"{name} as a guest",
        "accountEnabled": True,
        "userType": "Guest",
        "creationType": "Invitation",
        "externalUserState": "Accepted",
        "showInAddressList": False,
        "createdDateTime": "2024-09-01T08:00:00Z",
    }
    return {**plain, **changes}


def employee(name: str, **changes: object) -> Document:
    """An internal user of the target."""
    mail = f"{name}@marisol.example"
    plain = person(name, id=id_of(f"employee {name}"), userPrincipalName=mail, mail=mail)
    return {**plain, "proxyAddresses": [f"SMTP:{mail}"], **changes}


def group(name: str, *members: str, nested: Sequence[str] = ()) -> Document:
    listed = [{"@odata.type": "#microsoft.graph.user", "id": id_of(each)} for each in members]
    groups = [{"@odata.type": "#microsoft.graph.group", "id": id_of(each)} for each in nested]
    return {"id": id_of(name), "displayName": name, "members": [*listed, *groups]}


def assignment(name: str, kind: str = "User") -> Document:
    return {"principalId": id_of(name), "principalType": kind}


def small_world(
    users: Sequence[Document],
    *,
    source: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    configurations: Sequence[Document] | None = None,
    **configuration: object,
) -> Scenario:
    """A source with these users, a target with whatever it has; one configuration, or those that are given."""
    tenants = (
        TenantDocument(
            id=SOURCE,
            display_name="Lindenhof",
            initial_domain="lindenhof.onmicrosoft.com",
            verified_domains=(DOMAIN,),
            users=tuple(users),
            service_principals=({"id": APPLICATION, "appId": id_of("app"), "displayName": "tenantsync"},),
            partners=(partner_document(TARGET, "Marisol"),),
            **(source or {}),
        ),
        TenantDocument(
            id=TARGET,
            display_name="Marisol",
            initial_domain=TARGET_HOST,
            verified_domains=("marisol.example",),
            partners=(partner_document(SOURCE, "Lindenhof"),),
            **(target or {}),
        ),
    )
    documents = configurations or (document(**configuration),)
    return Scenario(name="small", seed=1, world=World(tenants=tenants), configurations=tuple(documents))


def document(configuration_id: str = CONFIGURATION, /, **changes: object) -> Document:
    """A configuration between the two tenants with the default interval."""
    ends = {"source_id": SOURCE, "target_id": TARGET, "service_principal_id": APPLICATION}
    plain: Document = {"id": configuration_id, "displayName": configuration_id, "interval": "PT40M"}
    return configuration_document(**ends, **{**plain, **changes})


def assigned_world(users: Sequence[Document], groups: Sequence[Document], *assignments: Document) -> Scenario:
    """Only those who are assigned are in scope."""
    parts = {"groups": tuple(groups), "app_role_assignments": assignments}
    return small_world(users, source=parts, scope={"kind": "assigned"})
