"""What might somebody's directory look like, exported with Graph's requests? Invented, and odd where real ones are."""

import uuid
from collections.abc import Iterator
from random import Random
from typing import Any

Document = dict[str, Any]

USER = "#microsoft.graph.user"
GROUP = "#microsoft.graph.group"
PRINCIPAL = "#microsoft.graph.servicePrincipal"

_GIVEN = (
    "Aoife",
    "Łukasz",
    "Thị Hồng",
    "José María",
    "Ingeborg",
    "Ōta",
    "Ngozi",
    "D'Arcy",
    "X Æ",
    "Ümit",
    "Sofía",
    "K.",
)
_FAMILY = (
    "Nic Gabhann",
    "Żółć",
    "Nguyễn",
    "O’Shea",
    "von der Aa",
    "田中",
    "Okonkwo",
    "St. John",
    "Öztürk",
    "Ng",
    "Sørensen",
)
_TITLES = ("Foreman", "Head of 'Special' Projects", "Chauffeur/in", "Ingénieur d’études", "<none>", "Buyer & planner")
_DOMAINS = ("harbour.example", "Harbour-Freight.example", "yard.harbour.example")


def exported_directory(people: int, *, seed: int, assigned: bool) -> Document:
    """A directory of so many people and, if there are assignments, groups in groups that some of them come from."""
    chance = Random(f"export {seed}")
    users = [_person(chance, number) for number in range(people)]
    for user, oddity in zip(users, _oddities(users), strict=False):
        user.update(oddity)
    users += [_guest(chance, number) for number in range(people // 10)]
    chance.shuffle(users)
    groups = _groups(chance, [user["id"] for user in users])
    document: Document = {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users",
        "exportedBy": {"tool": "a script of ours", "version": 3},
        "users": users,
        "groups": groups,
    }
    if assigned:
        document["appRoleAssignments"] = _assignments(chance, users, groups)
    return document


def _person(chance: Random, number: int) -> Document:
    given, family, domain = chance.choice(_GIVEN), chance.choice(_FAMILY), chance.choice(_DOMAINS)
    local = f"{chance.choice(('p', 'P', 'Ops.', 'x-'))}{number}"
    person: Document = {
        "@odata.id": f"https://graph.microsoft.com/v2/x/directoryObjects/{number}",
        "id": _new_id(chance),
        "displayName": f"{given} {family}",
        "givenName": given,
        "surname": family,
        "mail": f"{local}@{domain}",
        "userPrincipalName": f"{local.lower()}@{domain.upper() if number % 7 == 0 else domain}",
        "mailNickname": local,
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-11T07:08:09Z",
        "jobTitle": chance.choice(_TITLES),
        "department": chance.choice(("Docks", "Cranes", "Büro", None)),
        "companyName": "Harbour Freight",
        "employeeId": f"{number:06}",
        "businessPhones": [f"+353 1 {number:07}"] if number % 3 else [],
        "mobilePhone": None if number % 4 else f"+353 87 {number:07}",
        "usageLocation": chance.choice(("IE", "PL", None)),
        "preferredLanguage": chance.choice(("ga-IE", "pl-PL", None)),
        "onPremisesSyncEnabled": True,
        "assignedLicenses": [{"skuId": _new_id(chance), "disabledPlans": []}],
        "signInActivity": {"lastSignInDateTime": "2026-01-01T00:00:00Z"},
    }
    missing = chance.sample(("jobTitle", "department", "employeeId", "givenName", "usageLocation", "companyName"), 2)
    return {name: value for name, value in person.items() if number % 5 or name not in missing}


def _oddities(users: list[Document]) -> Iterator[Document]:
    """What the first people are instead: without mail, disabled, with somebody else's mail and so on."""
    yield {"mail": None}
    yield {"mail": ""}
    yield {"accountEnabled": False}
    yield {"mail": str(users[20]["mail"]).upper()}
    yield {"mail": "ceo@bank.example"}
    yield {"mail": "front+desk@harbour.example"}
    yield {"mail": ".dot@harbour.example"}
    yield {"userType": None, "createdDateTime": None}
    yield {"displayName": "Ó \"Skipper\" Ruairí; DROP TABLE 'users'", "surname": "\u200fעברית"}
    yield {"identities": [{"signInType": "phoneNumber", "issuer": "harbour.example", "issuerAssignedId": "+1 555"}]}
    yield {"userType": "Member", "userPrincipalName": "was_elsewhere.example#EXT#@harbour.example"}
    yield {"otherMails": ["private@elsewhere.example"], "proxyAddresses": ["smtp:alias11@harbour.example"]}
    yield {"mail": "O'Neill.brian@harbour.example"}
    yield {"showInAddressList": False}
    yield {"businessPhones": ["+353 1 16", "+353 1 61"]}
    yield {"employeeId": "longer than sixteen"}


def _guest(chance: Random, number: int) -> Document:
    return {
        "id": _new_id(chance),
        "displayName": f"Agent {number}",
        "mail": f"agent{number}@agents.example",
        "userPrincipalName": f"agent{number}_agents.example#EXT#@harbour.example",
        "userType": "Guest" if number % 4 else "Member",
        "creationType": "Invitation",
        "externalUserState": "Accepted" if number % 2 else "PendingAcceptance",
        "accountEnabled": True,
    }


def _groups(chance: Random, user_ids: list[str]) -> list[Document]:
    """Two groups with people, one inside the other in a circle, an empty one, a dynamic one and one with anything."""
    ids = [_new_id(chance) for _ in range(5)]
    share = len(user_ids) // 4
    people = [[_member(user_id) for user_id in user_ids[start : start + share]] for start in range(0, 3 * share, share)]
    return [
        {"id": ids[0], "displayName": "Docks", "members": [*people[0], _member(ids[1], GROUP)]},
        {"id": ids[1], "displayName": "Cranes", "members": [*people[1], _member(ids[0], GROUP)]},
        {"id": ids[2], "displayName": "Nobody yet"},
        {
            "id": ids[3],
            "displayName": "Dynamic",
            "groupTypes": ["DynamicMembership"],
            "membershipRule": '(user.department -eq "Docks")',
            "members": [*people[2], *people[2][:3]],
        },
        {"id": ids[4], "displayName": "Anything", "members": [_member(_new_id(chance), PRINCIPAL)]},
    ]


def _assignments(chance: Random, users: list[Document], groups: list[Document]) -> list[Document]:
    """Two groups with overlapping people, some people directly, a service principal and somebody who is gone."""
    assigned = [_assignment(groups[number]["id"], "Group") for number in (0, 2, 3, 4)]
    assigned += [_assignment(user["id"], "User") for user in users[::9]]
    assigned += [_assignment(users[0]["id"], "User"), _assignment(_new_id(chance), "ServicePrincipal")]
    return [*assigned, _assignment(_new_id(chance), "User"), _assignment(_new_id(chance), "Group")]


def _assignment(principal_id: str, kind: str) -> Document:
    return {"principalId": principal_id, "principalType": kind, "appRoleId": str(uuid.UUID(int=0)), "resourceId": "x"}


def _member(member_id: str, kind: str = USER) -> Document:
    # some tools write GUIDs in capitals
    return {"@odata.type": kind, "id": member_id.upper() if member_id[0] < "4" else member_id, "displayName": "x"}


def _new_id(chance: Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
