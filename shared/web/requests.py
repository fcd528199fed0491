"""May this request be served, and what does it say? Refuses what it should not be believed or read.

The role of an endpoint is asked before anything is looked up, so that a refusal does not tell what exists.
"""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from shared.orchestration.engine import Engine
from shared.web.authorization import Caller, Role
from shared.web.endpoints import Endpoint
from shared.web.errors import GraphError, bad_request

MOST_BYTES: Final = 1024 * 1024

_DIGITS = re.compile("[0-9]{1,9}")
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_ROLE = "You do not have the role that this needs."
_CROSS_SITE = "A page of another site must not change anything here with your session."


def admit(endpoint: Endpoint) -> Callable[[Request], Awaitable[None]]:
    """Return the check that stands before an endpoint's route."""

    async def check(request: Request) -> None:
        if endpoint.role is not None:
            _check_role(request, endpoint.role, everywhere=endpoint.everywhere)
        if endpoint.method not in _SAFE_METHODS:
            _check_site(request)
        _check_options(request, endpoint)

    return check


def caller(request: Request) -> Caller:
    """Return who calls; the gateway has let nobody else through."""
    found = request.state.caller
    if not isinstance(found, Caller):
        raise TypeError("the gateway has not authenticated this request")
    return found


async def engine_of(request: Request) -> Engine:
    """Return the engine, built when the first request needs it."""
    provide: Callable[[], Awaitable[Engine]] = request.app.state.engine
    return await provide()


def number_option(request: Request, name: str, *, default: int, most: int) -> int:
    """Return a query option that is a number from 1 to `most`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= most:
        raise bad_request(f"{name} must be a whole number from 1 to {most}.")
    return int(text)


async def json_body(request: Request) -> bytes:
    """Return the body as it came, if it may be JSON of a size that we read."""
    _check_content_type(request)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            message = f"The body has more than {MOST_BYTES} bytes (1 MiB)."
            raise GraphError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge", message)
    return bytes(body)


def _check_role(request: Request, role: Role, *, everywhere: bool) -> None:
    who, job_id = caller(request), request.path_params.get("job_id")
    if everywhere:
        allowed = who.may_everywhere(role)
    else:  # without a job the answer holds only what the caller may see
        allowed = who.may_somewhere(role) if job_id is None else who.may(role, job_id)
    if not allowed:
        raise GraphError(HTTPStatus.FORBIDDEN, "Authorization_RequestDenied", _NO_ROLE)


def _check_site(request: Request) -> None:
    """A browser sends the session's cookie along with whatever any page asks; but it says which page asked.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """
    origin = request.headers.get("origin")
    host = _host_of(f"//{request.headers.get('host', '')}")
    if origin is not None and (host is None or _host_of(origin) != host):
        raise GraphError(HTTPStatus.FORBIDDEN, "CrossSiteRequest", _CROSS_SITE)
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise GraphError(HTTPStatus.FORBIDDEN, "CrossSiteRequest", _CROSS_SITE)


def _host_of(address: str) -> tuple[str, int | None] | None:
    """Return host and port, without a port that is its scheme's default; an address that is none has no host."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    default = {_DEFAULT_PORTS.get(parts.scheme)} if parts.scheme else set(_DEFAULT_PORTS.values())
    return None if host is None else (host, None if port in default else port)


def _check_options(request: Request, endpoint: Endpoint) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted({name for name in names if name not in endpoint.options})
    if unknown:
        known = ", ".join(sorted(endpoint.options)) or "none"
        raise bad_request(f"{len(unknown)} query options are not known here; known are: {known}.")
    if len(names) != len(set(names)):
        raise bad_request("A query option is given more than once.")


def _check_content_type(request: Request) -> None:
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if media.strip().lower() != "application/json" or charset not in {"", "utf-8", "utf8"} or encoded:
        message = "Send JSON in UTF-8, as application/json and not compressed."
        raise GraphError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
