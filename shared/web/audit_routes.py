"""Who did what? Acts on the configurations that the caller may see, newest first."""

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.audit import Activity, Audited, AuditResult
from shared.orchestration.ports import AuditQuery
from shared.orchestration.read_logs import BadSkipToken
from shared.web.audit_resource import audit_resource
from shared.web.authorization import Caller, Role
from shared.web.endpoints import AUDITS
from shared.web.errors import bad_request
from shared.web.filter_syntax import Comparison, FilterError, Kind, Property, parse_filter
from shared.web.log_filter import is_oldest_first, within
from shared.web.log_routes import next_options
from shared.web.requests import caller, engine_of, number_option
from shared.web.resources import part_of

MOST_RECORDS = 1000
USUAL_RECORDS = 100
_TIME = "activityDateTime"
PROPERTIES = {
    _TIME: Property(kind=Kind.TIME),
    "activityDisplayName": Property(kind=Kind.CHOICE, choices=tuple(Activity)),
    "result": Property(kind=Kind.CHOICE, choices=tuple(AuditResult)),
    **dict.fromkeys(
        (
            "id",
            "category",
            "correlationId",
            "loggedByService",
            "operationType",
            "initiatedBy/user/id",
            "initiatedBy/user/displayName",
            "initiatedBy/app/displayName",
            "initiatedBy/app/servicePrincipalId",
        ),
        Property(),
    ),
}


async def list_audits(request: Request) -> Response:
    """A page of acts, and the address of the next."""
    top = number_option(request, "$top", default=USUAL_RECORDS, most=MOST_RECORDS)
    query = _query(request)
    engine = await engine_of(request)
    ids = _visible(caller(request), await engine.audits.configuration_ids())
    try:
        page = await engine.audits.page(ids, top, request.query_params.get("$skiptoken", ""), query)
    except ValueError as error:
        raise BadSkipToken from error
    base = str(request.base_url).rstrip("/")
    body: dict[str, object] = {
        "@odata.context": f"{base}/v1.0/$metadata#auditLogs/directoryAudits",
        "value": [audit_resource(each) for each in page.acts],
    }
    if page.next:
        body["@odata.nextLink"] = f"{base}{AUDITS}?{next_options(request, top, page.next)}"
    return JSONResponse(body)


def _visible(who: Caller, ids: Sequence[str]) -> list[str]:
    """Return the configurations, those that are gone included; "" is what concerns all of them."""
    everybody = [""] if who.may_everywhere(Role.READER) else []
    return [*everybody, *(each for each in ids if who.may(Role.READER, each))]


def _query(request: Request) -> AuditQuery:
    text = request.query_params.get("$filter")
    try:
        comparisons = parse_filter(text, PROPERTIES) if text is not None else ()
    except FilterError as error:
        raise bad_request(f"{error}.") from error
    since: datetime | None = None
    before: datetime | None = None
    for comparison in comparisons:
        if comparison.property == _TIME:
            since, before = within(since, before, comparison)
    others = [each for each in comparisons if each.property != _TIME]
    oldest_first = is_oldest_first(request.query_params.get("$orderby"))
    return AuditQuery(since=since, before=before, oldest_first=oldest_first, matches=lambda act: _holds(others, act))


def _holds(comparisons: Sequence[Comparison], act: Audited) -> bool:
    if not comparisons:
        return True
    told = audit_resource(act)
    return all(each.holds(part_of(told, each.property)) for each in comparisons)
