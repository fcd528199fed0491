"""What does a mapping of one's own write: expressions, extensions, null values, times and chances?"""

from datetime import UTC, datetime

import pytest

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    ExpressionSource,
    FlowBehavior,
    FlowType,
    MetadataEntry,
    ObjectMapping,
)
from shared.configuration.synchronization_schema import AttributeDefinition, ObjectDefinition
from shared.configuration.user_mapping import NULLS_FLOW, UserMapping
from shared.expressions import Environment
from shared.provisioning.attribute_flow import Flow, Flowed, Taken, compiled_flow
from shared.provisioning.compiled_attribute import STILL
from shared.provisioning.entry import Attributes, AttributeValue
from shared.provisioning.provisioning_log import ModifiedProperty
from tests.shared.provisioning.people import FLOW, flow_of, person

EXTENSION = "extension_0123456789abcdef0123456789abcdef_level"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
NUMBERS = iter(range(1_000_000))
ENVIRONMENT = Environment(
    now=NOON, random=lambda below: next(NUMBERS) % below, new_guid=lambda: "a guid", exists=lambda _: False
)


def direct(target: str, source: str = "", **members: object) -> AttributeMapping:
    return AttributeMapping(target_attribute=target, source=DirectSource(name=source or target), **members)  # type: ignore[arg-type]


def expression(target: str, text: str, **members: object) -> AttributeMapping:
    return AttributeMapping(target_attribute=target, source=ExpressionSource(text=text), **members)  # type: ignore[arg-type]


def constant(target: str, value: str, **members: object) -> AttributeMapping:
    return AttributeMapping(target_attribute=target, source=ConstantSource(value=value), **members)  # type: ignore[arg-type]


def evaluated(flow: Flow, *, creating: bool = False, taken: Taken = frozenset(), **changes: AttributeValue) -> Flowed:
    return flow.evaluate(person(**changes), creating=creating, environment=ENVIRONMENT, taken=taken)


def values(*mappings: AttributeMapping, **changes: AttributeValue) -> Attributes:
    return flow_of(*mappings).evaluate(person(**changes), creating=False, environment=ENVIRONMENT).values


@pytest.mark.parametrize(
    ("mapping", "changes", "expected"),
    [
        (expression("city", 'Join("-", [city], ToUpper([department]))'), {"city": "Ulm", "department": "it"}, "Ulm-IT"),
        (direct("city", "st"), {"state": "Hesse"}, "Hesse"),
        (direct("officeLocation", "physicalDeliveryOfficeName"), {"officeLocation": "5"}, "5"),
        (direct("city", "telephoneNumber"), {"businessPhones": ("1", "2")}, "1"),
        (direct("city", "telephoneNumber"), {"businessPhones": ()}, None),
        (direct("city", "proxyAddresses"), {"proxyAddresses": ("", "a", "b")}, "a"),
        (direct("city", "objectId"), {}, "s-ada"),
        (direct("city", "accountEnabled"), {}, "True"),
        (direct("city", EXTENSION), {EXTENSION: 7}, "7"),
        (expression("city", "Not([IsSoftDeleted])"), {}, "True"),
        (expression("city", "Count([businessPhones])"), {}, "1"),
        (expression("employeeHireDate", "CDate([companyName])"), {"companyName": "2026-01-31"}, "2026-01-31T00:00:00Z"),
        (direct("employeeHireDate", "createdDateTime"), {}, "2025-06-01T00:00:00Z"),
        (constant("city", ""), {}, None),
    ],
)
def test_a_value_becomes_what_the_attribute_takes(
    mapping: AttributeMapping, changes: dict[str, AttributeValue], expected: AttributeValue
) -> None:
    assert values(mapping, **changes).get(mapping.target_attribute) == expected


@pytest.mark.parametrize(
    ("mapping", "name", "expected"),
    [
        (direct("mobile", "mail"), "mobilePhone", "ada@contoso.example"),
        (direct("telephoneNumber", "mail"), "businessPhones", ("ada@contoso.example",)),
        (
            direct("extensionAttribute5", "mail"),
            "onPremisesExtensionAttributes/extensionAttribute5",
            "ada@contoso.example",
        ),
        (direct(EXTENSION, "mail"), EXTENSION, "ada@contoso.example"),
        (constant("accountEnabled", "False"), "accountEnabled", False),
        (expression("accountEnabled", "Count([businessPhones])"), "accountEnabled", True),
        (direct("businessPhones", "proxyAddresses"), "businessPhones", None),
    ],
)
def test_a_target_by_entras_name_is_graphs_property(
    mapping: AttributeMapping, name: str, expected: AttributeValue
) -> None:
    assert values(mapping).get(name) == expected


@pytest.mark.parametrize(("value", "expected"), [("7", 7), (True, 1), (3.0, 3)])
def test_an_extension_takes_the_type_that_the_schema_says(value: AttributeValue, expected: int) -> None:
    definition = ObjectDefinition(name="User", attributes=(AttributeDefinition(name=EXTENSION, type="Integer"),))
    mapping = ObjectMapping(attribute_mappings=(direct(EXTENSION, "city"),))
    flow = compiled_flow(UserMapping(mapping=mapping, target=definition))

    assert evaluated(flow, city=value).values == {EXTENSION: expected}
    assert [each.name for each in evaluated(flow, city="many").problems] == [EXTENSION]


def test_what_cannot_be_computed_is_a_problem_that_names_no_value() -> None:
    flow = flow_of(direct("accountEnabled", "city"), expression("state", 'Error("no state")'), direct("city"))

    flowed = evaluated(flow, city="Atlantis")

    assert flowed.values == {"city": "Atlantis"}
    assert [each.name for each in flowed.problems] == ["accountEnabled", "state"]
    assert "Atlantis" not in str(flowed.problems)


def test_what_cannot_be_computed_has_a_digest_of_its_own() -> None:
    flow = flow_of(direct("accountEnabled", "city"), direct("state"))

    one, other = person(city="Atlantis"), person(city="true")

    assert flow.digest(one) == flow.digest(person(city="Ys"))
    assert flow.digest(one) != flow.digest(other)


def test_an_expression_can_leave_an_attribute_out() -> None:
    mapping = expression("city", "IgnoreFlowIfNullOrEmpty([city])", flow_null_values=True)

    assert values(mapping) == {}
    assert values(mapping, city="Ulm") == {"city": "Ulm"}


NULLS = ObjectDefinition(
    name="User",
    attributes=(
        AttributeDefinition(name="city", flow_null_values=True),
        AttributeDefinition(name="state", flow_null_values=True),
        AttributeDefinition(name="department"),
    ),
)


@pytest.mark.parametrize(
    ("mapping", "everywhere", "clears"),
    [
        (direct("city"), "", False),
        (direct("city"), "True", True),
        (direct("city"), "False", False),
        (direct("city", flow_null_values=True), "", True),
        (direct("department", flow_null_values=True), "", False),
        (direct("country", flow_null_values=True), "", False),
        (direct("displayName", "city", flow_null_values=True), "", False),
        (expression("city", "Trim([city] & [state])", flow_null_values=True), "", True),
        (expression("city", "Trim([city] & [department])", flow_null_values=True), "", False),
        (direct("city", flow_null_values=True, flow_type=FlowType.VALUE_ADD_ONLY), "", False),
    ],
)
def test_a_missing_value_clears_only_where_both_ends_let_null_values_flow(
    mapping: AttributeMapping, everywhere: str, clears: bool
) -> None:
    metadata = (MetadataEntry(key=NULLS_FLOW, value=everywhere or None),)
    whole = ObjectMapping(attribute_mappings=(mapping,), metadata=metadata)
    flow = compiled_flow(UserMapping(mapping=whole, source=NULLS))

    found = evaluated(flow, displayName=None).values

    assert found == ({mapping.target_attribute: None} if clears else {})


def test_a_default_fills_in_on_create_only() -> None:
    flow = flow_of(direct("city", default_value="Ulm"))

    assert evaluated(flow, creating=True).values == {"city": "Ulm"}
    assert evaluated(flow).values == {}


def test_without_a_source_the_target_keeps_what_it_has_and_the_default_fills_what_is_empty() -> None:
    flow = flow_of(
        AttributeMapping(target_attribute="city", default_value="Ulm"), AttributeMapping(target_attribute="state")
    )

    assert evaluated(flow, creating=True).values == {"city": "Ulm"}
    assert evaluated(flow).values == {}
    assert flow.against({}, {"city": "", "state": None}) == {"city": "Ulm"}
    assert flow.against({}, {"city": "Jena"}) == {}
    assert flow.digest(person()) == flow_of().digest(person())


@pytest.mark.parametrize(
    ("flow_type", "desired", "current", "flows"),
    [
        (FlowType.ALWAYS, "a", "b", "a"),
        (FlowType.ATTRIBUTE_ADD_ONLY, "a", "b", None),
        (FlowType.ATTRIBUTE_ADD_ONLY, "a", None, "a"),
        (FlowType.VALUE_ADD_ONLY, "a", "b", "a"),
        (FlowType.MULTI_VALUE_ADD_ONLY, ("a", "b"), ("b", "c"), ("b", "c", "a")),
        (FlowType.VALUE_ADD_ONLY, ("a",), None, ("a",)),
        (FlowType.MULTI_VALUE_ADD_ONLY, "a", None, None),
    ],
)
def test_the_flow_type_says_what_may_change(
    flow_type: FlowType, desired: AttributeValue, current: AttributeValue, flows: AttributeValue
) -> None:
    name = "businessPhones" if isinstance(desired, tuple) else "city"
    flow = flow_of(direct(name, flow_type=flow_type))

    assert flow.against({name: desired}, {name: current}) == ({} if flows is None else {name: flows})


def test_what_flows_always_is_written_with_every_update_and_never_alone() -> None:
    flow = flow_of(direct("city", flow_behavior=FlowBehavior.FLOW_ALWAYS), direct("state"))
    desired: Attributes = {"city": "Ulm", "state": "x"}

    assert flow.to_write(desired, flow.differences(desired, desired)) == {}
    assert flow.to_write(desired, flow.differences(desired, {"city": "Ulm"})) == desired


def test_time_and_chance_are_no_reason_to_write_but_flow_along() -> None:
    flow = flow_of(expression("city", 'FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")'), direct("state"))
    desired = evaluated(flow, state="x").values
    before: Attributes = {"city": "2020-01-01", "state": "x"}

    assert desired == {"city": "2026-03-04", "state": "x"}
    assert flow.digest(person(state="x")) == flow_of(direct("state")).digest(person(state="x"))
    assert flow.to_write(desired, flow.differences(desired, before)) == {}
    assert flow.to_write(desired, flow.differences(desired, {**before, "state": "y"})) == desired
    assert flow.to_write(desired, flow.differences(desired, {"state": "x"})) == {"city": "2026-03-04"}


def test_a_failure_of_chance_is_no_part_of_the_digest() -> None:
    flow = flow_of(expression("accountEnabled", 'Now() & "x"'), direct("state"))

    assert evaluated(flow).problems
    assert flow.digest(person()) == flow_of(direct("state")).digest(person())


UNIQUE = expression(
    "mailNickname",
    'SelectUniqueValue([givenName], [givenName] & "2", [givenName] & "3")',
    flow_type=FlowType.OBJECT_ADD_ONLY,
)


def test_a_unique_value_is_the_first_that_the_target_does_not_have() -> None:
    flow = flow_of(UNIQUE, direct("city"))

    assert flow.candidates(person(), ENVIRONMENT) == (
        ("mailNickname", "Ada"),
        ("mailNickname", "Ada2"),
        ("mailNickname", "Ada3"),
    )
    taken = frozenset({("mailNickname", "ada"), ("mailNickname", "ada2"), ("city", "ada3")})
    assert evaluated(flow, creating=True, taken=taken).values["mailNickname"] == "Ada3"
    assert "mailNickname" not in evaluated(flow, taken=taken).values


def test_where_no_unique_value_is_left_the_person_cannot_be_created() -> None:
    taken = frozenset(("mailNickname", each) for each in ("ada", "ada2", "ada3"))

    assert [each.name for each in evaluated(flow_of(UNIQUE), creating=True, taken=taken).problems] == ["mailNickname"]


def test_nobody_is_asked_for_values_that_are_not_unique() -> None:
    assert FLOW.candidates(person(), ENVIRONMENT) == ()


@pytest.mark.parametrize(
    ("mappings", "mail"),
    [
        ((), "ada@contoso.example"),
        ((expression("mail", 'Replace([mail], "contoso", , , "fabrikam", , )'),), "ada@fabrikam.example"),
        ((direct("mail", "city"),), None),
        ((expression("mail", 'Error("none")'),), None),
    ],
)
def test_the_address_is_what_the_mapping_makes_of_it(mappings: tuple[AttributeMapping, ...], mail: str | None) -> None:
    assert flow_of(*mappings).mail(person()) == mail


@pytest.mark.parametrize(
    ("mappings", "enables"),
    [
        ((), True),
        ((direct("accountEnabled"),), False),
        ((expression("accountEnabled", "Not([IsSoftDeleted])"),), False),
        ((constant("accountEnabled", "True"),), True),
        ((direct("accountEnabled", "city"),), True),
        ((direct("accountEnabled", "displayName"),), True),
        ((expression("accountEnabled", 'DateDiff("d", Now(), Now()) > 0'),), True),
    ],
)
def test_whether_an_object_may_sign_in_is_what_the_mapping_makes_of_it(
    mappings: tuple[AttributeMapping, ...], enables: bool
) -> None:
    assert flow_of(*mappings).enables(person(accountEnabled=False)) is enables


def test_a_schema_of_ones_own_compares_without_case_unless_it_says_otherwise() -> None:
    exact = ObjectDefinition(name="User", attributes=(AttributeDefinition(name="state", case_exact=True),))
    mapping = ObjectMapping(attribute_mappings=(direct("city"), direct("state")))
    flow = compiled_flow(UserMapping(mapping=mapping, target=exact))

    modified = flow.differences({"city": "Ulm", "state": "x"}, {"city": "ULM", "state": "X"})

    assert [each.name for each in modified] == ["state"]


def test_no_log_shows_what_a_mapping_redacts() -> None:
    flow = flow_of(expression("city", "Redact([department])"), direct("state"))
    desired: Attributes = {"city": "secret", "state": "x"}

    assert values(expression("city", "Redact([department])"), department="secret") == {"city": "secret"}
    assert flow.redacted_properties() == {"department"}
    assert flow.differences(desired, {}) == (
        ModifiedProperty(name="city", current=None, desired="[Redact]"),
        ModifiedProperty(name="state", current=None, desired="x"),
    )
    assert flow.all_modified({"city": "secret"}) == (ModifiedProperty(name="city", current=None, desired="[Redact]"),)
    assert flow.to_write(desired, flow.differences(desired, {"city": "old", "state": "x"})) == {"city": "secret"}


def test_what_depends_on_nothing_but_the_person_is_not_told_of_anything_else() -> None:
    for ask in (lambda: STILL.random(5), STILL.new_guid, lambda: STILL.exists("x")):
        with pytest.raises(LookupError):
            ask()


@pytest.mark.parametrize(
    ("priorities", "before", "after"),
    [
        ({"mail": 1, "employeeId": 2, "mailNickname": 0}, [], ["employeeId"]),
        ({"mail": 5, "employeeId": 2, "mailNickname": 1}, ["mailNickname", "employeeId"], []),
        ({"mail": 0, "employeeId": 2, "mailNickname": 1}, [], ["mailNickname", "employeeId"]),
        ({"mail": 2, "employeeId": 1, "city": 3}, ["employeeId"], []),
    ],
)
def test_matching_attributes_are_tried_in_their_order_around_the_address(
    priorities: dict[str, int], before: list[str], after: list[str]
) -> None:
    flow = flow_of(*(direct(name, matching_priority=priority) for name, priority in priorities.items()))

    found = flow.matches(person(employeeId="7"))

    assert ([name for name, _ in found.before], [name for name, _ in found.after]) == (before, after)


def test_a_list_that_is_left_out_is_no_part_of_the_digest() -> None:
    flow = flow_of(expression("businessPhones", "IgnoreFlowIfNullOrEmpty([businessPhones])"))

    assert flow.digest(person(businessPhones=())) == flow_of().digest(person())
    assert flow.digest(person(businessPhones=("1",))) != flow_of().digest(person())


def test_a_constant_that_the_attribute_does_not_take_is_a_problem_and_no_value() -> None:
    flowed = evaluated(flow_of(constant("accountEnabled", "perhaps")))

    assert not flowed.values
    assert [each.name for each in flowed.problems] == ["accountEnabled"]
