"""The schema of a job over the API: read, replaced, put back, and what it could use."""

import asyncio
from typing import Any

import httpx
import pytest
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter
from msgraph.generated.models.directory_definition import DirectoryDefinition
from msgraph.generated.models.synchronization_schema import SynchronizationSchema

from sandbox.scenarios.scenario import Scenario
from shared.configuration.scoping_filter import FilterOperator
from shared.cycles.cycle import CycleKind
from shared.expressions import FUNCTIONS
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, id_of, mail_of, people, small_world
from tests.shared.configuration.schemas import entra_export, template
from tests.shared.web.calling import calling, error_of

SCHEMA = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}/schema"
EXTENSION = "extension_0123456789abcdef0123456789abcdef_costCode"
CONTROL = "@odata.context"


async def begun(world: Scenario | None = None) -> LocalEngine:
    local = LocalEngine(world or small_world(people(2)))
    await local.start()
    return local


def administering(local: LocalEngine) -> httpx.AsyncClient:
    return calling(local.engine, "Tenantsync.Administrator")


async def send(local: LocalEngine, method: str, path: str = "", **rest: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
    async with administering(local) as client:
        return await client.request(method, f"{SCHEMA}{path}", **rest)


def parsed(answer: httpx.Response, model: Any) -> Any:  # noqa: ANN401 - the SDK's models
    node = JsonParseNodeFactory().get_root_parse_node("application/json", answer.content)
    return node.get_object_value(model)


def without_control(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != CONTROL}


async def test_a_job_without_a_schema_of_its_own_shows_the_default_one() -> None:
    local = await begun()

    answer = await send(local, "GET")

    assert answer.headers["etag"] == '"1"'
    assert without_control(answer.json()) == template()
    schema = parsed(answer, SynchronizationSchema)
    assert [rule.id for rule in schema.synchronization_rules] == ["USER_INBOUND_USER"]
    assert {directory.name for directory in schema.directories} >= {
        schema.synchronization_rules[0].source_directory_name
    }


async def test_what_entra_exports_is_taken_and_comes_back_as_it_was() -> None:
    local = await begun()

    put = await send(local, "PUT", json=entra_export())
    read = await send(local, "GET")

    assert (put.status_code, put.content, put.headers["etag"]) == (204, b"", '"2"')
    assert without_control(read.json()) == without_control(entra_export())


async def test_what_was_read_can_be_put_back_with_one_change_and_is_provisioned_by() -> None:
    local = await begun()
    await local.run_cycle()
    schema = (await send(local, "GET")).json()
    [rule] = schema["synchronizationRules"]
    mapping = next(
        each for each in rule["objectMappings"][0]["attributeMappings"] if each["targetAttributeName"] == "department"
    )
    mapping["source"] = {"type": "Function", "name": "ToUpper", "expression": "ToUpper([department])", "parameters": []}

    answer = await send(local, "PUT", json=schema, headers={"If-Match": '"1"'})
    await local.run_cycle()

    assert answer.status_code == 204, answer.text
    assert (await local.cycle()).kind is CycleKind.INITIAL
    department = local.users()[mail_of("person0")]["department"]
    assert department
    assert department == department.upper()


async def test_graphs_own_client_changes_what_it_names_and_what_it_leaves_out_stays() -> None:
    local = await begun()
    await send(local, "PUT", json=entra_export())
    [rule] = parsed(await send(local, "GET"), SynchronizationSchema).synchronization_rules
    rule.name = "another"
    changed = SynchronizationSchema(synchronization_rules=[rule])
    writer = JsonSerializationWriter()
    writer.write_object_value(None, changed)

    headers = {"Content-Type": "application/json"}
    answer = await send(local, "PATCH", content=writer.get_serialized_content(), headers=headers)

    assert answer.status_code == 204, answer.text
    read = without_control((await send(local, "GET")).json())
    assert read["synchronizationRules"][0]["name"] == "another"
    assert read["directories"] == entra_export()["directories"]


async def test_of_two_who_change_a_part_each_nobody_loses_the_others() -> None:
    local = await begun()
    await send(local, "PUT", json=entra_export())
    rules = entra_export()["synchronizationRules"]
    rules[0]["name"] = "another"

    answers = await asyncio.gather(
        send(local, "PATCH", json={"synchronizationRules": rules}), send(local, "PATCH", json={"id": "another"})
    )

    assert [each.status_code for each in answers] == [204, 412]
    read = (await send(local, "GET")).json()
    assert (read["synchronizationRules"][0]["name"], read["id"]) == ("another", entra_export()["id"])


async def test_deleting_a_schema_goes_back_to_the_default_one() -> None:
    local = await begun()
    await send(local, "PUT", json=entra_export())

    answer = await send(local, "DELETE")

    assert (answer.status_code, answer.content) == (204, b"")
    assert without_control((await send(local, "GET")).json()) == template()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_schema_that_somebody_else_has_changed_is_not_replaced(method: str) -> None:
    local = await begun()
    await send(local, "PUT", json=entra_export())

    answer = await send(local, method, json=template(), headers={"If-Match": '"1"'})

    assert (answer.status_code, error_of(answer)["code"]) == (412, "PreconditionFailed")
    assert without_control((await send(local, "GET")).json()) == without_control(entra_export())


async def test_every_problem_of_a_schema_is_told_with_its_path_in_the_schema() -> None:
    local = await begun()
    schema = template()
    mappings = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
    mappings[1]["source"] = {"type": "Function", "expression": "Nonsense([mail])", "parameters": []}
    mappings[2]["targetAttributeName"] = "shoeSize"

    answer = await send(local, "PUT", json=schema)

    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, "InvalidConfiguration")
    paths = {detail["target"] for detail in error["details"]}
    assert all(path.startswith("/synchronizationRules/0/objectMappings/0/attributeMappings/") for path in paths)
    assert {path.split("/")[6] for path in paths} == {"1", "2"}
    assert (await local.state()).version == 1


@pytest.mark.parametrize("body", [[], "x", 7])
async def test_a_body_that_is_no_object_changes_nothing(body: object) -> None:
    local = await begun()

    answer = await send(local, "PUT", json=body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
    assert (await local.state()).version == 1


async def test_operators_and_functions_are_listed_as_graph_lists_them() -> None:
    local = await begun()

    operators = (await send(local, "GET", "/filterOperators")).json()["value"]
    functions = (await send(local, "GET", "/functions")).json()["value"]

    assert [each["name"] for each in operators] == list(FilterOperator)
    assert {"id", "name", "arity", "multivaluedComparisonType", "supportedAttributeTypes"} == set(operators[0])
    assert [(each["name"], *each["supportedAttributeTypes"]) for each in operators[-2:]] == [
        ("IS MEMBER OF", "Reference"),
        ("IS NOT MEMBER OF", "Reference"),
    ]
    assert [each["name"] for each in functions] == list(FUNCTIONS)
    replace = next(each for each in functions if each["name"] == "Replace")
    assert replace["parameters"][0] == {
        "name": "source",
        "type": "String",
        "required": True,
        "allowMultipleOccurrences": False,
    }


def with_extension() -> Scenario:
    return small_world(people(2), source={"extension_properties": (EXTENSION,)})


async def test_discovery_finds_what_a_user_has_and_the_extensions_of_the_tenant() -> None:
    local = await begun(with_extension())

    answer = await send(local, "POST", "/directories/source/discover", json={})

    assert answer.status_code == 200, answer.text
    definition = parsed(answer, DirectoryDefinition)
    [users] = definition.objects
    names = [attribute.name for attribute in users.attributes]
    assert len(names) == len(set(names))
    assert {"mail", "onPremisesSamAccountName", EXTENSION} <= set(names)
    assert answer.json()["discoveryDateTime"] == "2026-01-05T00:00:00Z"


async def test_discovery_of_the_target_names_what_may_be_written() -> None:
    local = await begun(with_extension())

    [users] = (await send(local, "POST", "/directories/target/discover", json={})).json()["objects"]

    names = {attribute["name"] for attribute in users["attributes"]}
    assert "jobTitle" in names
    assert not {EXTENSION, "onPremisesSamAccountName"} & names


@pytest.mark.parametrize("verb", ["discover", "attributes"])
async def test_a_directory_that_the_schema_does_not_have_is_not_found(verb: str) -> None:
    local = await begun()

    answer = await send(local, "POST", f"/directories/nowhere/{verb}", json={"name": "x", "type": "String"})

    assert (answer.status_code, error_of(answer)["code"]) == (404, "ResourceNotFound")


async def test_an_attribute_can_be_added_by_hand_once() -> None:
    local = await begun(with_extension())
    attribute = {"name": EXTENSION, "type": "String"}

    added = await send(local, "POST", "/directories/source/attributes", json=attribute)
    again = await send(local, "POST", "/directories/source/attributes", json=attribute)

    assert (added.status_code, added.json(), added.headers["etag"]) == (201, attribute, '"2"')
    assert (again.status_code, error_of(again)["code"]) == (409, "Conflict")
    directories = (await send(local, "GET")).json()["directories"]
    [users] = next(each for each in directories if each["id"] == "source")["objects"]
    assert attribute in users["attributes"]


async def test_an_attribute_of_a_wrong_shape_is_refused() -> None:
    local = await begun()

    answer = await send(local, "POST", "/directories/source/attributes", json={"name": 7})

    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidConfiguration")
    assert (await local.state()).version == 1


async def test_people_are_provisioned_on_demand_by_the_rule_of_the_jobs_own_schema() -> None:
    local = await begun()
    export = entra_export()
    await send(local, "PUT", json=export)
    rule = export["synchronizationRules"][0]["id"]
    subjects = [{"objectId": id_of("person0"), "objectTypeName": "User"}]

    async with administering(local) as client:
        answers = [
            await client.post(
                SCHEMA.replace("/schema", "/provisionOnDemand"),
                json={"parameters": [{"ruleId": rule_id, "subjects": subjects}]},
            )
            for rule_id in (rule, "another")
        ]

    assert [answer.status_code for answer in answers] == [200, 400], answers[0].text
