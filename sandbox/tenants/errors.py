"""How does Graph word the refusals that the product must understand?

https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/throttling
"""

from sandbox.tenants.exchange import GraphError

#: The application that all requests come from; it only appears in throttling headers.
APPLICATION_ID = "5a9d0b1c-0000-4000-8000-7e4a475cba00"

_INVITE_REFUSED = (
    "Insufficient privileges to perform requested operation by the application "
    "'00000003-0000-0000-c000-000000000000'. ControllerName=MSGraphInviteAPI, ActionName=CreateInvite"
)


def bad_request(message: str, target: str | None = None) -> GraphError:
    error = GraphError(400, "Request_BadRequest", message)
    error.target = target
    return error


def unsupported_query(message: str) -> GraphError:
    return GraphError(400, "Request_UnsupportedQuery", message)


def not_found(object_id: str) -> GraphError:
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects are not present.",
    )


def not_replicated() -> GraphError:
    """https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/15839"""
    return GraphError(404, "Directory_ObjectNotFound", "Unable to read the company information from the directory.")


def invalid_token() -> GraphError:
    return GraphError(401, "InvalidAuthenticationToken", "Access token is empty or invalid.")


def denied() -> GraphError:
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def invitation_denied() -> GraphError:
    """Invitations answer with a code of their own when the permission is missing (observed, not documented)."""
    return GraphError(403, "Unauthorized", _INVITE_REFUSED)


def invitations_blocked() -> GraphError:
    return GraphError(
        403,
        "Forbidden",
        "Invitations are blocked for this directory due to suspicious activity. "
        "Please contact Microsoft support for help.",
    )


def proxy_conflict() -> GraphError:
    return bad_request(
        "Another object with the same value for property proxyAddresses already exists.", "proxyAddresses"
    )


def name_conflict() -> GraphError:
    return bad_request(
        "Another object with the same value for property userPrincipalName already exists.", "userPrincipalName"
    )


def same_key(name: str) -> GraphError:
    """https://learn.microsoft.com/graph/api/crosstenantaccesspolicy-post-partners says so of a second partner."""
    message = f"Another object with the same value for property {name} already exists."
    error = GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message)
    error.target = name
    return error


def guests_not_allowed() -> GraphError:
    """The tenant lets nobody invite (the wording was observed, the code is not documented)."""
    return GraphError(
        403,
        "Forbidden",
        "Guest invitations not allowed for your company. Contact your company administrator for more details.",
    )


def concurrency() -> GraphError:
    """https://learn.microsoft.com/graph/resolve-auth-errors lists it as one to retry."""
    return GraphError(409, "Directory_ConcurrencyViolation", "Concurrent requests have been made to change the object.")


def throttled(tenant_id: str, what: str, limit: str, retry_after: int | None) -> GraphError:
    """429; `what` is Read or Write, `limit` the x-ms-throttle-information."""
    error = GraphError(429, "TooManyRequests", "Please retry again later.")
    error.headers["x-ms-throttle-scope"] = f"Tenant_Application/{what}/{APPLICATION_ID}/{tenant_id}"
    error.headers["x-ms-throttle-information"] = limit
    if retry_after is not None:
        error.headers["Retry-After"] = str(retry_after)
    return error


def unavailable(status: int) -> GraphError:
    """The transient ones: https://learn.microsoft.com/graph/errors#http-status-codes"""
    codes = {500: "generalException", 502: "BadGateway", 503: "serviceNotAvailable", 504: "GatewayTimeout"}
    return GraphError(status, codes[status], "The service is temporarily unavailable. Please try again later.")


def token_expired() -> GraphError:
    """https://devblogs.microsoft.com/microsoft365dev/: tokens of directory objects live seven days."""
    return GraphError(
        400,
        "syncStateNotFound",
        "The sync state generation is not found. The delta token is expired and data must be synchronized again.",
    )


def resync(location: str) -> GraphError:
    """https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset"""
    error = GraphError(410, "resyncRequired", "Resync is required.")
    error.headers["Location"] = location
    return error
