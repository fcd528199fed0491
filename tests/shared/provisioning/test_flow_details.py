"""What is an administrator shown of how each attribute came to its value?"""

import pytest

from shared.configuration.attribute_mapping import AttributeMapping
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.entry import TargetObject
from shared.provisioning.flow_details import FlowDetail, flow_details, object_details
from tests.shared.provisioning.people import FLOW, HIRED, flow_of, person
from tests.shared.provisioning.test_mapped_values import constant, direct, expression

OBJECT = TargetObject(id="t-ada", attributes={"city": "Rome", "state": "Hesse", "country": None}, created=HIRED)


def test_an_attribute_that_changes_is_shown_with_what_it_comes_from_and_both_values() -> None:
    flow = flow_of(expression("city", 'Join("-", [city], [department])'))
    change = Change(kind=ChangeKind.UPDATE, modified=flow.differences({"city": "Ulm-IT"}, OBJECT.attributes))

    details = flow_details(flow, person(city="Ulm", department="IT"), OBJECT, change)

    assert details == (
        FlowDetail(
            name="city",
            source={"city": "Ulm", "department": "IT"},
            expression='Join("-", [city], [department])',
            original="Rome",
            modified="Ulm-IT",
        ),
    )


def test_an_attribute_that_the_change_leaves_alone_keeps_its_value() -> None:
    [detail] = flow_details(flow_of(direct("state")), person(state="Hesse"), OBJECT, Change(kind=ChangeKind.SKIP))

    assert (detail.original, detail.modified) == ("Hesse", "Hesse")


def test_somebody_who_is_created_has_nothing_before() -> None:
    flow = flow_of(direct("city"))
    change = Change(kind=ChangeKind.CREATE, modified=flow.all_modified({"city": "Ulm"}))

    [detail] = flow_details(flow, person(city="Ulm"), None, change)

    assert (detail.original, detail.modified) == (None, "Ulm")


def test_all_attributes_of_the_mapping_are_shown() -> None:
    details = flow_details(FLOW, person(), None, Change(kind=ChangeKind.SKIP))

    assert [each.name for each in details] == [each.name for each in FLOW.attributes]


@pytest.mark.parametrize(
    ("mapping", "source", "written"),
    [
        (direct("city"), {"city": "Ulm"}, "[city]"),
        (direct("city", "l"), {"city": "Ulm"}, "[l]"),
        (constant("city", "Ulm"), {}, '"Ulm"'),
        (expression("city", "ToUpper([city])"), {"city": "Ulm"}, "ToUpper([city])"),
        (AttributeMapping(target_attribute="city", default_value="Ulm"), {}, ""),
    ],
    ids=["direct", "Entra's name", "constant", "expression", "no source"],
)
def test_where_a_value_comes_from_is_written_as_in_the_mapping(
    mapping: AttributeMapping, source: dict[str, str], written: str
) -> None:
    [detail] = flow_details(flow_of(mapping), person(city="Ulm"), None, Change(kind=ChangeKind.SKIP))

    assert (detail.source, detail.expression) == (source, written)


def test_what_the_mapping_redacts_is_shown_nowhere() -> None:
    flow = flow_of(expression("city", "Redact([department])"), direct("state", "department"), direct("country"))
    change = Change(kind=ChangeKind.UPDATE, modified=flow.differences({"city": "secret"}, OBJECT.attributes))

    details = flow_details(flow, person(department="secret"), OBJECT, change)

    city, state, country = details
    assert (city.source, city.original, city.modified) == ({"department": "[Redact]"}, "[Redact]", "[Redact]")
    assert state.source == {"department": "[Redact]"}
    assert (country.source, country.original) == ({"country": None}, None)
    assert object_details(flow, OBJECT) == {"id": "t-ada", "city": "[Redact]", "state": "Hesse"}
