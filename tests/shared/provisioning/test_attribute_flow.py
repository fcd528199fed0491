"""Which values flow, which are cleared, and when is there nothing to write?"""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.configuration.attribute_mapping import AttributeMapping, ConstantSource, DirectSource, FlowType
from shared.configuration.directory_schema import TARGET_ATTRIBUTES
from shared.provisioning.attribute_flow import Flow
from shared.provisioning.entry import Attributes, AttributeValue, SourceEntry
from tests.shared.provisioning.people import DEFAULT, FLOW, MAPPING, flow_of, person

MAPPED = [each.source for each in DEFAULT.acting()]
DIRECT = sorted(each.name for each in MAPPED if isinstance(each, DirectSource))
NEVER_EMPTY = ("accountEnabled", "displayName", "mail", "mailNickname", "usageLocation")

VALUES: st.SearchStrategy[AttributeValue] = st.one_of(
    st.none(), st.booleans(), st.sampled_from(["", "a", "A", "b", "true", "None"]), st.just(()), st.just(("a",))
)
ATTRIBUTES = st.dictionaries(st.sampled_from([*DIRECT, "userType", "onPremisesDomainName"]), VALUES)


def entry(attributes: Attributes) -> SourceEntry:
    return SourceEntry(id="s", attributes=attributes)


def flow(source: SourceEntry, flow: Flow, *, creating: bool) -> Attributes:
    """What flows where nothing goes wrong."""
    flowed = flow.evaluate(source, creating=creating)
    assert not flowed.problems
    return flowed.values


def outcome(attributes: Attributes) -> tuple[Attributes, set[str]]:
    """What always flows, and what cannot: the default mapping has no way to make a truth out of any text."""
    flowed = FLOW.evaluate(entry(attributes), creating=False)
    return plain(flowed.values), {each.name for each in flowed.problems}


def plain(attributes: Attributes) -> Attributes:
    """The same values with one word for nothing."""
    return {name: None if value in {"", ()} else value for name, value in attributes.items()}


def test_a_person_flows_under_the_same_names_and_is_listed() -> None:
    desired = flow(person(), FLOW, creating=False)

    assert desired["displayName"] == "Ada Lovelace"
    assert desired["businessPhones"] == ("+44 20 1",)
    assert desired["accountEnabled"] is True
    assert desired["showInAddressList"] is True


def test_nothing_flows_that_is_not_mapped() -> None:
    assert set(flow(person(), FLOW, creating=True)) <= set(TARGET_ATTRIBUTES)


def test_the_user_type_flows_only_to_what_is_created() -> None:
    assert flow(person(), FLOW, creating=True)["userType"] == "Member"
    assert "userType" not in flow(person(), FLOW, creating=False)


def test_what_the_source_has_no_value_for_is_cleared_but_for_what_graph_keeps() -> None:
    for nothing in ({}, dict.fromkeys(DIRECT), dict.fromkeys(DIRECT, "")):
        desired = plain(flow(entry(nothing), FLOW, creating=False))

        cleared = {name: None for name in DIRECT if name not in NEVER_EMPTY}
        assert desired == {**cleared, "showInAddressList": True}


def test_no_phones_at_all_clear_the_phones() -> None:
    desired = flow(person(businessPhones=()), FLOW, creating=False)

    assert plain(desired)["businessPhones"] is None
    assert "businessPhones" in desired


def test_disabled_is_a_value_and_not_nothing() -> None:
    assert flow(person(accountEnabled=False), FLOW, creating=False)["accountEnabled"] is False


def test_a_default_fills_in_for_a_missing_value_on_create_only() -> None:
    city = AttributeMapping(
        target_attribute="city", source=DirectSource(name="city"), default_value="London", flow_null_values=True
    )
    mapping = flow_of(city)

    assert flow(person(), mapping, creating=True) == {"city": "London"}
    assert flow(person(city=""), mapping, creating=True) == {"city": "London"}
    assert flow(person(city="Paris"), mapping, creating=True) == {"city": "Paris"}
    assert flow(person(), mapping, creating=False) == {"city": None}


def test_the_default_fills_in_too_where_nothing_may_not_be_written() -> None:
    place = AttributeMapping(
        target_attribute="usageLocation",
        source=DirectSource(name="usageLocation"),
        flow_type=FlowType.OBJECT_ADD_ONLY,
        default_value="DE",
    )

    assert flow(entry({}), flow_of(place), creating=True) == {"usageLocation": "DE"}
    assert flow(entry({}), flow_of(place), creating=False) == {}


def test_a_constant_flows_to_everybody() -> None:
    company = AttributeMapping(target_attribute="companyName", source=ConstantSource(value="Contoso"))

    assert flow(person(companyName="Other"), flow_of(company), creating=False) == {"companyName": "Contoso"}


@settings(deadline=None)
@given(before=ATTRIBUTES, changes=ATTRIBUTES)
def test_digests_are_equal_exactly_where_the_flows_are(before: Attributes, changes: Attributes) -> None:
    one, other = entry(before), entry({**before, **changes})

    same = outcome(before) == outcome({**before, **changes})

    assert (FLOW.digest(one) == FLOW.digest(other)) is same


@settings(deadline=None)
@given(attributes=ATTRIBUTES, order=st.permutations(MAPPING.attribute_mappings))
def test_neither_the_order_of_the_mapping_nor_that_of_the_values_changes_the_digest(
    attributes: dict[str, AttributeValue], order: list[AttributeMapping]
) -> None:
    turned = entry(dict(reversed(attributes.items())))

    assert flow_of(*order).digest(turned) == FLOW.digest(entry(attributes))


def test_a_digest_names_its_version_and_stays_what_it_is() -> None:
    # Links keep digests: if this changes, so must DIGEST_VERSION, and everybody is compared with the target again.
    assert FLOW.digest(person()) == "2:5eafec04625ebaa594ac3b7b507ea860"


def test_what_flows_on_create_only_is_no_part_of_the_digest() -> None:
    without = [each for each in MAPPING.attribute_mappings if each.flow_type is FlowType.ALWAYS]

    assert flow_of(*without).digest(person()) == FLOW.digest(person())


@settings(deadline=None)
@given(source=ATTRIBUTES, current=ATTRIBUTES)
def test_writing_the_differences_leaves_none(source: Attributes, current: Attributes) -> None:
    desired = FLOW.evaluate(entry(source), creating=False).values

    modified = FLOW.differences(desired, current)
    written = {**current, **{each.name: each.desired for each in modified}}

    assert FLOW.differences(desired, written) == ()
    assert all(each.current == current.get(each.name) and each.desired == desired[each.name] for each in modified)


def test_only_what_differs_is_different() -> None:
    desired = flow(person(), FLOW, creating=False)

    modified = FLOW.differences(desired, {**desired, "jobTitle": "Countess", "city": "London", "department": ""})

    assert {(each.name, each.current, each.desired) for each in modified} == {
        ("jobTitle", "Countess", "Analyst"),
        ("city", "London", None),
    }


def test_a_changed_capital_arrives_but_codes_are_compared_without_case() -> None:
    desired: Attributes = {"displayName": "Ada", "mail": "Ada@contoso.example", "usageLocation": "GB"}
    current: Attributes = {"displayName": "ADA", "mail": "ada@contoso.example", "usageLocation": "gb"}

    assert {each.name for each in FLOW.differences(desired, current)} == {"displayName", "mail"}


def test_what_is_to_be_left_is_no_difference() -> None:
    desired: Attributes = {"accountEnabled": False, "city": "London"}

    modified = FLOW.differences(desired, {"accountEnabled": True}, leave={"accountEnabled"})

    assert [each.name for each in modified] == ["city"]
