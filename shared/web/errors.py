"""What does a refusal look like? Graph's error body, for whatever goes wrong.

https://learn.microsoft.com/graph/errors
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.configuration.problems import ConfigurationError, Problem
from shared.orchestration.apply_configuration import BeingRemoved, VersionMismatch
from shared.orchestration.change_configuration import NoSuchVersion
from shared.orchestration.change_schema import AttributeDefined
from shared.orchestration.control_job import NotConfigured
from shared.orchestration.decide_held import NothingHeld, SetChanged
from shared.orchestration.ports import Conflict, Forbidden, NewerRow, StorageUnavailable, Throttled, Unavailable
from shared.orchestration.read_logs import BadSkipToken
from shared.web.principal import NotAuthenticated

_LATER = {"Retry-After": "5"}
_CODES = {
    HTTPStatus.NOT_FOUND: "ResourceNotFound",
    HTTPStatus.METHOD_NOT_ALLOWED: "MethodNotAllowed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIds:
    """The two names of one request: ours, and the one that the caller gave it (or ours again)."""

    request: str
    client: str


class GraphError(Exception):
    """A refusal as it is told to the caller."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        message: str,
        *,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.headers = dict(headers or {})


def bad_request(message: str) -> GraphError:
    return GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", message)


def invalid_configuration(problems: Sequence[Problem]) -> GraphError:
    """Return the refusal of a document with all its problems."""
    return GraphError(
        HTTPStatus.BAD_REQUEST, "InvalidConfiguration", "The configuration is not valid.", problems=problems
    )


def not_found(job_id: str) -> GraphError:
    shown = job_id if len(job_id) <= 64 and job_id.isprintable() else "(not an id)"
    return GraphError(HTTPStatus.NOT_FOUND, "ResourceNotFound", f"There is no synchronization job '{shown}' here.")


def refusal(error: Exception) -> GraphError | None:
    """Return what the caller is told of an error; None if it is a fault of ours, of which nothing is told."""
    if isinstance(error, GraphError):
        return error
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return GraphError(status, _CODES.get(status, status.phrase), status.description, headers=error.headers)
    if isinstance(error, ConfigurationError):
        return invalid_configuration(error.problems)
    if isinstance(error, Throttled):
        seconds = {"Retry-After": str(math.ceil(error.retry_after.total_seconds()))}
        return GraphError(HTTPStatus.TOO_MANY_REQUESTS, "TooManyRequests", "Graph is throttling.", headers=seconds)
    for kind, known in _KNOWN.items():
        if isinstance(error, kind):
            return known()
    return None


def answer(error: Exception, ids: RequestIds) -> Response:
    """Return the response to an error."""
    told = refusal(error) or GraphError(
        HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", "Something failed here; the request id finds it."
    )
    body: dict[str, object] = {
        "code": told.code,
        "message": told.message,
        "innerError": {
            "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            "request-id": ids.request,
            "client-request-id": ids.client,
        },
    }
    if told.problems:
        body["details"] = [
            {"code": "InvalidValue", "message": problem.message, "target": problem.path} for problem in told.problems
        ]
    return JSONResponse({"error": body}, status_code=told.status, headers=told.headers)


async def handle(request: Request, error: Exception) -> Response:
    """Answer an error that the framework would answer in a shape of its own."""
    return answer(error, ids_of(request))


def ids_of(request: Request) -> RequestIds:
    ids = request.state.ids
    if not isinstance(ids, RequestIds):
        raise TypeError("the gateway has not named this request")
    return ids


def _unauthenticated() -> GraphError:
    message = "Sign in first: no principal of App Service Authentication came with the request."
    headers = {"WWW-Authenticate": "Bearer"}
    return GraphError(HTTPStatus.UNAUTHORIZED, "InvalidAuthenticationToken", message, headers=headers)


def _mismatch() -> GraphError:
    message = "The configuration has another version than If-Match asks for; read it again."
    return GraphError(HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed", message)


def _not_configured() -> GraphError:
    return GraphError(HTTPStatus.CONFLICT, "NotConfigured", str(NotConfigured.__doc__))


def _conflict() -> GraphError:
    return GraphError(HTTPStatus.CONFLICT, "Conflict", "Others change this at the same moment; try again.")


def _unavailable() -> GraphError:
    message = "Storage or Graph does not answer at this moment; try again."
    return GraphError(HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", message, headers=_LATER)


def _newer() -> GraphError:
    message = "A newer version of the app is being deployed and has taken over these rows; try again."
    return GraphError(HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", message, headers=_LATER)


def _denied_by_graph() -> GraphError:
    message = "Graph refuses for want of a permission or a consent; see the status of the job."
    return GraphError(HTTPStatus.BAD_GATEWAY, "InsufficientRights", message)


def _nothing_held() -> GraphError:
    message = "The guard holds no removals of this job; there is nothing to decide."
    return GraphError(HTTPStatus.CONFLICT, "NothingHeld", message)


def _set_changed() -> GraphError:
    message = "The held removals have changed since; look at heldRemovals again and decide with its digest."
    return GraphError(HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed", message)


def _no_such_version() -> GraphError:
    message = "The configuration has no such version; configuration/versions names those that there are."
    return GraphError(HTTPStatus.NOT_FOUND, "ResourceNotFound", message)


def _attribute_defined() -> GraphError:
    message = "The directory defines an attribute of this name already; change it by a PUT of the schema."
    return GraphError(HTTPStatus.CONFLICT, "Conflict", message)


def _being_removed() -> GraphError:
    message = "A configuration of this name is being removed; wait until that is done, or take another name."
    return GraphError(HTTPStatus.CONFLICT, "Conflict", message)


_KNOWN = {
    NothingHeld: _nothing_held,
    SetChanged: _set_changed,
    NoSuchVersion: _no_such_version,
    BeingRemoved: _being_removed,
    AttributeDefined: _attribute_defined,
    NotAuthenticated: _unauthenticated,
    VersionMismatch: _mismatch,
    NotConfigured: _not_configured,
    BadSkipToken: lambda: bad_request("$skiptoken is not one that an answer gave; start again without it."),
    RequestValidationError: lambda: bad_request("The request is not valid."),
    Conflict: _conflict,
    StorageUnavailable: _unavailable,
    Unavailable: _unavailable,
    NewerRow: _newer,
    Forbidden: _denied_by_graph,
}
