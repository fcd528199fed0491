"""Jobs: list and read them, start and pause them, see their cycles and their open work."""

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.audit import Activity
from shared.cycles.state import JobStatus
from shared.orchestration.audit import audited
from shared.orchestration.control_job import pause_job, start_job
from shared.orchestration.job_status import list_jobs, newest_cycles, open_entries, report_job
from shared.orchestration.remove_configuration import remove_configuration
from shared.web.acting import act_of
from shared.web.authorization import Role
from shared.web.cycle_resource import cycle_resource, statement_resource, workload_resource
from shared.web.found_job import found_job
from shared.web.job_resource import job_resource
from shared.web.requests import caller, engine_of, number_option

MOST_CYCLES = 100


async def read_jobs(request: Request, service_principal_id: str) -> Response:
    """The jobs of an enterprise application that the caller may see."""
    engine, who = await engine_of(request), caller(request)
    jobs = [
        job
        for job in await list_jobs(engine)
        if job.configuration.source.service_principal_id == service_principal_id.lower()
        and who.may(Role.READER, job.configuration.id)
    ]
    reports = await asyncio.gather(*(report_job(engine, job) for job in jobs))
    context = _context(request, f"servicePrincipals('{service_principal_id}')/synchronization/jobs")
    return JSONResponse({"@odata.context": context, "value": [job_resource(report) for report in reports]})


async def read_job(request: Request, service_principal_id: str, job_id: str) -> Response:
    """One job with its status."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    context = _context(request, f"servicePrincipals('{service_principal_id}')/synchronization/jobs/$entity")
    return JSONResponse({"@odata.context": context, **job_resource(await report_job(engine, job))})


async def start(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Let the job run from now on."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    changes = {"active": (job.state.active, True), "status": (job.state.status.value, JobStatus.ACTIVE.value)}
    act = act_of(request, Activity.START, job, changes=changes)
    await audited(engine, act, lambda: start_job(engine, job_id))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def pause(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Let the job rest."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    act = act_of(request, Activity.PAUSE, job, changes={"active": (job.state.active, False)})
    await audited(engine, act, lambda: pause_job(engine, job_id))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def delete(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Remove the job; accounts in the target stay as they are.

    https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-delete
    """
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    act = act_of(request, Activity.DELETE, job, changes={"version": (job.state.version, None)})
    await audited(engine, act, lambda: remove_configuration(engine, job_id))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def read_cycles(request: Request, service_principal_id: str, job_id: str) -> Response:
    """The newest cycles with their counters."""
    top = number_option(request, "$top", default=MOST_CYCLES, most=MOST_CYCLES)
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    return JSONResponse({"value": [cycle_resource(each) for each in await newest_cycles(engine, job.state, top)]})


async def read_workload(request: Request, service_principal_id: str, job_id: str) -> Response:
    """The open work, counted, and when it is expected to be done."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    return JSONResponse(workload_resource(await open_entries(engine, job)))


async def read_statement(request: Request, service_principal_id: str, job_id: str) -> Response:
    """How everybody stands at this moment; each cycle keeps how they stood when it completed."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    return JSONResponse(statement_resource(await engine.entries.statement(job.state)))


def _context(request: Request, what: str) -> str:
    return f"{request.base_url}v1.0/$metadata#{what}"
