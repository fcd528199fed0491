"""parseExpression: how an expression is understood, what it gives, and where it is wrong."""

from typing import Any

import httpx
import pytest
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.parse_expression_response import ParseExpressionResponse

from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, people, small_world
from tests.shared.web.calling import calling, error_of

PARSE = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}/schema/parseExpression"


async def ask(body: object) -> httpx.Response:
    local = LocalEngine(small_world(people(1)))
    await local.start()
    async with calling(local.engine, "Tenantsync.Reader") as client:
        return await client.post(PARSE, json=body)


def sample(**values: object) -> dict[str, Any]:
    return {"definition": None, "properties": [{"key": key, "value": value} for key, value in values.items()]}


async def test_the_documented_example_is_answered_as_documented() -> None:
    expression = 'Replace([preferredLanguage], "-", , , "_", , )'

    answer = await ask({"expression": expression, "testInputObject": sample(preferredLanguage="EN-US")})

    body = answer.json()
    assert (answer.status_code, body["parsingSucceeded"], body["evaluationSucceeded"]) == (200, True, True)
    assert body["evaluationResult"] == ["EN_US"]
    assert body["error"] is None
    tree = body["parsedExpression"]
    assert (tree["type"], tree["name"]) == ("Function", "Replace")
    assert [each["value"]["name"] for each in tree["parameters"]] == ["preferredLanguage", "-", "_"]
    assert [each["key"].casefold() for each in tree["parameters"]] == ["source", "find", "replacement"]
    node = JsonParseNodeFactory().get_root_parse_node("application/json", answer.content)
    parsed: Any = node.get_object_value(ParseExpressionResponse)
    assert parsed.parsed_expression.name == "Replace"
    assert parsed.evaluation_result == ["EN_US"]


async def test_without_a_sample_nothing_is_evaluated() -> None:
    body = (await ask({"expression": "ToUpper([city])"})).json()

    assert (body["parsingSucceeded"], body["evaluationSucceeded"], body["evaluationResult"]) == (True, False, [])


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("[city]", {"city": "Gera"}, ["Gera"]),
        ("[city]", {}, []),
        ("[phones]", {"phones": ["1", "2"]}, ["1", "2"]),
        ("IgnoreFlowIfNullOrEmpty([city])", {}, []),
        ("Count([phones])", {"phones": ["1", "2"]}, ["2"]),
        ("Not([enabled])", {"enabled": "True"}, ["False"]),
    ],
)
async def test_values_are_answered_as_texts(expression: str, values: dict[str, object], result: list[str]) -> None:
    body = (await ask({"expression": expression, "testInputObject": sample(**values)})).json()

    assert (body["evaluationSucceeded"], body["evaluationResult"]) == (True, result)


async def test_what_is_no_expression_is_pointed_at() -> None:
    body = (await ask({"expression": "ToUpper([city]", "testInputObject": sample(city="Gera")})).json()

    assert (body["parsingSucceeded"], body["parsedExpression"], body["evaluationSucceeded"]) == (False, None, False)
    assert body["error"]["code"] == "ExpressionParsingFailed"
    assert "^" in body["error"]["message"]


async def test_what_cannot_be_evaluated_is_understood_all_the_same() -> None:
    body = (await ask({"expression": 'Error("nobody")', "testInputObject": sample()})).json()

    assert (body["parsingSucceeded"], body["evaluationSucceeded"]) == (True, False)
    assert body["error"]["code"] == "ExpressionEvaluationFailed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"expression": 7},
        {"expression": "[a]", "testInputObject": []},
        {"expression": "[a]", "testInputObject": {"properties": [{"value": 1}]}},
        {"expression": "[a]", "testInputObject": {"properties": [{"key": "a"}, {"key": "a"}]}},
    ],
)
async def test_a_body_of_another_shape_is_refused(body: object) -> None:
    answer = await ask(body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
