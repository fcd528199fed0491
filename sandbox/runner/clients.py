"""How does the runner speak to the simulated tenants, and to the product? Over HTTP, as everybody else does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from sandbox.report import Actions, GraphUse
from sandbox.runner.problems import GaveUpError

Document = dict[str, Any]

#: The dump of a tenant of 100,000 people takes its time.
SECONDS_TO_ANSWER = 300.0

#: The runner applies configurations whoever is signed in to the portal.
AS_ADMINISTRATOR = {"X-Sandbox-Role": "Administrator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantsClient:
    """The control API of the simulated tenants."""

    http: httpx.AsyncClient

    async def is_ready(self) -> bool:
        return await is_answering(self.http, "/_sandbox/health")

    async def dump(self, tenant_id: str) -> Document:
        return await _document(self.http, "GET", f"/_sandbox/tenants/{tenant_id}")

    async def change(self, tenant_id: str, changes: Sequence[Mapping[str, Any]]) -> list[str | None]:
        """Apply changes in order; per change the id of what it created or touched, if it names one."""
        answer = await _document(self.http, "POST", f"/_sandbox/tenants/{tenant_id}/changes", list(changes))
        return list(answer["ids"])

    async def set_faults(self, profile: str, switches: Mapping[str, float] | None = None) -> None:
        """Put a profile in force, and single switches on top of it."""
        await _document(self.http, "POST", "/_sandbox/faults", {"profile": profile, **(switches or {})})

    async def faults_fired(self) -> Mapping[str, int]:
        """How often each fault has happened so far."""
        return await _document(self.http, "GET", "/_sandbox/faults")

    async def use_of(self, tenant_ids: Sequence[str]) -> GraphUse:
        """What the tenants together have answered so far."""
        statistics = await _document(self.http, "GET", "/_sandbox/statistics")
        chosen = [statistics[tenant_id] for tenant_id in tenant_ids]
        return GraphUse(
            requests=sum(each["requests"] for each in chosen),
            writes=sum(each["writes"] for each in chosen),
            throttled=sum(each["throttled"] for each in chosen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    number: int
    kind: str
    state: str
    started: datetime
    completed: datetime | None
    actions: Actions

    @property
    def is_completed(self) -> bool:
        return self.state == "completed"

    @property
    def duration_seconds(self) -> float:
        return (self.completed - self.started).total_seconds() if self.completed else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    due: int = 0
    waiting: int = 0
    staged: int = 0
    escrowed: int = 0

    @property
    def open(self) -> int:
        return self.due + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class JobClient:
    """One configuration through the product's HTTP API."""

    http: httpx.AsyncClient
    document: Document

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def _path(self) -> str:
        return f"{jobs_path(self.document)}/{self.id}"

    async def apply(self) -> None:
        await self._ask("PUT", f"{self._path}/configuration", self.document)

    async def start(self) -> None:
        await self._ask("POST", f"{self._path}/start")

    async def status_code(self) -> str:
        job = await self._ask("GET", self._path)
        return str(job.get("status", {}).get("code", ""))

    async def cycles(self, most: int | None = None) -> list[Cycle]:
        """Newest first; each costs the product as many storage transactions as there are shards."""
        answer = await self._ask("GET", f"{self._path}/cycles" + (f"?$top={most}" if most else ""))
        return [_cycle(each) for each in answer["value"]]

    async def workload(self) -> Workload:
        answer = await self._ask("GET", f"{self._path}/workload")
        return Workload(**{name: int(answer.get(name, 0)) for name in ("due", "waiting", "staged", "escrowed")})

    async def _ask(self, method: str, path: str, body: object = None) -> Document:
        return await _document(self.http, method, path, body, AS_ADMINISTRATOR)


def jobs_path(document: Document) -> str:
    """Where the API has the jobs of a configuration's enterprise application."""
    return f"/v1.0/servicePrincipals/{document['source']['servicePrincipalId']}/synchronization/jobs"


def client_at(port: int) -> httpx.AsyncClient:
    """A client of a process on loopback."""
    # No proxy of the environment stands between loopback and loopback.
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS_TO_ANSWER, trust_env=False)


async def is_host_ready(http: httpx.AsyncClient) -> bool:
    return await is_answering(http, "/healthz")


async def is_answering(http: httpx.AsyncClient, path: str) -> bool:
    """Whether a process is there, and well."""
    try:
        return (await http.get(path, timeout=5.0)).status_code == 200
    except httpx.TransportError:
        return False


async def _document(
    http: httpx.AsyncClient, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Document:
    try:
        answer = await _answer(http, method, path, body, headers)
    except httpx.TransportError as error:
        raise GaveUpError(f"{method} {path} got no answer: {type(error).__name__} {error}.") from error
    if answer.is_error:
        raise GaveUpError(f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}")
    return answer.json() if answer.content else {}


async def _answer(
    http: httpx.AsyncClient, method: str, path: str, body: object, headers: Mapping[str, str] | None
) -> httpx.Response:
    try:
        return await http.request(method, path, json=body, headers=headers)
    except httpx.TransportError:
        if method != "GET":
            raise
    # A server ends connections that are idle for some seconds, perhaps just when one is used again.
    return await http.request(method, path, json=body, headers=headers)


def _cycle(document: Document) -> Cycle:
    completed = document.get("completedDateTime")
    return Cycle(
        number=document["number"],
        kind=document["kind"],
        state=document["state"],
        started=datetime.fromisoformat(document["startedDateTime"]),
        completed=datetime.fromisoformat(completed) if completed else None,
        actions=document.get("actions") or {},
    )
