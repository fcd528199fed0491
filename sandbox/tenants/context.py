"""What does the handler of one call get to see?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.call import Call, Caller
from sandbox.tenants.exchange import Answer, GraphError, Request
from sandbox.tenants.faults import Faults, FaultSwitches
from sandbox.tenants.links import ListCursor, link
from sandbox.tenants.properties import DEFAULT_SELECT, OUTSIDE_STORE, USER_PROPERTIES, empty_value
from sandbox.tenants.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One admitted request in its tenant at one moment."""

    tenant: Tenant
    call: Call
    parameters: Mapping[str, str]
    request: Request
    now: float
    faults: Faults
    #: All tenants of the world by id: invitations depend on the policies of both sides.
    tenants: Mapping[str, Tenant]
    accepts_automatically: bool
    caller: Caller = Caller.APPLICATION

    @property
    def granted(self) -> frozenset[str]:
        """The permissions of whoever asks."""
        tenant = self.tenant
        return tenant.administrator_permissions if self.caller is Caller.ADMINISTRATOR else tenant.permissions

    @property
    def switches(self) -> FaultSwitches:
        return self.faults.of(self.tenant.id)

    @property
    def id(self) -> str:
        return self.parameters["id"]

    def top(self) -> int:
        """$top; 100 without it, at most 999: https://learn.microsoft.com/graph/paging"""
        text = self.request.options.get("$top")
        if text is None:
            return 100
        if not text.isdigit() or not 1 <= int(text) <= 999:
            raise errors.unsupported_query(
                f"Invalid page size specified: '{text}'. Must be between 1 and 999 inclusive."
            )
        return int(text)


Handler = Callable[[Context], Answer]


def selected(request: Request, known: Iterable[str]) -> tuple[str, ...] | None:
    """The names in $select, None without it."""
    text = request.options.get("$select")
    if text is None:
        return None
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",")))
    for name in names:
        if name in OUTSIDE_STORE:
            # The documented test for such: https://learn.microsoft.com/graph/delta-query-overview#limitations
            raise GraphError(501, "NotImplemented", "This operation target is not yet supported.")
        if name not in known:
            raise GraphError(
                400, "BadRequest", f"Parsing OData Select and Expand failed: Could not find a property named '{name}'."
            )
    return names


def user_view(person_id: str, document: Mapping[str, Any], names: tuple[str, ...] | None) -> dict[str, Any]:
    """A user as a plain read shows it: selected properties that were never set are null or empty."""
    shown = {name: document.get(name, empty_value(name)) for name in names or DEFAULT_SELECT if name != "id"}
    return {**shown, "id": person_id}


def selected_user_properties(context: "Context") -> tuple[str, ...] | None:
    return selected(context.request, USER_PROPERTIES.keys() | context.tenant.extension_properties)


def entity(context: Context, kind: str, value: Mapping[str, Any]) -> Answer:
    metadata = f"{context.request.base}/$metadata#{kind}/$entity"
    return Answer(status=200, body={"@odata.context": metadata, **value})


def last_shown(context: Context) -> int:
    """The number of the last row of the page before, 0 on the first page."""
    text = context.request.options.get("$skiptoken")
    if text is None:
        return 0
    cursor = context.tenant.links.open(text, ListCursor)
    if cursor.path != context.request.path[-1] + context.parameters.get("id", ""):
        raise errors.bad_request("The skiptoken belongs to another request.")
    return cursor.last


def listing(context: Context, kind: str, rows: list[tuple[int, dict[str, Any]]]) -> Answer:
    """One page of numbered rows; `rows` holds one more than the page if there is a next one."""
    top = context.top()
    shown = rows[:top]
    body: dict[str, Any] = {
        "@odata.context": f"{context.request.base}/$metadata#{kind}",
        "value": [row for _, row in shown],
    }
    if len(rows) > top:
        path = context.request.path[-1] + context.parameters.get("id", "")
        options = {name[1:]: value for name, value in context.request.options.items() if name != "$skiptoken"}
        token = context.tenant.links.seal(ListCursor(path=path, last=shown[-1][0]))
        body["@odata.nextLink"] = link(context.request.base, "/".join(context.request.path), **options, skiptoken=token)
    return Answer(status=200, body=body)
