"""How do ten people come into the source for a while, and how are they gone afterwards, whatever happened?"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from cli.administrator import Administrator, Denied, Unreached, required
from cli.on_demand import results_of, subjects_of
from cli.server import Server, jobs_path
from shared.configuration.configuration import Configuration, ScopeKind
from shared.setup.requests import GraphRequest, app_role_of

COUNT = 10
_AT_ONCE = 5
SHOWN = (
    "id,userPrincipalName,displayName,mail,otherMails,proxyAddresses,userType,accountEnabled,department,creationType,"
    "externalUserState,createdDateTime"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    id: str
    mail: str
    created: str
    """When Graph made it, by its own clock."""


@dataclass(slots=True, kw_only=True)
class Flock:
    """The canaries of one run, and the ways to both tenants and to tenantsync."""

    source: Administrator
    target: Administrator
    server: Server
    configuration: Configuration
    domain: str
    patience: float
    """Seconds between two looks at a directory that may lag."""
    name: str = field(default_factory=lambda: f"tenantsync-canary-{secrets.token_hex(4)}")
    canaries: list[Canary] = field(default_factory=list)
    mails: set[str] = field(default_factory=set)
    """Every address that was ever given to a canary."""
    made: set[str] = field(default_factory=set)
    """Objects of the target that came of canaries."""
    looks: int = 0
    """How often the target was looked at before all canaries were found."""

    def settle(self) -> None:
        """Make them in the source, entitle them, and find them there."""
        for number in range(COUNT):
            address = f"{self.name}-{number}@{self.domain}"
            # before the request: if its answer is lost, the address is cleaned up all the same
            self.mails.add(address)
            answer = self.source.send(GraphRequest(method="POST", path="/users", body=self._person(number, address)))
            canary = Canary(id=required(answer, "id"), mail=address, created=str(answer.get("createdDateTime") or ""))
            self.canaries.append(canary)
        if self.configuration.scope.kind is ScopeKind.ASSIGNED:
            self._entitle()

    def provision(self, canaries: Sequence[Canary]) -> list[dict[str, object]]:
        """Have them provisioned on demand; what came of each."""
        path = jobs_path(self.configuration.source.service_principal_id, self.configuration.id, "provisionOnDemand")
        results: list[dict[str, object]] = []
        for start in range(0, len(canaries), _AT_ONCE):
            some = [canary.id for canary in canaries[start : start + _AT_ONCE]]
            results += results_of(self.server.post(path, subjects_of(some)))
        return results

    def change(self, canary: Canary, values: Mapping[str, object]) -> None:
        """Change one in the source."""
        self.mails.update(str(value) for name, value in values.items() if name == "mail")
        self.source.send(GraphRequest(method="PATCH", path=f"/users/{canary.id}", body=values))

    def found(self, mail: str) -> dict[str, object] | None:
        """Return who has the address in the target; looks several times, as the directory may lag."""
        for _ in range(10):
            self.looks += 1
            found = self.search(f"mail eq '{mail}'")
            if found:
                self.made.update(required(each, "id") for each in found)
                return found[0]
            time.sleep(self.patience)
        return None

    def search(self, condition: str) -> list[dict[str, object]]:
        """Return the users of the target whom a filter finds."""
        return list(self.target.records(f"/users?$filter={quote(condition)}&$select={SHOWN}"))

    def search_deleted(self, condition: str) -> list[dict[str, object]]:
        path = f"/directory/deletedItems/microsoft.graph.user?$filter={quote(condition)}&$select=id,mail"
        return list(self.target.records(path))

    def clean_up(self) -> list[str]:
        """Remove every trace from both tenants; returns what could not be removed."""
        left = [
            problem
            for administrator in (self.target, self.source)
            for mail in sorted(self.mails)
            for problem in _purged(administrator, mail)
        ]
        known = [(self.target, each) for each in sorted(self.made)]
        known += [(self.source, each.id) for each in self.canaries]
        for administrator, object_id in known:
            left += _gone(administrator, object_id)
        return left

    def _person(self, number: int, address: str) -> dict[str, object]:
        return {
            "accountEnabled": True,
            "displayName": f"{self.name} {number}",
            "givenName": "Canary",
            "surname": f"No. {number}",
            "department": "Mine",
            "mail": address,
            "mailNickname": f"{self.name}-{number}",
            "userPrincipalName": address,
            "passwordProfile": {"password": f"{secrets.token_urlsafe(24)}aA1!"},
        }

    def _entitle(self) -> None:
        application = self.configuration.source.service_principal_id
        role = app_role_of(self.source.read(f"/servicePrincipals/{application}?$select=appRoles"))
        for canary in self.canaries:
            body = {"principalId": canary.id, "resourceId": application, "appRoleId": role}
            request = GraphRequest(method="POST", path=f"/servicePrincipals/{application}/appRoleAssignedTo", body=body)
            self.source.send(request)


@contextmanager
def cleaned_up(flock: Flock, left: list[str]) -> Iterator[Flock]:
    """Let canaries live for the block; `left` gets what could not be removed, an interrupt included."""
    try:
        flock.settle()
        yield flock
    finally:
        left.extend(flock.clean_up())


def _purged(administrator: Administrator, mail: str) -> Iterator[str]:
    """Delete whoever has the address, present or deleted."""
    condition = quote(f"mail eq '{mail}'")
    for collection in ("/users", "/directory/deletedItems/microsoft.graph.user"):
        try:
            found = list(administrator.records(f"{collection}?$filter={condition}&$select=id"))
        except (Denied, Unreached) as error:
            yield f"{collection} with {mail}: {error}"
            continue
        for each in found:
            yield from _gone(administrator, required(each, "id"))


def _gone(administrator: Administrator, object_id: str) -> Iterator[str]:
    """Delete one object for good; one that is gone already is fine."""
    for path in (f"/users/{object_id}", f"/directory/deletedItems/{object_id}"):
        try:
            administrator.send(GraphRequest(method="DELETE", path=path))
        except Denied as denied:
            if denied.status != 404:
                yield f"{path}: {denied}"
        except Unreached as error:
            yield f"{path}: {error}"
