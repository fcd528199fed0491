"""A person costs at most 2 KiB: two tenants of a million people must fit on one machine."""

import gc
import tracemalloc

import msgspec

from sandbox.tenants import Simulation
from sandbox.world import Document, RawDocuments, TenantDocument, World
from tests.sandbox.tenants.two_tenants import APPLICATION, SOURCE, START, TARGET, group_id, person, user_id

PEOPLE = 20_000


def full(number: int) -> Document:
    mail = f"given{number}.surname{number}@contoso.example"
    return person(
        number,
        displayName=f"Given{number} Surname{number}",
        givenName=f"Given{number}",
        surname=f"Surname{number}",
        mail=mail,
        mailNickname=f"given{number}.surname{number}",
        userPrincipalName=mail,
        proxyAddresses=[f"SMTP:{mail}"],
        jobTitle="Senior Engineer",
        department=f"Department {number % 50}",
        companyName="Contoso",
        employeeId=str(number),
        streetAddress=f"Long Street {number}",
        city="Ulm",
        state="Baden-Württemberg",
        postalCode="89073",
        country="Germany",
        officeLocation=f"Building {number % 20}/{number % 300}",
        mobilePhone=f"+49 170 {number:07}",
        businessPhones=[f"+49 731 {number:07}"],
        preferredLanguage="de-DE",
        usageLocation="DE",
        identities=[{"signInType": "userPrincipalName", "issuer": "contoso.onmicrosoft.com", "issuerAssignedId": mail}],
    )


def guest(number: int) -> Document:
    mail = f"given{number}.surname{number}@contoso.example"
    name = f"given{number}.surname{number}_contoso.example#EXT#"
    return {
        **full(number),
        "id": f"eeeeeeee-0000-4000-8000-{number:012d}",
        "userPrincipalName": f"{name}@fabrikam.onmicrosoft.com",
        "mailNickname": name,
        "otherMails": [mail],
        "creationType": "Invitation",
        "externalUserState": "Accepted",
    }


def tenant(tenant_id: str, users: list[msgspec.Raw], **more: Document | list[Document]) -> TenantDocument:
    document = {"id": tenant_id, "displayName": "T", "initialDomain": "t.onmicrosoft.com", **more}
    return TenantDocument.from_json({**document, "users": RawDocuments(users)})


def test_a_person_in_both_tenants_costs_at_most_2_kib() -> None:
    numbers = range(1, PEOPLE + 1)
    members: Document = {"id": group_id(1), "displayName": "All", "members": [{"id": user_id(n)} for n in numbers]}
    source = tenant(
        SOURCE,
        [msgspec.Raw(msgspec.json.encode(full(number))) for number in numbers],
        servicePrincipals=[{"id": APPLICATION}],
        groups=[members],
    )
    target = tenant(TARGET, [msgspec.Raw(msgspec.json.encode(guest(number))) for number in numbers])
    gc.collect()

    tracemalloc.start()
    simulation = Simulation(World(tenants=(source, target)), clock=lambda: START)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(simulation.tenant(SOURCE).people) == PEOPLE
    assert used / PEOPLE <= 2 * 1024
