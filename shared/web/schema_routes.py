"""The synchronization schema of a job: read it, bring one's own, go back to the default, see what it could use.

https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError
from shared.configuration.schema_json import write_directory, write_schema
from shared.configuration.scoping_filter import OPERATORS, OperatorSchema
from shared.configuration.templates import default_schema
from shared.expressions import FUNCTIONS, Function, Parameter
from shared.orchestration.change_schema import add_attribute, change_schema
from shared.orchestration.discover_attributes import discover_attributes
from shared.web.acting import author_of
from shared.web.entity_tags import expected_versions
from shared.web.errors import GraphError, bad_request
from shared.web.found_job import found_job
from shared.web.requests import engine_of, json_body
from shared.web.resources import Resource

_CONTROL = "@odata."
_METADATA = "v1.0/$metadata#"


async def read_schema(request: Request, service_principal_id: str, job_id: str) -> Response:
    """The schema that is in force, with the configuration's version as entity tag."""
    job = await found_job(await engine_of(request), service_principal_id, job_id)
    context = f"servicePrincipals('{service_principal_id}')/synchronization/jobs('{job_id}')/schema/$entity"
    body = {"@odata.context": f"{request.base_url}{_METADATA}{context}"}
    body |= write_schema(job.configuration.schema or default_schema())
    return JSONResponse(body, headers={"ETag": f'"{job.state.version}"'})


async def put_schema(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Bring a schema of one's own; what a client adds of OData's own is left out."""
    expected, author = expected_versions(request), author_of(request)
    schema = _schema(await json_body(request))
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    state = await change_schema(engine, job, schema, author, expected=expected)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{state.version}"'})


async def patch_schema(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Replace the members that are named; the rest of the schema stays as it is.

    Graph documents PUT, but the clients that are generated for it send PATCH:
    https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update
    """
    expected, author = expected_versions(request), author_of(request)
    named = _schema(await json_body(request))
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    schema = {**write_schema(job.configuration.schema or default_schema()), **named}
    read = job.state.version

    def of_what_was_read(version: int) -> bool:
        return version == read and expected(version)

    state = await change_schema(engine, job, schema, author, expected=of_what_was_read)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{state.version}"'})


async def delete_schema(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Go back to the default schema."""
    expected, author = expected_versions(request), author_of(request)
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    state = await change_schema(engine, job, None, author, expected=expected)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{state.version}"'})


async def read_filter_operators(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Every operator of scoping filters; the last ones are ours."""
    await found_job(await engine_of(request), service_principal_id, job_id)
    return _collection(request, "filterOperatorSchema", [_operator(each) for each in OPERATORS])


async def read_functions(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Every function of the expression language."""
    await found_job(await engine_of(request), service_principal_id, job_id)
    return _collection(request, "attributeMappingFunctionSchema", [_function(each) for each in FUNCTIONS.values()])


async def discover(request: Request, service_principal_id: str, job_id: str, directory_id: str) -> Response:
    """The definition of one directory with all that a mapping could use."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    definition = await discover_attributes(engine, job, directory_id)
    if definition is None:
        raise GraphError(HTTPStatus.NOT_FOUND, "ResourceNotFound", "The schema has no such directory.")
    context = f"{request.base_url}{_METADATA}microsoft.graph.directoryDefinition"
    return JSONResponse({"@odata.context": context, **write_directory(definition)})


async def add(request: Request, service_principal_id: str, job_id: str, directory_id: str) -> Response:
    """Define an attribute that discovery does not find, as the portal does by "request additional attributes"."""
    expected, author = expected_versions(request), author_of(request)
    attribute = _schema(await json_body(request))
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    state = await add_attribute(engine, job, directory_id, attribute, author, expected=expected)
    if state is None:
        raise GraphError(HTTPStatus.NOT_FOUND, "ResourceNotFound", "The schema has no such directory.")
    return JSONResponse(attribute, HTTPStatus.CREATED, headers={"ETag": f'"{state.version}"'})


def _schema(body: bytes) -> Mapping[str, Any]:
    value, problems = read_json(body)
    if problems:
        raise ConfigurationError(problems)
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return {name: member for name, member in value.items() if not name.startswith(_CONTROL)}


def _collection(request: Request, kind: str, values: list[Resource]) -> Response:
    context = f"{request.base_url}{_METADATA}Collection(microsoft.graph.{kind})"
    return JSONResponse({"@odata.context": context, "value": values})


def _operator(schema: OperatorSchema) -> Resource:
    return {
        "id": schema.operator.value,
        "name": schema.operator.value,
        "arity": schema.arity.value,
        "multivaluedComparisonType": schema.comparison.value,
        "supportedAttributeTypes": [each.value for each in schema.types],
    }


def _function(function: Function) -> Resource:
    return {
        "id": function.name,
        "name": function.name,
        "parameters": [_parameter(each) for each in function.parameters],
    }


def _parameter(parameter: Parameter) -> Resource:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "required": parameter.required,
        "allowMultipleOccurrences": parameter.repeating,
    }
