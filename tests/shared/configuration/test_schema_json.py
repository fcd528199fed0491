"""Does a schema come back out as it came in, and does one change change one place?"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    ExpressionSource,
    FlowBehavior,
    FlowType,
    ObjectFlowType,
    ObjectMapping,
)
from shared.configuration.document import parse, serialize
from shared.configuration.schema_json import read_schema, write_schema
from shared.configuration.schema_rules import schema_problems
from shared.configuration.shape import shape_problems
from shared.configuration.source_json import read_source, write_source
from shared.configuration.synchronization_schema import SynchronizationSchema
from shared.configuration.templates import default_schema
from tests.shared.configuration.documents import document
from tests.shared.configuration.schemas import MAPPINGS, USERS, differing, entra_export, put, template

EXPORT = entra_export()
COUNT = len(EXPORT["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"])


def changed_mapping(number: int, **changes: object) -> SynchronizationSchema:
    """The export with one mapping of people changed through the model."""
    return changed_users(lambda users: replace(users, attribute_mappings=changed_at(users, number, changes)))


def changed_at(users: ObjectMapping, number: int, changes: dict[str, object]) -> tuple[AttributeMapping, ...]:
    mappings = list(users.attribute_mappings)
    mappings[number] = replace(mappings[number], **changes)  # type: ignore[arg-type]
    return tuple(mappings)


def changed_users(change: Callable[[ObjectMapping], ObjectMapping]) -> SynchronizationSchema:
    schema = read_schema(EXPORT)
    rule = schema.synchronization_rules[0]
    groups, users = rule.object_mappings
    return replace(schema, synchronization_rules=(replace(rule, object_mappings=(groups, change(users))),))


def test_what_the_portal_exports_comes_back_out_as_it_came_in() -> None:
    assert list(schema_problems(EXPORT, "")) == []
    assert list(differing(write_schema(read_schema(EXPORT)), EXPORT)) == []


def test_the_default_template_is_a_schema_like_any_other() -> None:
    written = template()

    assert list(schema_problems(written, "")) == []
    assert read_schema(written) == default_schema()
    assert write_schema(read_schema(written)) == written


def test_a_configuration_keeps_its_schema() -> None:
    configuration = parse(document({"/schema": EXPORT}))

    written = serialize(configuration)

    assert list(differing(json.loads(written)["schema"], EXPORT)) == []
    assert parse(written) == configuration


@pytest.mark.parametrize("number", range(COUNT))
@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"default_value": "x"}, "defaultValue"),
        ({"matching_priority": 7}, "matchingPriority"),
        ({"flow_type": FlowType.VALUE_ADD_ONLY}, "flowType"),
        ({"flow_behavior": FlowBehavior.FLOW_ALWAYS}, "flowBehavior"),
        ({"target_attribute": "other"}, "targetAttributeName"),
    ],
)
def test_one_mapping_changed_through_the_model_changes_only_that_place(
    number: int, changes: dict[str, object], member: str
) -> None:
    written = write_schema(changed_mapping(number, **changes))

    assert list(differing(written, EXPORT)) == [f"{MAPPINGS}/{number}/{member}"]


@pytest.mark.parametrize(
    "source", [None, DirectSource(name="x"), ConstantSource(value='a "b"'), ExpressionSource(text='Trim("other")')]
)
def test_another_source_changes_only_the_source(source: object) -> None:
    for number in range(COUNT):
        written = write_schema(changed_mapping(number, source=source))

        assert all(each.startswith(f"{MAPPINGS}/{number}/source") for each in differing(written, EXPORT))
        assert write_schema(read_schema(written)) == written


def test_a_flag_left_out_changes_only_the_flags() -> None:
    written = write_schema(changed_users(lambda users: replace(users, flow_types=frozenset({ObjectFlowType.ADD}))))

    assert list(differing(written, EXPORT)) == [f"{USERS}/flowTypes"]


def test_no_flag_at_all_is_a_word_of_its_own() -> None:
    written = write_schema(changed_users(lambda users: replace(users, flow_types=frozenset[ObjectFlowType]())))

    assert written["synchronizationRules"][0]["objectMappings"][1]["flowTypes"] == "None"
    assert read_schema(written).synchronization_rules[0].object_mappings[1].flow_types == frozenset()


def test_a_name_in_the_filter_changes_only_that_name() -> None:
    def renamed(users: ObjectMapping) -> ObjectMapping:
        assert users.scope is not None
        first, second = users.scope.groups
        return replace(users, scope=replace(users.scope, groups=(replace(first, name="New"), second)))

    assert list(differing(write_schema(changed_users(renamed)), EXPORT)) == [f"{USERS}/scope/groups/0/name"]


POINTERS = sorted(
    (
        *(f"{MAPPINGS}/{number}" for number in range(COUNT)),
        *(f"{MAPPINGS}/{number}/source" for number in range(COUNT)),
        *("/synchronizationRules/0", USERS, f"{USERS}/scope", f"{USERS}/scope/groups/0"),
        f"{USERS}/scope/groups/0/clauses/0",
        f"{USERS}/scope/groups/0/clauses/0/targetOperand",
        *("/directories/0", "/directories/1", "/directories/0/objects/0"),
        *(f"/directories/0/objects/0/attributes/{number}" for number in range(20)),
    )
)


@st.composite
def disturbed(draw: st.DrawFn) -> dict[str, Any]:
    """The export with members left out, null or unknown, here and there."""
    value = EXPORT
    for pointer in draw(st.lists(st.sampled_from(POINTERS), max_size=6)):
        place: Any = value
        for step in pointer.removeprefix("/").split("/"):
            if isinstance(place, dict | list):
                place = place[int(step)] if isinstance(place, list) else place.get(step)
        if not isinstance(place, dict):
            continue
        name = draw(st.sampled_from([*place, "unknown"]))
        new = draw(st.none() | st.integers(0, 3) | st.text(max_size=3) | st.booleans() | st.just({"deep": [1, None]}))
        changed = {**place, name: new}
        if draw(st.booleans()):
            del changed[name]
        value = put(value, pointer, changed)
    return value


@settings(deadline=None, max_examples=60)
@given(disturbed())
def test_whatever_is_left_out_null_or_unknown_stays_so(value: dict[str, Any]) -> None:
    assume(not list(shape_problems(document({"/schema": value}))))

    assert list(differing(write_schema(read_schema(value)), value)) == []


def test_a_schema_made_by_the_model_writes_every_member_of_graph() -> None:
    mapping = template()["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"][0]

    assert set(mapping) == {
        *("targetAttributeName", "source", "flowType", "flowBehavior", "defaultValue", "matchingPriority"),
        *("exportMissingReferences", "flowNullValues"),
    }
    assert mapping["source"] == {"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []}


def test_a_source_writes_the_tree_that_graph_writes() -> None:
    # the samples of https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
    text = 'Replace([preferredLanguage], "-", , , "_", , )'

    assert write_source(ExpressionSource(text=text)) == {
        "type": "Function",
        "name": "Replace",
        "expression": text,
        "parameters": [
            {"key": "source", "value": write_source(DirectSource(name="preferredLanguage"))},
            {"key": "Find", "value": write_source(ConstantSource(value="-"))},
            {"key": "Replacement", "value": write_source(ConstantSource(value="_"))},
        ],
    }


@pytest.mark.parametrize(
    ("text", "name", "keys"),
    [
        ("Mid([mail], 1, 8)", "Mid", ["source", "start", "length"]),
        ("Unheard([mail], 5)", "Unheard", ["0", "1"]),
        ('[givenName] & "x"', "", []),
        ("Trim(", "", []),
        ("Trim([a] & [b])", "Trim", ["value"]),
        ("Trim([a], [b], [c])", "Trim", ["value", "1", "2"]),
    ],
)
def test_arguments_go_by_graphs_names_or_by_their_numbers(text: str, name: str, keys: list[str]) -> None:
    written = write_source(ExpressionSource(text=text))

    assert (written["name"], [each["key"] for each in written["parameters"]]) == (name, keys)


@pytest.mark.parametrize(
    "text",
    [
        'Replace([preferredLanguage], "-", , , "_")',
        'Switch([state], , "NSW", "Sydney", "VIC", Trim("a"))',
        'Join("-", [companyName], ToUpper([department]))',
        "Unheard([mail], [mail])",
        "Trim()",
    ],
)
def test_an_expression_without_a_text_is_made_of_its_tree(text: str) -> None:
    tree = {name: each for name, each in write_source(ExpressionSource(text=text)).items() if name != "expression"}

    source = read_source(tree)

    assert isinstance(source, ExpressionSource)
    assert source.text.replace("()", "").rstrip(")") == text.replace("()", "").rstrip(")")


def test_a_slot_without_a_value_is_an_empty_one() -> None:
    assert read_source({"type": "Function", "name": "Trim", "parameters": [{"key": "value", "value": None}]}) == (
        ExpressionSource(text="Trim()")
    )
    bare = {"type": "Attribute", "name": "mail"}, {"type": "Constant", "name": "x"}
    parameters = [{"key": str(number), "value": each} for number, each in enumerate(bare)]
    assert read_source({"type": "Function", "name": "Unheard", "parameters": parameters}) == (
        ExpressionSource(text='Unheard([mail], "x")')
    )
