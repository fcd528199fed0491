"""Builds small directories for the judge: a source, a target, and what a flawless cycle makes of them."""

from datetime import UTC, datetime
from typing import Any

from sandbox.judge import Adoption, Case, Directory, History, Pair, Rules, read_directory

Document = dict[str, Any]

SOURCE_DOMAIN = "lindenhof.example"
TARGET_DOMAIN = "marisol.onmicrosoft.com"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def person(key: str, **changes: object) -> Document:
    """An internal member of the source."""
    mail = f"{key}@{SOURCE_DOMAIN}"
    plain = {
        "id": key,
        "userPrincipalName": mail,
        "mail": mail,
        "mailNickname": key,
        "displayName": f"Person {key}",
        "givenName": "Person",
        "surname": key,
        "department": "Weaving",
        "jobTitle": "Weaver",
        "businessPhones": ["+49 30 1"],
        "accountEnabled": True,
        "usageLocation": "DE",
        "userType": "Member",
        "createdDateTime": "2022-05-01T00:00:00Z",
    }
    return {**plain, **changes}


def mirrored(source: Document, **changes: object) -> Document:
    """The object that a flawless cycle creates for a person."""
    mail = source["mail"]
    invited = {
        "id": f"t-{source['id']}",
        "userPrincipalName": f"{mail.replace('@', '_')}#EXT#@{TARGET_DOMAIN}",
        "creationType": "Invitation",
        "externalUserState": "PendingAcceptance",
        "otherMails": [mail],
        "proxyAddresses": [f"SMTP:{mail}"],
        "showInAddressList": True,
        "userType": "Member",
        "createdDateTime": "2026-11-24T11:00:00Z",
    }
    return {**source, **invited, **changes}


def guest(key: str, mail: str, **changes: object) -> Document:
    """A B2B guest of the target whom we did not make."""
    plain = mirrored(person(key, mail=mail), id=key, userType="Guest", showInAddressList=False)
    return {**plain, "createdDateTime": "2024-01-01T00:00:00Z", **changes}


def employee(key: str, **changes: object) -> Document:
    """An internal user of the target."""
    mail = f"{key}@{TARGET_DOMAIN}"
    return person(key, userPrincipalName=mail, mail=mail, proxyAddresses=[f"SMTP:{mail}"], **changes)


def directory(users: list[Document], *, deleted: list[Document] | None = None, **parts: object) -> Directory:
    """A directory with the domains of both tenants; what only matters now and then comes by name."""
    domains = [{"name": SOURCE_DOMAIN}, {"name": "lindenhof-works.example"}, {"name": TARGET_DOMAIN, "isInitial": True}]
    organization = {"verifiedDomains": domains}
    return read_directory({"users": users, "deletedItems": deleted or [], "organization": organization, **parts})


def gone(user: Document, when: str = "2026-11-24T11:30:00Z") -> Document:
    return {**user, "deletedDateTime": when}


def first_case(source: list[Document], current: list[Document], *, baseline: list[Document] | None = None) -> Case:
    """The judgement after an initial cycle."""
    return Case(
        rules=Rules(adoption=Adoption.AUTOMATIC),
        source=directory(source),
        previous=directory(baseline or []),
        current=directory(current),
        now=NOW,
    )


def later_case(
    source: list[Document],
    previous: list[Document],
    current: list[Document],
    *,
    deleted: list[Document] | None = None,
    adopted: tuple[str, ...] = (),
) -> Case:
    """The judgement after an incremental cycle, with each t-<id> of the previous target known as the person's."""
    pairs = {user["id"][2:]: user["id"] for user in previous if user["id"].startswith("t-")}
    known = {key: Pair(source_id=key, target_id=value, adopted=value in adopted) for key, value in pairs.items()}
    return Case(
        rules=Rules(adoption=Adoption.AUTOMATIC),
        source=directory(source),
        previous=directory(previous),
        current=directory(current, deleted=deleted),
        history=History(pairs=known),
        now=NOW,
    )
