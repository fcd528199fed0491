"""What has to change, by what was found?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.setup.desired import Setup, desired_of
from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.plan import Desired, Plan, PolicyChange, plan_of
from shared.setup.resource import Kind, Observed, Resource, Values, adds_nothing, includes, is_empty, merged

PARTNER = Resource(kind=Kind.PARTNER, key="t")
ALLOW = {"consent": {"inboundAllowed": True}}


@pytest.mark.parametrize(
    ("current", "before", "after"),
    [
        (None, None, {"name": "x", "consent": {"inboundAllowed": True}}),
        ({"consent": None}, {"consent": None}, ALLOW),
        ({}, {"consent": None}, ALLOW),
        (
            {"consent": {"inboundAllowed": False, "outboundAllowed": True}, "name": "old"},
            {"consent": {"inboundAllowed": False, "outboundAllowed": True}},
            {"consent": {"inboundAllowed": True, "outboundAllowed": True}},
        ),
    ],
)
def test_a_change_names_what_was_there_and_keeps_what_it_is_not_about(
    current: Values | None, before: Values | None, after: Values
) -> None:
    observed = {} if current is None else {PARTNER: current}
    desired = Desired(resource=PARTNER, values=ALLOW, on_creation={"name": "x"}, reason="why")

    assert plan_of([desired], observed) == Plan(
        changes=(PolicyChange(resource=PARTNER, before=before, after=after, reason="why"),)
    )


def test_what_is_already_so_is_left_alone() -> None:
    observed = {PARTNER: {"consent": {"inboundAllowed": True, "outboundAllowed": False}, "more": 1}}

    assert plan_of([Desired(resource=PARTNER, values=ALLOW)], observed).changes == ()


leaves = st.sampled_from([None, True, False, "x", [], ["x"]])
inner = st.dictionaries(st.sampled_from(["p", "q"]), leaves, max_size=2)
objects = st.dictionaries(st.sampled_from(["a", "b"]), leaves | inner, max_size=2)


@given(current=st.none() | objects, values=objects)
def test_a_plan_applied_leaves_nothing_to_plan(current: Values | None, values: Values) -> None:
    desired = [Desired(resource=PARTNER, values=values)]
    observed: Observed = {} if current is None else {PARTNER: current}

    after = {**observed}
    for change in plan_of(desired, observed).changes:
        after[change.resource] = {**(current or {}), **change.after}

    assert plan_of(desired, after).changes == ()


@pytest.mark.parametrize(
    ("current", "values", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": {"b": None}}, {"a": {"b": None}}, True),
        ({}, {"a": None}, True),
        ([{"a": 1, "origin": "x"}], [{"a": 1}], True),
        ([{"a": 1}, {"a": 2}], [{"a": 1}], False),
        ("a", {"a": 1}, False),
        (True, True, True),
    ],
)
def test_includes(current: object, values: object, expected: bool) -> None:
    assert includes(current, values) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, True),
        (False, True),
        ([], True),
        ({}, True),
        ({"a": {"b": None}}, True),
        (True, False),
        ("", False),
        ([None], False),
        ({"a": {"b": True}}, False),
    ],
)
def test_empty_is_what_nobody_has_set(value: object, expected: bool) -> None:
    assert is_empty(value) is expected


@pytest.mark.parametrize(
    ("current", "values", "expected"),
    [
        ({"a": 1, "b": None, "c": False}, {"a": 1}, True),
        ({"a": 1, "b": True}, {"a": 1}, False),
        ({"a": {"b": True, "c": None}}, {"a": {"b": True}}, True),
        ({"a": {"b": True, "c": True}}, {"a": {"b": True}}, False),
        ({"a": 2}, {"a": 1}, False),
    ],
)
def test_nothing_is_added_only_where_all_else_is_empty(current: Values, values: Values, expected: bool) -> None:
    assert adds_nothing(current, values) is expected


def test_values_are_put_over_what_is_there() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}}) == {"a": {"b": 9, "c": 2}, "d": 3}
    assert merged(None, {"a": 1}) == {"a": 1}


def setup(side: Side, **changes: Any) -> Setup:  # noqa: ANN401 - fields of a setup
    return Setup(side=side, tenant_id="mine", other_tenant_id="other", other_name="Other", **changes)


def test_the_source_needs_its_application_before_all_that_hangs_on_it() -> None:
    kinds = [
        each.resource.kind for each in desired_of(setup(Side.SOURCE, managed_identity="mi", assignments=("p", "q")))
    ]

    consents = [Kind.CONSENT] * len(PERMISSIONS[Side.SOURCE])
    assert kinds == [
        Kind.APPLICATION,
        Kind.FEDERATED_CREDENTIAL,
        Kind.SERVICE_PRINCIPAL,
        *consents,
        Kind.PARTNER,
        Kind.ASSIGNMENT,
        Kind.ASSIGNMENT,
    ]


def test_an_application_that_is_registered_elsewhere_is_not_registered_again() -> None:
    kinds = {each.resource.kind for each in desired_of(setup(Side.SOURCE, app_id="app"))}

    assert kinds == {Kind.SERVICE_PRINCIPAL, Kind.CONSENT, Kind.PARTNER}


def test_the_target_changes_nothing_before_the_application_is_known_to_exist() -> None:
    kinds = [each.resource.kind for each in desired_of(setup(Side.TARGET, app_id="app"))]

    consents = [Kind.CONSENT] * len(PERMISSIONS[Side.TARGET])
    assert kinds == [Kind.SERVICE_PRINCIPAL, Kind.PARTNER, Kind.IDENTITY_SYNCHRONIZATION, *consents]


def test_a_greater_permission_is_enough() -> None:
    reading = PERMISSIONS[Side.SOURCE][0]

    assert reading.is_in(frozenset({"User.Read.All"}))
    assert reading.is_in(frozenset({"User.ReadWrite.All"}))
    assert not reading.is_in(frozenset({"User.Invite.All"}))


def test_each_side_knows_the_other() -> None:
    assert [each.other for each in Side] == [Side.TARGET, Side.SOURCE]
