"""Provisioning logs of the configurations that the caller may see: a page of them, or a download."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from shared.cycles.audit import Activity
from shared.orchestration.audit import audited
from shared.orchestration.job_status import list_jobs
from shared.orchestration.read_logs import read_logs
from shared.web.acting import act_of
from shared.web.authorization import Role
from shared.web.endpoints import DOWNLOAD_LOGS, LOGS
from shared.web.errors import bad_request
from shared.web.log_download import Download, Records, csv_download, json_download
from shared.web.log_filter import Search, log_search
from shared.web.log_resource import log_resource
from shared.web.requests import caller, engine_of, number_option

MOST_RECORDS = 1000
USUAL_RECORDS = 100
MOST_DOWNLOADED = 20_000


async def list_logs(request: Request) -> Response:
    """A page of records, and the address of the next."""
    top = number_option(request, "$top", default=USUAL_RECORDS, most=MOST_RECORDS)
    engine = await engine_of(request)
    search = await _search(request)
    ids = [job.configuration.id for job in search.jobs]
    page = await read_logs(engine, ids, top=top, skip=request.query_params.get("$skiptoken", ""), query=search.query)
    base = str(request.base_url).rstrip("/")
    body: dict[str, object] = {
        "@odata.context": f"{base}/v1.0/$metadata#auditLogs/provisioning",
        "value": [log_resource(each) for each in page.passes],
    }
    if page.next:
        body["@odata.nextLink"] = f"{base}{LOGS}?{next_options(request, top, page.next)}"
    return JSONResponse(body)


async def download_logs(request: Request) -> Response:
    """Records as one JSON array, or as a ZIP of the three CSV files; the `Link` header names the rest, if any."""
    top = number_option(request, "$top", default=MOST_DOWNLOADED, most=MOST_DOWNLOADED)
    form = request.query_params.get("$format", "json")
    if form not in {"json", "csv"}:
        raise bad_request("$format must be json or csv.")
    engine, search = await engine_of(request), await _search(request)
    await _tell(request, search, form)
    records = Records(engine, search, top, request.query_params.get("$skiptoken", ""))
    made = await (json_download(records) if form == "json" else csv_download(records))
    media, name = ("application/json", "json") if form == "json" else ("application/zip", "zip")
    headers = {"Content-Disposition": f'attachment; filename="ProvisioningLogs.{name}"', **_rest(request, top, made)}
    return StreamingResponse(made.chunks(), media_type=media, headers=headers)


def next_options(request: Request, top: int, token: str) -> str:
    """Return the query of the next page: the same question, from there on."""
    kept = {name: value for name, value in request.query_params.items() if name not in {"$top", "$skiptoken"}}
    options = {"$top": str(top), **kept, "$skiptoken": token}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())


def _rest(request: Request, top: int, made: Download) -> dict[str, str]:
    if not made.next:
        return {}
    address = f"{str(request.base_url).rstrip('/')}{DOWNLOAD_LOGS.path}?{next_options(request, top, made.next)}"
    return {"Link": f'<{address}>; rel="next"'}


async def _tell(request: Request, search: Search, form: str) -> None:
    """Write down, before anything leaves, whose records somebody takes along."""
    engine = await engine_of(request)
    details = {"Filter": request.query_params.get("$filter", ""), "Format": form}
    for job in search.jobs:
        await audited(engine, act_of(request, Activity.DOWNLOAD, job, details=details), _nothing)


async def _nothing() -> None:
    """A download changes nothing; that it was asked for is all there is to tell."""


async def _search(request: Request) -> Search:
    engine, who = await engine_of(request), caller(request)
    jobs = [job for job in await list_jobs(engine) if who.may(Role.READER, job.configuration.id)]
    options = request.query_params
    return log_search(options.get("$filter"), options.get("$orderby"), jobs)
