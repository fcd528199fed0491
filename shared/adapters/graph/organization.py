"""Which tenant is this, and which domains are its own?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.graph.answer import Record, records, text
from shared.adapters.graph.client import GraphClient
from shared.orchestration.ports import UnexpectedAnswer

_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains:
    """A tenant's verified domains, in lower case, and the one it was born with."""

    verified: frozenset[str]
    initial: str


class Organization:
    """What a tenant says of itself, kept in memory for some minutes."""

    def __init__(self, client: GraphClient, tenant_id: str) -> None:
        self._client = client
        self._tenant_id = tenant_id
        self._domains: tuple[datetime, Domains] | None = None

    async def domains(self) -> Domains:
        """Return the tenant's domains; raises UnexpectedAnswer if another tenant answered."""
        now = self._client.clock.now()
        if self._domains is None or now - self._domains[0] >= _KEPT:
            answer = await self._client.read(self._client.calls.organization())
            self._domains = now, _domains(answer.body, self._tenant_id)
        return self._domains[1]


def is_tenant(body: object, tenant_id: str) -> bool:
    """Say whether the answer to /organization is that of the tenant."""
    organizations = records(body)
    return len(organizations) == 1 and text(organizations[0], "id").casefold() == tenant_id.casefold()


def _domains(body: object, tenant_id: str) -> Domains:
    if not is_tenant(body, tenant_id):
        raise UnexpectedAnswer("Graph answered /organization for another tenant than the one asked for.")
    verified: tuple[Record, ...] = records({"value": records(body)[0].get("verifiedDomains")})
    initial = [text(domain, "name").lower() for domain in verified if domain.get("isInitial") is True]
    if len(initial) != 1:
        raise UnexpectedAnswer("Graph answered an organization without exactly one initial domain.")
    return Domains(verified=frozenset(text(domain, "name").lower() for domain in verified), initial=initial[0])
