"""Have our answers the shape of Microsoft's documented samples, and do Graph's own models understand each part?

`samples/` are the samples of these pages, written anew with other values (of one of them with `initiatorType`, as the
type has it, for `initiatingType`):
https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from kiota_abstractions.serialization import Parsable, ParsableFactory
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.provisioning_object_summary import ProvisioningObjectSummary
from msgraph.generated.models.provisioning_step_type import ProvisioningStepType
from msgraph.generated.models.string_key_string_value_pair import StringKeyStringValuePair
from msgraph.generated.models.synchronization_job_application_parameters import SynchronizationJobApplicationParameters

from shared.web.on_demand_request import read_subjects
from tests.engine.local_engine import LocalEngine
from tests.shared.web.calling import LOGS
from tests.shared.web.running import company, job_path, operating, plain_people

_Model = TypeVar("_Model", bound=Parsable)
_SAMPLES = Path(__file__).parent / "samples"
_DETAILS = "details"
"""What stands in `details` is free; everywhere it is a text for each name."""


def sample(name: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads((_SAMPLES / f"{name}.json").read_text())


def assert_shape(ours: Any, documented: Any, path: str = "") -> None:  # noqa: ANN401 - any JSON
    """The same names at each level, and values of the same kind; a null may stand for any value."""
    if path.endswith(_DETAILS):
        assert ours is None or all(isinstance(text, str) for each in ours.items() for text in each), path
    elif isinstance(documented, dict) and ours is not None:
        assert set(ours) == set(documented), path
        for name, below in documented.items():
            assert_shape(ours[name], below, f"{path}/{name}")
    elif isinstance(documented, list):
        assert isinstance(ours, list), path
        for each in ours:
            assert_shape(each, documented[0], f"{path}[]")
    else:
        assert ours is None or documented is None or type(ours) is type(documented), path


def read(kind: type[_Model], value: object) -> _Model:
    node = JsonParseNodeFactory().get_root_parse_node("application/json", json.dumps(value).encode())
    found = node.get_object_value(cast("ParsableFactory[_Model]", kind))
    assert found is not None
    return found


def assert_known(ours: object, documented: object, path: str = "") -> None:
    """The model knows all that we say, and all that it finds in the sample it finds in ours, of the same type."""
    if isinstance(documented, list):
        assert isinstance(ours, list), path
        for each in ours:
            assert_known(each, documented[0], f"{path}[]")
        return
    assert type(ours) is type(documented), path
    if not is_dataclass(documented):
        return
    if _DETAILS not in path:
        assert ours.additional_data == {}, path  # type: ignore[attr-defined]
    for field in fields(documented):
        value = getattr(documented, field.name)
        if value is not None and field.name not in {"additional_data", "backing_store", "odata_type"}:
            assert_known(getattr(ours, field.name), value, f"{path}/{field.name}")


def as_summary(value: dict[str, Any]) -> dict[str, Any]:
    """An on-demand result as a log record says the same: names that differ, and words that this answer capitalizes."""
    steps = [
        {**_without(step, "type", "timestamp"), "provisioningStepType": step["type"], "status": step["status"].lower()}
        for step in value["provisioningSteps"]
    ]
    status = value["statusInfo"]
    error = _without(status, "status")
    category = error["errorCategory"]
    if category is not None:
        error["errorCategory"] = category[0].lower() + category[1:]
    return {
        "changeId": value["changeId"],
        "activityDateTime": value["startTime"],
        "provisioningAction": value["action"].lower(),
        "modifiedProperties": value["modifiedProperties"],
        "provisioningSteps": steps,
        "provisioningStatusInfo": {"status": status["status"].lower(), "errorInformation": error},
        **{f"{end}Identity": _renamed(value[f"{end}Identity"], "type", "identityType") for end in ("source", "target")},
        **{f"{end}System": _renamed(value[f"{end}System"], "name", "displayName") for end in ("source", "target")},
    }


def _without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in value.items() if name not in names}


def _renamed(value: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    return {other if each == name else each: below for each, below in value.items()}


async def records(world: LocalEngine, condition: str) -> list[dict[str, Any]]:
    async with operating(world) as client:
        answer = await client.get(LOGS, params={"$filter": condition})
    found: list[dict[str, Any]] = answer.json()["value"]
    assert found
    return found


async def on_demand(world: LocalEngine, person: str) -> Any:  # noqa: ANN401 - any JSON
    subject = {"objectId": person, "objectTypeName": "User"}
    async with operating(world) as client:
        answer = await client.post(
            job_path(world, "/provisionOnDemand"), json={"parameters": [{"subjects": [subject]}]}
        )
    return answer.json()


async def test_a_record_of_a_success_is_like_the_sample_to_the_eye_and_to_graphs_model() -> None:
    [documented] = sample("provisioning_success")["value"]
    world = await company(cycles=1)
    condition = "provisioningAction eq 'create' and provisioningStatusInfo/status eq 'success'"

    for record in await records(world, condition):
        assert_shape(record, documented)
        assert_known(read(ProvisioningObjectSummary, record), read(ProvisioningObjectSummary, documented))


async def test_a_record_of_a_failure_is_like_the_sample_to_the_eye_and_to_graphs_model() -> None:
    [documented] = sample("provisioning_failure")["value"]
    world = await company(cycles=1)

    for record in await records(world, "provisioningStatusInfo/status eq 'failure'"):
        assert_shape({name: record[name] for name in documented}, documented)  # the page has shortened it
        assert_known(read(ProvisioningObjectSummary, record), read(ProvisioningObjectSummary, documented))


async def test_the_model_reads_of_a_record_what_we_wrote() -> None:
    world = await company(cycles=1)

    for record in await records(world, "provisioningAction eq 'create'"):
        model = read(ProvisioningObjectSummary, record)
        assert [each.new_value for each in model.modified_properties or ()] == [
            each["newValue"] for each in record["modifiedProperties"]
        ]
        assert [each.description for each in model.provisioning_steps or ()] == [
            each["description"] for each in record["provisioningSteps"]
        ]


@pytest.mark.parametrize("cycles", [0, 1], ids=["created", "skipped"])
async def test_an_on_demand_answer_is_like_the_sample_to_the_eye_and_to_graphs_models(cycles: int) -> None:
    documented = sample("on_demand_skipped")
    world = await company(cycles=cycles)
    [person] = plain_people(world, 1)

    answer = await on_demand(world, person)

    pair = read(StringKeyStringValuePair, answer)
    key, value = json.loads(pair.key or ""), json.loads(pair.value or "")
    assert set(pair.additional_data) <= {"@odata.context"}
    assert_shape(key, documented["key"])
    assert_shape(value, documented["value"])
    ours, theirs = (read(ProvisioningObjectSummary, as_summary(each)) for each in (value, documented["value"]))
    assert_known(ours, theirs)
    types = [step.provisioning_step_type for step in ours.provisioning_steps or ()]
    assert types == [
        None,  # `import`, as documented: this version of the SDK calls it Import_ and does not find it by its name
        ProvisioningStepType.Scoping,
        ProvisioningStepType.Matching,
        *([ProvisioningStepType.Export] if cycles else [ProvisioningStepType.Processing, ProvisioningStepType.Export]),
    ]


async def test_a_skip_ends_like_the_sample() -> None:
    documented = sample("on_demand_skipped")
    world = await company(cycles=1)
    [person] = plain_people(world, 1)

    answer = await on_demand(world, person)

    last = json.loads(answer["value"])["provisioningSteps"][-1]
    theirs = documented["value"]["provisioningSteps"][-1]
    assert {name: last[name] for name in ("name", "type", "status")} == {
        name: theirs[name] for name in ("name", "type", "status")
    }
    assert last["details"]["SkipReason"] == theirs["details"]["SkipReason"]
    assert json.loads(answer["key"])["result"] == documented["key"]["result"]


def test_a_group_is_asked_for_as_in_the_sample_which_graphs_model_writes_too() -> None:
    documented = sample("on_demand_group_request")
    [parameters] = documented["parameters"]
    model = read(SynchronizationJobApplicationParameters, parameters)

    subjects = read_subjects(json.dumps(documented).encode())

    [subject] = list(model.subjects or [])
    assert subjects.group is not None
    assert subjects.group.id == subject.object_id
    assert subject.links is not None
    assert subjects.everybody == tuple(each.object_id for each in subject.links.members or ())
