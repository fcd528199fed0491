"""A small world of two tenants, a clock that stands still, and a client that speaks to them without a network."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from sandbox.tenants import Simulation
from sandbox.tenants.exchange import Answer, Request, parse_url
from sandbox.tenants.simulation import Conditions
from sandbox.world import World

SOURCE = "aaaaaaaa-0000-4000-8000-000000000001"
TARGET = "bbbbbbbb-0000-4000-8000-000000000002"
APPLICATION = "cccccccc-0000-4000-8000-000000000003"
START = 1_780_000_000.0


class Clock:
    """Engine time that only moves when told."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


def user_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def group_id(number: int) -> str:
    return f"dddddddd-0000-4000-8000-{number:012d}"


def person(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": user_id(number),
        "displayName": f"Person {number}",
        "mail": f"person{number}@contoso.example",
        "userPrincipalName": f"person{number}@contoso.example",
        "accountEnabled": True,
        "userType": "Member",
        **more,
    }


def world(people: int = 3, **of_source: object) -> World:
    source = {
        "id": SOURCE,
        "displayName": "Contoso",
        "initialDomain": "contoso.onmicrosoft.com",
        "verifiedDomains": ["contoso.example"],
        "users": [person(number) for number in range(1, people + 1)],
        "servicePrincipals": [{"id": APPLICATION, "appId": APPLICATION, "displayName": "tenantsync"}],
        "partners": [{"tenantId": TARGET, "automaticUserConsentSettings": {"outboundAllowed": True}}],
        **of_source,
    }
    target = {
        "id": TARGET,
        "displayName": "Fabrikam",
        "initialDomain": "fabrikam.onmicrosoft.com",
        "verifiedDomains": ["fabrikam.example"],
        "users": [
            person(901, mail="boss@fabrikam.example", userPrincipalName="boss@fabrikam.example"),
            person(
                902,
                mail="shared@elsewhere.example",
                proxyAddresses=["SMTP:shared@elsewhere.example"],
                userPrincipalName="shared@fabrikam.example",
            ),
        ],
        "partners": [
            {
                "tenantId": SOURCE,
                "automaticUserConsentSettings": {"inboundAllowed": True},
                "identitySynchronization": {"displayName": "Contoso", "userSyncInbound": {"isSyncAllowed": True}},
            }
        ],
    }
    return World.from_json({"tenants": [source, target], "automaticRedemptionAccepts": True})


class Graph:
    """A client of one simulation; each call names its tenant."""

    def __init__(self, of: World | None = None, **conditions: Unpack[Conditions]) -> None:
        self.clock = Clock()
        self.simulation = Simulation(of or world(), clock=self.clock, **conditions)

    def ask(
        self, method: str, url: str, tenant: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        answer = self.try_ask(method, url, tenant, body, headers)
        assert answer is not None, "the connection was cut"
        return answer

    def try_ask(
        self, method: str, url: str, tenant: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        relative = url.removeprefix("https://graph.microsoft.com/v1.0")
        path, options = parse_url(relative)
        sent = {"authorization": f"Bearer sandbox.{tenant}"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        request = Request(method=method, url=f"/v1.0{relative}", path=path, options=options, headers=sent, body=body)
        return self.simulation.serve(request)

    def administrate(self, method: str, url: str, tenant: str = TARGET, body: object = None, **headers: str) -> Answer:
        """The answer to an administrator; header names with underscores."""
        return self.ask(method, url, f"{tenant}.administrator", body, _headers(headers))

    def get(self, url: str, tenant: str = SOURCE, **headers: str) -> dict[str, Any]:
        """The body of a 200; header names with underscores."""
        answer = self.ask("GET", url, tenant, headers=_headers(headers))
        assert answer.status == 200, answer
        assert isinstance(answer.body, dict)
        return answer.body

    def status(self, method: str, url: str, tenant: str = TARGET, body: object = None) -> int:
        return self.ask(method, url, tenant, body).status

    def refusal(self, method: str, url: str, tenant: str = TARGET, body: object = None) -> tuple[int, str, str]:
        """Status, code and message of an error."""
        answer = self.ask(method, url, tenant, body)
        assert isinstance(answer.body, dict), answer
        assert "error" in answer.body, answer
        error = answer.body["error"]
        return answer.status, error["code"], error["message"]

    def invite(self, mail: str, **more: object) -> str:
        """Invite into the target; the id of the user."""
        body = {"invitedUserEmailAddress": mail, "inviteRedirectUrl": "https://myapps.example", **more}
        answer = self.ask("POST", "/invitations", TARGET, body)
        assert answer.status == 201, answer
        assert isinstance(answer.body, dict)
        return str(answer.body["invitedUser"]["id"])

    def user(self, object_id: str, select: str, tenant: str = TARGET) -> dict[str, Any]:
        body = self.get(f"/users/{object_id}?$select={select}", tenant)
        return {name: body[name] for name in select.split(",")}

    def change(self, *changes: Mapping[str, Any], tenant: str = SOURCE) -> None:
        self.simulation.change(tenant, changes)

    def round(self, url: str, tenant: str = SOURCE, **headers: str) -> tuple[list[list[dict[str, Any]]], str]:
        """All pages of one delta round, and its delta link."""
        pages = []
        while True:
            body = self.get(url, tenant, **headers)
            pages.append(body["value"])
            if "@odata.deltaLink" in body:
                assert "@odata.nextLink" not in body
                return pages, body["@odata.deltaLink"]
            url = body["@odata.nextLink"]

    def batch(self, items: Sequence[Mapping[str, Any]], tenant: str = TARGET) -> dict[str, dict[str, Any]]:
        """The responses of a batch by id."""
        answer = self.ask("POST", "/$batch", tenant, {"requests": list(items)})
        assert answer.status == 200, answer
        assert isinstance(answer.body, dict)
        return {each["id"]: each for each in answer.body["responses"]}


def rows(pages: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page]


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
