"""How do tests call the API? As somebody signed in, with the header that App Service Authentication writes."""

import base64
import json
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from shared.orchestration.engine import Engine
from shared.web.application import AccessSettings, create_app
from tests.shared.configuration.documents import SERVICE_PRINCIPAL

OBJECT_ID = "5a17ed00-0000-4000-8000-00000000a11c"
JOBS = f"/v1.0/servicePrincipals/{SERVICE_PRINCIPAL}/synchronization/jobs"
JOB = f"{JOBS}/contoso-fabrikam"
LOGS = "/v1.0/auditLogs/provisioning"

SERVED: ContextVar[Engine] = ContextVar("served")


def claims(*roles: str, wids: Sequence[str] = (), name: str = "Ada Lovelace") -> list[dict[str, Any]]:
    return [
        {"typ": "http://schemas.microsoft.com/identity/claims/objectidentifier", "val": OBJECT_ID},
        {"typ": "name", "val": name},
        *({"typ": "roles", "val": role} for role in roles),
        *({"typ": "wids", "val": wid} for wid in wids),
    ]


def header(*claimed: dict[str, Any], **changes: str) -> str:
    document = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": list(claimed), **changes}
    return base64.b64encode(json.dumps(document).encode()).decode()


def signed_in(*roles: str, wids: Sequence[str] = ()) -> dict[str, str]:
    return {"X-MS-CLIENT-PRINCIPAL": header(*claims(*roles, wids=wids))}


def calling(engine: Engine, *roles: str, wids: Sequence[str] = (), platform: bool = True) -> httpx.AsyncClient:
    """A client of the API as somebody with these app roles and directory roles."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        SERVED.set(engine)
        await _application(platform=platform)(scope, receive, send)

    headers = signed_in(*roles, wids=wids)
    return httpx.AsyncClient(transport=httpx.ASGITransport(serve), base_url="https://sync.example", headers=headers)


@lru_cache
def _application(*, platform: bool) -> FastAPI:
    """Build it once: its routes take longer than most tests."""

    async def provide() -> Engine:
        return SERVED.get()

    return create_app(provide, AccessSettings(platform_authentication=platform))


def administrating(engine: Engine) -> httpx.AsyncClient:
    return calling(engine, "Tenantsync.Administrator")


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error, whose body is Graph's in every case."""
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) - {"details"} == {"code", "message", "innerError"}
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
    return error
