"""Have our answers the shape of Microsoft's documented samples, and do Graph's own models understand each part?

https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import json
from typing import Any, TypeVar, cast

from kiota_abstractions.serialization import Parsable, ParsableFactory
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.modified_property import ModifiedProperty
from msgraph.generated.models.provisioning_object_summary import ProvisioningObjectSummary
from msgraph.generated.models.provisioning_step import ProvisioningStep
from msgraph.generated.models.provisioning_step_type import ProvisioningStepType
from msgraph.generated.models.string_key_string_value_pair import StringKeyStringValuePair

from tests.shared.web.calling import LOGS
from tests.shared.web.running import company, job_path, operating, plain_people

_Model = TypeVar("_Model", bound=Parsable)

# The names in the documented samples, level by level; `details` are free.
RECORD: dict[str, Any] = {
    "id": None,
    "activityDateTime": None,
    "tenantId": None,
    "jobId": None,
    "cycleId": None,
    "changeId": None,
    "provisioningAction": None,
    "durationInMilliseconds": None,
    "provisioningStatusInfo": {"status": None, "errorInformation": None},
    "provisioningSteps": {
        "name": None,
        "provisioningStepType": None,
        "status": None,
        "description": None,
        "details": None,
    },
    "modifiedProperties": {"displayName": None, "oldValue": None, "newValue": None},
    "servicePrincipal": {"id": None, "displayName": None},
    "sourceSystem": {"id": None, "displayName": None, "details": None},
    "targetSystem": {"id": None, "displayName": None, "details": None},
    "initiatedBy": {"id": None, "displayName": None, "initiatorType": None},
    "sourceIdentity": {"id": None, "displayName": None, "identityType": None, "details": None},
    "targetIdentity": {"id": None, "displayName": None, "identityType": None, "details": None},
}
STEP = {"name", "type", "status", "description", "timestamp", "details"}


def assert_shape(value: object, shape: dict[str, Any]) -> None:
    if isinstance(value, list):
        assert value
        for each in value:
            assert_shape(each, shape)
        return
    assert isinstance(value, dict)
    assert set(value) == set(shape)
    for name, below in shape.items():
        if below is not None:
            assert_shape(value[name], below)


def read(kind: type[_Model], value: object) -> _Model:
    node = JsonParseNodeFactory().get_root_parse_node("application/json", json.dumps(value).encode())
    found = node.get_object_value(cast("ParsableFactory[_Model]", kind))
    assert found is not None
    assert not found.additional_data or set(found.additional_data) <= {"@odata.context"}  # type: ignore[attr-defined]
    return found


async def test_a_log_record_has_the_documented_shape_and_graphs_model_knows_all_of_it() -> None:
    world = await company(cycles=1)
    async with operating(world) as client:
        records = (await client.get(f"{LOGS}?$filter=provisioningAction eq 'create'")).json()["value"]
    created = [each for each in records if each["modifiedProperties"]]
    assert created

    for record in created:
        assert_shape(record, RECORD)
        model = read(ProvisioningObjectSummary, record)
        assert model.modified_properties is not None
        assert model.provisioning_steps is not None
        assert [each.new_value for each in model.modified_properties] == [
            each["newValue"] for each in record["modifiedProperties"]
        ]
        assert [each.description for each in model.provisioning_steps] == [
            each["description"] for each in record["provisioningSteps"]
        ]
        assert all(each.additional_data == {} for each in model.provisioning_steps)


async def test_an_on_demand_answer_has_the_documented_shape_and_graphs_models_know_its_parts() -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)
    subject = {"objectId": person, "objectTypeName": "User"}
    async with operating(world) as client:
        answer = await client.post(
            job_path(world, "/provisionOnDemand"), json={"parameters": [{"subjects": [subject]}]}
        )

    pair = read(StringKeyStringValuePair, answer.json())
    assert pair.value is not None
    value = json.loads(pair.value)
    for modified in value["modifiedProperties"]:
        assert set(modified) == {"displayName", "oldValue", "newValue"}
        assert read(ModifiedProperty, modified).display_name == modified["displayName"]
    types: list[ProvisioningStepType | None] = []
    for step in value["provisioningSteps"]:
        assert set(step) == STEP
        # this answer spells a step's words with capitals and its type without its prefix: the log's model is asked so
        spelled = {**step, "provisioningStepType": step["type"].lower(), "status": step["status"].lower()}
        model = read(ProvisioningStep, {name: spelled[name] for name in RECORD["provisioningSteps"]})
        assert model.description == step["description"]
        types.append(model.provisioning_step_type)
    assert types == [
        None,  # `import`, as documented: this version of the SDK calls it Import_ and does not find it by its name
        ProvisioningStepType.Scoping,
        ProvisioningStepType.Matching,
        ProvisioningStepType.Processing,
        ProvisioningStepType.Export,
    ]
