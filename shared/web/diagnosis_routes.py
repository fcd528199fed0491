"""Are the credentials valid, and is everything set up? Both answer from the same points."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.configuration.problems import Problem
from shared.orchestration.diagnose_job import diagnose_job
from shared.orchestration.ports import StorageUnavailable
from shared.setup.diagnosis import Finding, Outcome, refusals, storage_finding
from shared.setup.remedies import Severity
from shared.web.errors import GraphError
from shared.web.found_job import found_job
from shared.web.requests import engine_of
from shared.web.resources import Resource


async def read_diagnosis(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Each point that is amiss, with what repairs it."""
    return JSONResponse({"value": [_resource(each) for each in await _findings(request, service_principal_id, job_id)]})


async def validate_credentials(request: Request, service_principal_id: str, job_id: str) -> Response:
    """204 if people can be synchronized; else the first reason as the error, all of them as its details.

    There are no saved credentials but the application's own, so a body says nothing that could be validated.
    https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials
    """
    findings = await _findings(request, service_principal_id, job_id)
    refused = refusals(findings)
    if refused:
        problems = [Problem(path=f"/{each.check}", message=f"{each.message} {each.remedy}") for each in refused]
        message = f"{refused[0].message} {refused[0].remedy}"
        raise GraphError(HTTPStatus.BAD_REQUEST, refused[0].code, message, problems=problems)
    if any(each.outcome is Outcome.UNKNOWN and each.severity is Severity.ERROR for each in findings):
        message = "Graph or storage did not answer all that was asked; try again."
        raise GraphError(HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", message, headers={"Retry-After": "5"})
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _findings(request: Request, service_principal_id: str, job_id: str) -> tuple[Finding, ...]:
    engine = await engine_of(request)
    try:
        job = await found_job(engine, service_principal_id, job_id)
    except StorageUnavailable:
        # whoever asks what is amiss is to hear of this, and not to try again later
        return (storage_finding(),)
    return await diagnose_job(engine, job.configuration)


def _resource(finding: Finding) -> Resource:
    return {
        "check": finding.check.value,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "remedy": finding.remedy,
        "tenantId": finding.tenant_id or None,
    }
