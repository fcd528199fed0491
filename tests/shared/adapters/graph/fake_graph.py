"""What does a test let Graph answer? A table of replies by method and path; anything else fails the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.credentials import RenewableCredential, tenant_credential
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.budgets import TableBudgetStore
from shared.cycles.write_budget import Grant

BASE = "http://127.0.0.1:7090/v1.0"
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
SOURCE = "11111111-1111-1111-1111-111111111111"
TARGET = "22222222-2222-2222-2222-222222222222"
APPLICATION = "99999999-9999-9999-9999-999999999999"
LATE = datetime(2027, 1, 1, tzinfo=UTC)
"""Until then whoever writes holds what it writes to."""

OPTIONS = GraphOptions(endpoint="http://127.0.0.1:7090", credential_kind=CredentialKind.SANDBOX)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer; `left_out` drops it from a batch, `fails` breaks the connection instead."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    left_out: bool = False
    fails: Exception | None = None


def error(status: int, code: str, message: str = "", **headers: str) -> Reply:
    return Reply(
        status=status,
        body={"error": {"code": code, "message": message}},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request as it arrived, or an item of a batch."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None

    @property
    def options(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}


class FakeGraph(httpx.AsyncBaseTransport):
    """Answers from the table; a list is used up until its last reply, which stays. Batches are taken apart."""

    def __init__(self, replies: Mapping[str, Reply | Sequence[Reply]]) -> None:
        self._replies = {key: [value] if isinstance(value, Reply) else list(value) for key, value in replies.items()}
        self.requests: list[Sent] = []
        self.items: list[Sent] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        body = json.loads(content) if content else None
        self.requests.append(
            Sent(method=request.method, url=str(request.url), headers=dict(request.headers), body=body)
        )
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/v1.0")
        reply = self._reply(f"{request.method} {path}")
        if reply is None and path == "/$batch":
            reply = self._batch(body or {})
        assert reply is not None, f"Nobody expects {request.method} {path}"
        if reply.fails is not None:
            raise reply.fails
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        return httpx.Response(reply.status, headers={"Date": DATE, **reply.headers}, content=content, request=request)

    def _reply(self, key: str) -> Reply | None:
        replies = self._replies.get(key, [])
        return replies.pop(0) if len(replies) > 1 else replies[0] if replies else None

    def _batch(self, body: Mapping[str, Any]) -> Reply:
        assert 0 < len(body["requests"]) <= 20
        assert len({item["id"] for item in body["requests"]}) == len(body["requests"])
        # in any order: here always backwards
        responses = [answer for item in reversed(body["requests"]) if (answer := self._item(item)) is not None]
        return Reply(body={"responses": responses})

    def _item(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        assert set(item) <= {"id", "method", "url", "headers", "body"}
        assert item["url"].startswith("/")
        assert "body" not in item or item["headers"]["Content-Type"] == "application/json"
        sent = Sent(method=item["method"], url=item["url"], headers=item.get("headers", {}), body=item.get("body"))
        self.items.append(sent)
        key = f"{item['method']} {item['url']}"
        reply = self._reply(key) or self._reply(key.partition("?")[0])
        assert reply is not None, f"Nobody expects {key}"
        if reply.left_out:
            return None
        return {"id": item["id"], "status": reply.status, "headers": dict(reply.headers), "body": reply.body}


class FakeBudgets(TableBudgetStore):
    """A budget store in memory whose storage may fail."""

    def __init__(self) -> None:
        super().__init__(MemoryTables().rows("budgets"))
        self.failure: Exception | None = None

    async def not_before(self, tenant_id: str) -> datetime | None:
        self._fail()
        return await super().not_before(tenant_id)

    async def hold_until(self, tenant_id: str, until: datetime, *, refused: datetime | None = None) -> None:
        self._fail()
        await super().hold_until(tenant_id, until, refused=refused)

    async def slow_down(self, tenant_id: str, used: float, now: datetime) -> None:
        self._fail()
        await super().slow_down(tenant_id, used, now)

    async def reserve_writes(self, tenant_id: str, count: int, now: datetime, *, patience: timedelta) -> Grant:
        self._fail()
        return await super().reserve_writes(tenant_id, count, now, patience=patience)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@asynccontextmanager
async def connected(
    graph: httpx.AsyncBaseTransport,
    *,
    clock: ManualClock | None = None,
    credential: RenewableCredential | None = None,
    tenant_id: str = SOURCE,
) -> AsyncIterator[GraphClient]:
    """Give a client of the fake Graph."""
    credential = credential or tenant_credential(tenant_id, OPTIONS)
    client = GraphClient(OPTIONS, credential, clock or ManualClock(), Random(1), graph)
    try:
        yield client
    finally:
        await client.aclose()


def organization(tenant_id: str, *domains: str) -> Reply:
    names = domains or ("contoso.onmicrosoft.com", "contoso.com")
    verified = [{"name": name, "isInitial": number == 0} for number, name in enumerate(names)]
    return Reply(body={"value": [{"id": tenant_id, "verifiedDomains": verified}]})


async def settled() -> None:
    """Let the other tasks come to where they wait."""
    for _ in range(20):
        await asyncio.sleep(0)
