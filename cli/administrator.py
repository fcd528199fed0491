"""How does an administrator's request reach Graph? As they signed in, to one host, once, and without the SDK's models.

The plan of a setup is JSON that is compared, kept and put back as it was; models would drop what they do not know.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol

import httpx
import typer

from cli.connecting import is_loopback, open_client
from cli.output import at
from shared.configuration.clouds import ENDPOINTS
from shared.configuration.configuration import Cloud
from shared.setup.requests import GraphRequest

# "Microsoft Graph Command Line Tools": a client of Microsoft's for which an administrator may consent to any scope.
# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
_CLIENT = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
_SCOPES = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "CrossTenantInformation.ReadBasic.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.CrossTenantAccess",
)
_TIMEOUT = httpx.Timeout(60, connect=10)


class SignIn(StrEnum):
    """How the administrator signs in. SANDBOX is for simulated tenants on this machine only."""

    DEVICE_CODE = "device-code"
    DEFAULT = "default"
    SANDBOX = "sandbox"


Graph = Annotated[
    str, typer.Option("--graph", envvar="TENANTSYNC_GRAPH_ENDPOINT", help="Where Microsoft Graph is.", hidden=True)
]
InCloud = Annotated[
    Cloud, typer.Option("--cloud", envvar="TENANTSYNC_CLOUD", help="The Microsoft cloud of both tenants.")
]
SignInAs = Annotated[
    SignIn,
    typer.Option(
        "--sign-in",
        envvar="TENANTSYNC_SIGN_IN",
        help="device-code asks in a browser; default takes what azure-identity finds (Azure CLI, environment).",
    ),
]


class Denied(Exception):
    """Graph refuses, and repeating would not help."""

    def __init__(self, status: int, code: str, message: str, request: str) -> None:
        super().__init__(f"{request} was answered {status} {code}: {message}")
        self.status = status
        self.code = code


class NotSignedIn(Exception):
    """There is no token for the tenant."""


class Unreached(Exception):
    """Graph did not answer, or cannot now."""


class _Token(Protocol):
    @property
    def token(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where Graph is, and how one signs in there."""

    cloud: Cloud = Cloud.GLOBAL
    graph: str = ""
    """Another address than the cloud's own; empty for that."""
    sign_in: SignIn = SignIn.DEVICE_CODE
    extra_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """An administrator signed in to one tenant."""

    client: httpx.Client
    token: Callable[[], str]

    def read(self, path: str) -> dict[str, object]:
        """Return what is there. Raises Denied, Unreached."""
        return self.send(GraphRequest(method="GET", path=path))

    def find(self, path: str) -> dict[str, object] | None:
        """Return what is there, None where Graph says that there is nothing."""
        try:
            return self.read(path)
        except Denied as denied:
            if denied.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def records(self, path: str) -> Iterator[dict[str, object]]:
        """Yield the objects of a collection, page after page."""
        while path:
            page = self.read(path)
            value = page.get("value")
            yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
            link = page.get("@odata.nextLink")
            path = self._below(link) if isinstance(link, str) else ""

    def send(self, request: GraphRequest) -> dict[str, object]:
        """Send once: what is sent changes a tenant, and a run of the command finds out what has happened."""
        headers = {"Authorization": f"Bearer {self.token()}", **request.headers}
        body: Mapping[str, object] | None = request.body
        try:
            answer = self.client.request(request.method, f"v1.0{request.path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unreached(f"Graph did not answer {request.method} {request.path}: {type(error).__name__}.") from error
        if not answer.is_success:
            raise _failure(answer, f"{request.method} {request.path}")
        return _document(answer)

    def _below(self, link: str) -> str:
        base = f"{self.client.base_url}v1.0"
        if not link.startswith(f"{base}/"):
            raise Unreached("Graph's next page is on another host; it is not followed.")
        return link.removeprefix(base)


@contextmanager
def administrator(tenant: str, place: Place) -> Iterator[Administrator]:
    """Sign in to a tenant, by its id or one of its domains. Raises NotSignedIn when the first request needs a token."""
    graph = place.graph or ENDPOINTS[place.cloud].graph
    url = httpx.URL(graph.rstrip("/") + "/")
    local = is_loopback(url.host)
    if url.scheme != "https" and not local:
        raise NotSignedIn(f"{graph} is not https; a token would be readable on the way.")
    if place.sign_in is SignIn.SANDBOX and not local:
        raise NotSignedIn(f"Sandbox tokens are for a loopback host only, not for {url.host}.")
    with open_client(url, _TIMEOUT) as client:
        yield Administrator(client=client, token=_token_source(tenant, place, url.host))


def required(document: Mapping[str, object], name: str) -> str:
    """Return a text that Graph documents to be there. Raises Unreached."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise Unreached(f"Graph answered an object without `{name}`, which is not documented; nothing is guessed.")
    return value


def _token_source(tenant: str, place: Place, host: str) -> Callable[[], str]:
    if place.sign_in is SignIn.SANDBOX:
        return lambda: f"sandbox.{tenant}.administrator"
    # here and not above: the other commands need no identity library
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415
    from azure.identity import DefaultAzureCredential, DeviceCodeCredential  # noqa: PLC0415

    names = [".default"] if place.sign_in is SignIn.DEFAULT else [*_SCOPES, *place.extra_scopes]
    scopes = [f"https://{host}/{each}" for each in names]
    authority = ENDPOINTS[place.cloud].authority
    credential = (
        DefaultAzureCredential(authority=authority)
        if place.sign_in is SignIn.DEFAULT
        else DeviceCodeCredential(client_id=_CLIENT, tenant_id=tenant, authority=authority)
    )

    def token() -> str:
        try:
            given: _Token = credential.get_token(*scopes, tenant_id=tenant)
        except (ClientAuthenticationError, ValueError) as error:
            raise NotSignedIn(f"No token for {tenant}: {str(error).splitlines()[0]}") from error
        return given.token

    return token


def _failure(answer: httpx.Response, request: str) -> Denied | Unreached | NotSignedIn:
    body = _document(answer)
    code, message = str(at(body, "error.code") or answer.reason_phrase), str(at(body, "error.message") or "")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return NotSignedIn(f"Graph does not accept the token: {code}.")
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        return Unreached(f"{request} was answered {answer.status_code} {code}; run the command again later.")
    return Denied(answer.status_code, code, message, request)


def _document(answer: httpx.Response) -> dict[str, object]:
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
