"""How is the HTTP API asked, and what do its refusals mean?"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

import httpx
import typer

from cli.connecting import is_loopback, open_client
from cli.output import at, fail, print_problems
from shared.configuration.problems import Problem

Url = Annotated[str, typer.Option("--url", envvar="TENANTSYNC_URL", help="Where tenantsync runs.")]
ServicePrincipal = Annotated[
    str,
    typer.Option(
        "--service-principal",
        envvar="TENANTSYNC_SERVICE_PRINCIPAL",
        help="Object id of the enterprise application in the source tenant.",
    ),
]
DEFAULT_URL = "http://127.0.0.1:7071"

# App Service ends a request after 230 seconds: https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
_TIMEOUT = httpx.Timeout(235, connect=10)


class Refused(Exception):
    """The server answered, and the answer is no."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Unreachable(Exception):
    """The server could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The API at one address."""

    client: httpx.Client

    def get(self, path: str) -> dict[str, object]:
        return self._send(self.client.build_request("GET", path))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        return self._send(self.client.build_request("POST", path, json=body))

    def put(self, path: str, document: bytes) -> dict[str, object]:
        headers = {"Content-Type": "application/json"}
        return self._send(self.client.build_request("PUT", path, content=document, headers=headers))

    def delete(self, path: str) -> dict[str, object]:
        return self._send(self.client.build_request("DELETE", path))

    def records(self, path: str, most: int) -> Iterator[dict[str, object]]:
        """Yield records of a collection, page after page, at most as many as asked for."""
        page = self.get(path)
        while True:
            value = page.get("value")
            records = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
            yield from records[:most]
            most -= len(records)
            link = page.get("@odata.nextLink")
            if most <= 0 or not isinstance(link, str):
                return
            page = self.get(self._on_this_host(link))

    def parts(self, path: str) -> Iterator[bytes]:
        """Yield the parts of a download, one after the other."""
        link = path
        while link:
            response = self._answer(self.client.build_request("GET", link))
            yield response.content
            following = response.links.get("next", {}).get("url", "")
            link = self._on_this_host(following) if following else ""

    def _on_this_host(self, link: str) -> str:
        # The token must never go to a host that an answer names.
        try:
            url, base = httpx.URL(link), self.client.base_url
        except httpx.InvalidURL as error:
            raise Refused("the next page has no valid address; it is not followed") from error
        if (url.scheme, url.host, url.port, url.userinfo) != (base.scheme, base.host, base.port, base.userinfo):
            raise Refused(f"the next page is on another host ({url.host}); it is not followed")
        return link

    def _send(self, request: httpx.Request) -> dict[str, object]:
        return _object(self._answer(request))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self.client.send(request)
        except httpx.HTTPError as error:
            raise Unreachable(f"cannot reach {self.client.base_url}: {error}") from error
        if not response.is_success:
            raise _refusal(response)
        return response


@contextmanager
def connect(url: str) -> Iterator[Server]:
    """Give the server to one command; what the server refuses ends the command with one clear line."""
    try:
        with _client(url) as client:
            yield Server(client=client)
    except Refused as refused:
        print_problems(refused.problems, to_stderr=True)
        fail(str(refused), exit_code=1)
    except Unreachable as unreachable:
        fail(str(unreachable), exit_code=2)


def jobs_path(service_principal: str, *below: str) -> str:
    steps = ["servicePrincipals", service_principal, "synchronization", "jobs", *below]
    return "/v1.0/" + "/".join(quote(step, safe="") for step in steps)


def _client(url: str) -> httpx.Client:
    try:
        base = httpx.URL(url.rstrip("/") + "/")
    except httpx.InvalidURL as error:
        raise Unreachable(f"{url} is not an address: {error}") from error
    if base.scheme not in {"http", "https"} or not base.host:
        raise Unreachable(f"{url} is not an address; write one such as {DEFAULT_URL}")
    local = is_loopback(base.host)
    token = os.environ.get("TENANTSYNC_TOKEN", "")
    if token and base.scheme == "http" and not local:
        raise Unreachable(f"{url} is not https; the token would be readable on the way")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    reason = os.environ.get("TENANTSYNC_REASON", "")
    if reason:  # for the audit; a header holds ASCII only
        headers["Tenantsync-Reason"] = quote(reason)
    return open_client(base, _TIMEOUT, headers)


def _refusal(response: httpx.Response) -> Refused:
    """Read Graph's error body: https://learn.microsoft.com/graph/errors."""
    body = _object(response)
    code = at(body, "error.code") or response.reason_phrase
    message = at(body, "error.message") or "the server gave no reason"
    return Refused(f"{response.status_code} {code}: {message}", tuple(_problems(at(body, "error.details"))))


def _problems(details: object) -> Iterator[Problem]:
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping) and detail.get("message"):
            yield Problem(path=str(detail.get("target") or ""), message=str(detail["message"]))


def _object(response: httpx.Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
