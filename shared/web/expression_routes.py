"""Parse an expression, and evaluate it for a sample object.

https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
"""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.configuration.source_json import tree_json
from shared.expressions import DROP, Environment, Expression, ExpressionError, Result, Value, compiled, from_json, parse
from shared.expressions.values import many, text
from shared.orchestration.engine import Engine
from shared.web.errors import bad_request
from shared.web.found_job import found_job
from shared.web.requests import engine_of, json_body
from shared.web.resources import Resource
from shared.web.small_bodies import read_small

_SHAPE = '{"expression": "...", "testInputObject": {"properties": [{"key": "...", "value": ...}]}}'


class _Property(msgspec.Struct, frozen=True):
    key: str
    value: object = None


class _Input(msgspec.Struct, frozen=True):
    """What Graph defines of the object beside its values is accepted, and not needed."""

    properties: list[_Property] | None = None


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    expression: str
    test_input_object: _Input | None = None


async def parse_expression(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Say how an expression is understood; with a sample object, also what it gives."""
    body = read_small(await json_body(request), _Body, _SHAPE)
    engine = await engine_of(request)
    await found_job(engine, service_principal_id, job_id)
    context = f"{request.base_url}v1.0/$metadata#microsoft.graph.parseExpressionResponse"
    return JSONResponse({"@odata.context": context, **_answer(engine, body)})


def _answer(engine: Engine, body: _Body) -> Resource:
    try:
        tree = parse(body.expression)
        program = compiled(tree)
    except ExpressionError as error:
        return _response(None, error=_error("ExpressionParsingFailed", error))
    if body.test_input_object is None:
        return _response(tree)
    try:
        result = program.evaluate(_attributes(body.test_input_object), _environment(engine))
        values = _texts(result)
    except ExpressionError as error:
        return _response(tree, error=_error("ExpressionEvaluationFailed", error))
    return _response(tree, values)


def _response(tree: Expression | None, values: list[str] | None = None, error: Resource | None = None) -> Resource:
    return {
        "parsingSucceeded": tree is not None,
        "parsedExpression": None if tree is None else tree_json(tree),
        "evaluationSucceeded": values is not None,
        "evaluationResult": values or [],
        "error": error,
    }


def _attributes(sample: _Input) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for each in sample.properties or ():
        if each.key in found:
            raise bad_request("testInputObject names a property twice.")
        found[each.key] = from_json(each.value)
    return found


def _environment(engine: Engine) -> Environment:
    """Return the surroundings of a try: nobody in the target has any value yet."""
    return Environment(now=engine.clock.now(), random=engine.random, new_guid=engine.new_guid, exists=lambda _: False)


def _texts(result: Result) -> list[str]:
    """Return the values as texts; of an attribute that is left out, or has no value, there is none."""
    if result is DROP:
        return []
    return [text(each) or "" for each in many(result)]


def _error(code: str, error: ExpressionError) -> Resource:
    return {"code": code, "message": str(error), "target": "expression", "details": [], "innerError": None}
