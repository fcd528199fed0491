"""Configurations: read the document of a job, or declare another."""

from collections.abc import Iterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shared.configuration.configuration import Configuration
from shared.configuration.document import parse, serialize
from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError, Problem, one_per_place
from shared.orchestration.change_configuration import change_configuration
from shared.orchestration.job_status import find_job
from shared.web.acting import author_of
from shared.web.entity_tags import expected_versions
from shared.web.found_job import found_job
from shared.web.requests import engine_of, json_body


async def read_configuration(request: Request, service_principal_id: str, job_id: str) -> Response:
    """The document, with its version as entity tag."""
    job = await found_job(await engine_of(request), service_principal_id, job_id)
    return document_answer(job.configuration, job.state.version, HTTPStatus.OK)


async def put_configuration(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Declare the document; 201 where there was none before."""
    expected, author = expected_versions(request), author_of(request)
    configuration = _read(await json_body(request), service_principal_id, job_id)
    engine = await engine_of(request)
    known = await find_job(engine, job_id)
    state = await change_configuration(engine, configuration, author, expected=expected)
    return document_answer(configuration, state.version, HTTPStatus.OK if known else HTTPStatus.CREATED)


def document_answer(configuration: Configuration, version: int, status: HTTPStatus) -> Response:
    """Return a document with its version as entity tag."""
    headers = {"ETag": f'"{version}"'}
    return Response(serialize(configuration), status_code=status, headers=headers, media_type="application/json")


def _read(body: bytes, service_principal_id: str, job_id: str) -> Configuration:
    """Return the configuration. Raises ConfigurationError with all problems, those of the path included."""
    value, _ = read_json(body)
    problems = list(_foreign(value, service_principal_id, job_id))
    try:
        configuration = parse(body)
    except ConfigurationError as error:
        raise ConfigurationError(one_per_place([*error.problems, *problems])) from error
    if problems:
        raise ConfigurationError(problems)
    return configuration


def _foreign(value: object, service_principal_id: str, job_id: str) -> Iterator[Problem]:
    """Yield where the document names another job than the path."""
    source = value.get("source") if isinstance(value, dict) else None
    named = value.get("id") if isinstance(value, dict) else None
    principal = source.get("servicePrincipalId") if isinstance(source, dict) else None
    if isinstance(named, str) and named != job_id:
        yield Problem(path="/id", message="is not the id of the job in the request's path; the two are the same")
    if isinstance(principal, str) and principal.lower() != service_principal_id.lower():
        message = "is not the service principal in the request's path; the two are the same"
        yield Problem(path="/source/servicePrincipalId", message=message)
