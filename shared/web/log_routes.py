"""Provisioning logs of the configurations that the caller may see, newest first."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.orchestration.job_status import list_jobs
from shared.orchestration.read_logs import read_logs
from shared.web.authorization import Role
from shared.web.endpoints import LOGS
from shared.web.log_resource import log_resource
from shared.web.requests import caller, engine_of, number_option

MOST_RECORDS = 1000
USUAL_RECORDS = 100


async def list_logs(request: Request) -> Response:
    """A page of records, and the address of the next."""
    top = number_option(request, "$top", default=USUAL_RECORDS, most=MOST_RECORDS)
    engine, who = await engine_of(request), caller(request)
    ids = [job.configuration.id for job in await list_jobs(engine) if who.may(Role.READER, job.configuration.id)]
    page = await read_logs(engine, ids, top=top, skip=request.query_params.get("$skiptoken", ""))
    base = str(request.base_url).rstrip("/")
    body: dict[str, object] = {
        "@odata.context": f"{base}/v1.0/$metadata#auditLogs/provisioning",
        "value": [log_resource(each) for each in page.passes],
    }
    if page.next:
        body["@odata.nextLink"] = f"{base}{LOGS}?$top={top}&$skiptoken={quote(page.next, safe='')}"
    return JSONResponse(body)
