"""Versions of a configuration: which were there, what was in one, what is different, and back to an older one."""

from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.orchestration.change_configuration import (
    NoSuchVersion,
    Version,
    difference,
    roll_back,
    version_document,
    versions,
)
from shared.web.acting import author_of
from shared.web.configuration_routes import document_answer
from shared.web.entity_tags import expected_versions
from shared.web.errors import bad_request
from shared.web.found_job import found_job
from shared.web.initiator import initiator_resource
from shared.web.requests import engine_of, json_body, number_option
from shared.web.resources import Resource, time_text
from shared.web.small_bodies import read_small

MOST_VERSIONS = 100
_HIGHEST = 999_999_999


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int


async def list_versions(request: Request, service_principal_id: str, job_id: str) -> Response:
    """The versions that were once current, the current one first."""
    top = number_option(request, "$top", default=MOST_VERSIONS, most=MOST_VERSIONS)
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    found = await versions(engine, job.state, top)
    return JSONResponse({"value": [_resource(each, job.state.version) for each in found]})


async def read_version(request: Request, service_principal_id: str, job_id: str, number: str) -> Response:
    """The document of a version, as it was declared."""
    engine = await engine_of(request)
    await found_job(engine, service_principal_id, job_id)
    wanted = _number(number)
    document = await version_document(engine, job_id, wanted)
    return Response(document, headers={"ETag": f'"{wanted}"'}, media_type="application/json")


async def diff_versions(request: Request, service_principal_id: str, job_id: str) -> Response:
    """What is different in `to` (usually the current version) from `from`: JSON pointers with before and after."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    if "from" not in request.query_params:
        raise bad_request("from must name the version to compare with.")
    old = number_option(request, "from", default=1, most=_HIGHEST)
    new = number_option(request, "to", default=job.state.version, most=_HIGHEST)
    found = await difference(engine, job_id, old, new)
    value = [{"path": each.path, "oldValue": _json(each.before), "newValue": _json(each.after)} for each in found]
    return JSONResponse({"from": old, "to": new, "value": value})


async def roll_back_version(request: Request, service_principal_id: str, job_id: str) -> Response:
    """A new version with the content of an older one."""
    expected, author = expected_versions(request), author_of(request)
    wanted = read_small(await json_body(request), _Wanted, '{"version": 1} with the number of a version')
    engine = await engine_of(request)
    await found_job(engine, service_principal_id, job_id)
    state, configuration = await roll_back(engine, job_id, wanted.version, author, expected=expected)
    return document_answer(configuration, state.version, HTTPStatus.OK)


def _resource(version: Version, current: int) -> Resource:
    origin = version.origin
    return {
        "version": version.number,
        "current": version.number == current,
        "replaces": origin.replaces or None,
        "createdDateTime": None if origin.added is None else time_text(origin.added),
        "createdBy": None if origin.added is None else initiator_resource(origin.added_by),
    }


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_HIGHEST)):
        raise NoSuchVersion
    return int(text)


def _json(text: str | None) -> object:
    return None if text is None else msgspec.json.decode(text)
