"""How does one person of an invented company look in Graph? Seeded, so that a seed is a company."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.scenarios.names import CULTURES

Document = dict[str, Any]

DEPARTMENTS = ("Weaving", "Dyeing", "Finance", "Łódź Logistics", "R&D", "Sales 東京", "IT", "Qualität")
JOB_TITLES = ("Weaver", "Dyer", "Accountant", "Engineer", 'Lead "Looms"', "Chauffeur/-in", "Ingénieur", "アナリスト")
OFFICES = ("1.01", "2.17 (attic)", "Hall <3>", "Remote; home", "東棟 5F")
CITIES = (
    ("Leipzig", "Sachsen", "04109", "Straße des 17. Juni 5"),
    ("Łódź", "łódzkie", "90-001", "ul. Piotrkowska 12/3"),
    ("São Paulo", "SP", "01310-100", "Av. Paulista, 1000"),
    ("京都市", "京都府", "600-8216", "下京区烏丸通 1"),
    ("Αθήνα", "Αττική", "105 57", "Ερμού 7"),
)

#: What a person may well not have; the rest everybody has.
OPTIONAL = (
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
    "givenName",
    "surname",
)


@dataclass(kw_only=True)
class People:
    """Makes people one after the other; mail addresses do not repeat unless asked to."""

    seed: str
    company: str
    domains: tuple[str, ...]
    chance: Random = field(init=False)
    _made: int = 0
    _locals: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def local_part(self, wanted: str) -> str:
        """The wanted local part, or with a number when somebody has it already."""
        self._locals[wanted] += 1
        count = self._locals[wanted]
        return wanted if count == 1 else f"{wanted}{count}"

    def person(self, **changes: object) -> Document:
        """An internal member; a change to None leaves the property out."""
        culture = self.chance.choice(CULTURES)
        given, latin_given = self.chance.choice(culture.given)
        surname, latin_surname = self.chance.choice(culture.surnames)
        local = self.local_part(f"{latin_given}.{latin_surname}")
        mail = f"{local}@{self._domain()}"
        self._made += 1
        made = {
            "id": self.new_id(),
            "userPrincipalName": mail,
            "mail": mail,
            "mailNickname": local.replace("'", ""),
            "displayName": f"{given} {surname}",
            "givenName": given,
            "surname": surname,
            "accountEnabled": self.chance.random() >= 0.03,
            "userType": "Member",
            "usageLocation": culture.country,
            "preferredLanguage": culture.language,
            "createdDateTime": self._created(),
            **self._work(),
        }
        missing = {name for name in OPTIONAL if self.chance.random() < 0.08}
        kept = {name: value for name, value in made.items() if name not in missing}
        return {name: value for name, value in {**kept, **changes}.items() if value is not None}

    def _domain(self) -> str:
        return self.domains[0] if self.chance.random() < 0.8 else self.chance.choice(self.domains)

    def _created(self) -> str:
        pick = self.chance.randrange
        return f"{pick(2019, 2024)}-{pick(1, 13):02}-{pick(1, 29):02}T{pick(24):02}:{pick(60):02}:00Z"

    def _work(self) -> Document:
        city, state, postal_code, street = self.chance.choice(CITIES)
        return {
            "jobTitle": self.chance.choice(JOB_TITLES),
            "department": self.chance.choice(DEPARTMENTS),
            "companyName": self.company,
            "employeeId": f"{self._made:06}",
            "streetAddress": street,
            "city": city,
            "state": state,
            "postalCode": postal_code,
            "country": self.chance.choice(("Germany", "Polska", "日本", "Côte d'Ivoire")),
            "officeLocation": self.chance.choice(OFFICES),
            "mobilePhone": f"+49 170 {self.chance.randrange(10**6, 10**7)}",
            "businessPhones": [f"+49 341 {self.chance.randrange(10**4, 10**5)}"],
        }


def guest(people: People, mail: str, host: str, **changes: object) -> Document:
    """A B2B collaboration user of the tenant with that initial domain, as an invitation leaves it
    (https://learn.microsoft.com/entra/external-id/user-properties)."""
    nickname = f"{mail.replace('@', '_')}#EXT#"
    name = mail.partition("@")[0]
    principal_name = f"{nickname}@{host}"
    identity = {"signInType": "userPrincipalName", "issuer": host, "issuerAssignedId": principal_name}
    plain = {
        "id": people.new_id(),
        "userPrincipalName": principal_name,
        "mail": mail,
        "mailNickname": nickname,
        "otherMails": [mail],
        "proxyAddresses": [f"SMTP:{mail}"],
        "displayName": name,
        "accountEnabled": True,
        "userType": "Guest",
        "creationType": "Invitation",
        "externalUserState": "PendingAcceptance",
        "identities": [identity],
        "showInAddressList": False,
        "createdDateTime": "2024-09-01T08:00:00Z",
    }
    return {**plain, **changes}
