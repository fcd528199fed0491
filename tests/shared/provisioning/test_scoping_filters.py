"""Whom does each operator let through, and is the decision the same in every order?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.configuration.attribute_mapping import ObjectMapping
from shared.configuration.scoping_filter import FilterOperator, ScopingFilter
from shared.configuration.synchronization_schema import AttributeDefinition, ObjectDefinition
from shared.configuration.user_mapping import UserMapping
from shared.provisioning.entry import AttributeValue, SourceEntry
from shared.provisioning.scoping import ScopeUndecided, ScopingReason, decide_scope
from shared.provisioning.scoping_filters import EVERYBODY, FilterDecision, compiled_filter, result_text
from tests.shared.provisioning.filters import filter_of, groups_of
from tests.shared.provisioning.people import person

EXTENSION = "extension_0123456789abcdef0123456789abcdef_level"
ENGINEERING = "11111111-0000-4000-8000-00000000000A"
SLOW = r"city REGEX MATCH '^a'"
ENDLESS = "a" * 5_000

# A clause, who fits, who does not: values of the attribute of the clause, or None for none.
TABLE: list[tuple[str, list[AttributeValue], list[AttributeValue]]] = [
    ("city EQUALS 'Ulm'", ["Ulm"], ["ulm", "Ulm ", "", None, "Neu-Ulm"]),
    ("city NOT EQUALS 'Ulm'", ["ulm", "Jena"], ["Ulm", "", None]),
    ("accountEnabled IS TRUE", [True], [False, None, "True"]),
    ("accountEnabled IS FALSE", [False], [True, None, "False"]),
    ("city IS NULL", [None, ""], ["Ulm", " "]),
    ("city IS NOT NULL", ["Ulm", " "], [None, ""]),
    ("city REGEX MATCH 'U.m'", ["Ulm", "Neu-Ulm"], ["ulm", "Jena", "", None]),
    ("employeeId REGEX MATCH '([1-9][0-9])'", ["10", "99", "123"], ["9", "0", None]),
    ("city NOT REGEX MATCH '^U'", ["Jena", "ulm"], ["Ulm", "", None]),
    ("city Includes 'lm'", ["Ulm", "Olmütz"], ["ULM", None]),
    ("city ENDS_WITH 'lm'", ["Ulm"], ["Olmütz", "ULM", None]),
    ("city & 'Ulm,Jena' 'Gera'", ["Ulm", "Jena", "Gera", "lm"], ["Suhl", "ulm", "", None]),
    ("city !& 'Ulm,Jena' 'Gera'", ["Suhl", "ulm"], ["Ulm", "Gera", "", None]),
    ("employeeId Greater_Than '9'", ["10", "+10", " 10 "], ["9", "8", "ten", "1.5", "", None]),
    ("employeeId Greater_Than_OR_EQUALS '9'", ["9", "10"], ["8", "-9", None]),
    ("employeeId Less_Than '9'", ["8", "-9"], ["9", "10", "ten", None]),
    ("employeeId Less_Than_OR_EQUALS '9'", ["9", "8"], ["10", None]),
    (
        "createdDateTime Greater_Than '2026-01-31T08:00:00Z'",
        ["2026-01-31T10:00:01+02:00", "2026-01-31T09:00:00.1234567Z"],
        ["2026-01-31T08:00:00Z", "2026-01-31", "no time", None],
    ),
    ("createdDateTime Less_Than '2026-01-31'", ["2026-01-30T23:59:59Z"], ["2026-01-31T00:00:00Z", None]),
    (
        "createdDateTime EQUALS '2026-01-31'",
        ["2026-01-31T00:00:00Z", "2026-01-31T01:00:00+01:00"],
        ["2026-01-30", None],
    ),
    ("userType EQUALS 'Member'", ["Member"], ["member", "Guest", None]),
    ("proxyAddresses ENDS_WITH '@a.com'", [("SMTP:x@b.com", "smtp:x@a.com")], [("SMTP:x@b.com",), (), None]),
    ("proxyAddresses NOT EQUALS 'x'", [("y", "z")], [("x", "y"), (), None]),
    ("proxyAddresses NOT REGEX MATCH 'x'", [("y", "")], [("xy", "y"), None]),
    ("proxyAddresses IS NULL", [(), None], [("x",)]),
    ("mobile EQUALS '+49'", [], ["+49"]),
    ("IsSoftDeleted IS TRUE", [], [None]),
]


@pytest.mark.parametrize(("clause", "fitting", "others"), TABLE, ids=[each[0] for each in TABLE])
def test_each_operator_lets_through_whom_it_is_documented_to(
    clause: str, fitting: list[AttributeValue], others: list[AttributeValue]
) -> None:
    compiled = filter_of([[clause]])

    def passes(value: AttributeValue) -> object:
        return compiled.decide(person(**{clause.split(" ", maxsplit=1)[0]: value})).passed

    assert [value for value in fitting if passes(value) is not True] == []
    assert [value for value in others if passes(value) is not False] == []


def test_every_operator_is_in_the_table() -> None:
    tried = {clause.split(" '")[0].split(" ", 1)[1] for clause, *_ in TABLE}

    assert tried == set(FilterOperator) - {FilterOperator.IS_MEMBER_OF, FilterOperator.IS_NOT_MEMBER_OF}


@pytest.mark.parametrize(
    ("clause", "values"),
    [
        ("mobile EQUALS '+49'", {"mobilePhone": "+49"}),
        ("telephoneNumber EQUALS '1'", {"businessPhones": ("1", "2")}),
        ("IsSoftDeleted IS TRUE", {"accountEnabled": False}),
        ("extensionAttribute3 EQUALS 'x'", {"onPremisesExtensionAttributes/extensionAttribute3": "x"}),
        ("objectId EQUALS 's-ada'", {}),
        (f"{EXTENSION} EQUALS '7'", {EXTENSION: 7}),
    ],
)
def test_names_of_entra_mean_properties_of_graph(clause: str, values: dict[str, AttributeValue]) -> None:
    assert filter_of([[clause]]).decide(person(**values)).passed is True


def test_an_extension_is_compared_as_the_schema_says() -> None:
    definition = ObjectDefinition(name="User", attributes=(AttributeDefinition(name=EXTENSION, type="Integer"),))
    scope = ScopingFilter(groups=groups_of("", [[f"{EXTENSION} EQUALS '07'"]]))

    compiled = compiled_filter(UserMapping(mapping=ObjectMapping(scope=scope), source=definition))

    assert compiled.decide(person(**{EXTENSION: 7})).passed is True
    assert filter_of([[f"{EXTENSION} EQUALS '07'"]]).decide(person(**{EXTENSION: 7})).passed is False


def test_clauses_are_joined_by_and_groups_by_or() -> None:
    compiled = filter_of([["city EQUALS 'Ulm'", "department EQUALS 'Weaving'"], ["jobTitle EQUALS 'Head'"]])

    assert compiled.decide(person(city="Ulm", department="Weaving")).passed is True
    assert compiled.decide(person(city="Ulm", department="Dyeing")).passed is False
    assert compiled.decide(person(jobTitle="Head")).passed is True


def test_without_groups_everybody_passes() -> None:
    assert EVERYBODY.decide(person()) == FilterDecision(passed=True, read=True)
    assert filter_of() == EVERYBODY
    assert compiled_filter(UserMapping(mapping=ObjectMapping())) == EVERYBODY


def test_every_clause_is_told_as_entra_tells_it() -> None:
    compiled = filter_of([["city EQUALS 'Ulm'", "city IS NULL"]], input_groups=[["city & 'Ulm' 'Jena'"]])

    decision = compiled.decide(person(city="Ulm"))

    assert result_text(decision.clauses) == (
        '{"group 0.city EQUALS \'Ulm\'": true, "group 0.city IS NULL": false, "input 0.city & \'Ulm; Jena\'": true}'
    )


@pytest.mark.parametrize(
    ("clause", "group_ids", "holds"),
    [
        (f"memberOf IS MEMBER OF '{ENGINEERING}' 'x'", {ENGINEERING.lower(), "other"}, True),
        (f"memberOf IS MEMBER OF '{ENGINEERING}'", {"other"}, False),
        (f"memberOf IS MEMBER OF '{ENGINEERING}'", set[str](), False),
        (f"memberOf IS MEMBER OF '{ENGINEERING}'", None, None),
        (f"memberOf IS NOT MEMBER OF '{ENGINEERING}'", {ENGINEERING.lower()}, False),
        (f"memberOf IS NOT MEMBER OF '{ENGINEERING}'", set[str](), True),
        (f"memberOf IS NOT MEMBER OF '{ENGINEERING}'", None, None),
    ],
)
def test_memberships_are_compared_where_they_are_known(
    clause: str, group_ids: set[str] | None, holds: bool | None
) -> None:
    known = None if group_ids is None else frozenset(group_ids)

    assert filter_of([[clause]]).decide(SourceEntry(id="a", attributes={}, group_ids=known)).passed is holds


def test_a_filter_says_which_groups_it_asks_for() -> None:
    compiled = filter_of(
        groups=[[f"memberOf IS MEMBER OF '{ENGINEERING}' 'X'", "city EQUALS 'Ulm'"]],
        input_groups=[["memberOf IS NOT MEMBER OF 'y'"]],
    )

    assert compiled.group_ids == {ENGINEERING.lower(), "x", "y"}
    assert filter_of([["city EQUALS 'Ulm'"]]).group_ids == frozenset()


IN_A = "memberOf IS MEMBER OF 'a'"
NOT_IN_A = "memberOf IS NOT MEMBER OF 'a'"


@pytest.mark.parametrize(
    ("filters", "group_ids", "misses"),
    [
        ({"groups": [[IN_A]]}, {"b"}, True),
        ({"groups": [[IN_A]]}, set[str](), True),
        ({"groups": [[IN_A]]}, {"a"}, False),
        ({"groups": [[IN_A, "city EQUALS 'Jena'"]]}, set[str](), False),
        ({"groups": [[IN_A], ["city EQUALS 'Ulm'"]]}, set[str](), False),
        ({"groups": [[IN_A], ["city EQUALS 'Jena'"]]}, set[str](), True),
        ({"groups": [["city EQUALS 'Jena'"]], "input_groups": [[NOT_IN_A]]}, set[str](), True),
        ({"groups": [["city EQUALS 'Jena'"]]}, set[str](), False),
    ],
)
def test_a_filter_misses_memberships_where_it_hangs_on_being_in_no_group(
    filters: dict[str, list[list[str]]], group_ids: set[str], misses: bool
) -> None:
    assert filter_of(**filters).misses_memberships(person(city="Ulm").in_groups(group_ids)) is misses


def test_a_match_that_would_take_too_long_decides_nothing_by_itself() -> None:
    source = person(city=ENDLESS)
    negated = SLOW.replace("REGEX", "NOT REGEX")

    assert filter_of([[SLOW]]).decide(source).passed is None
    assert filter_of([[negated]]).decide(source).passed is None
    assert filter_of([[SLOW, "jobTitle IS NULL"]]).decide(source).passed is False
    assert filter_of([[SLOW], ["jobTitle IS NOT NULL"]]).decide(source).passed is True


def test_what_cannot_be_decided_is_no_decision() -> None:
    source = person(city=ENDLESS)

    for undecided in (filter_of([[SLOW]]), filter_of(input_groups=[[SLOW]])):
        with pytest.raises(ScopeUndecided):
            decide_scope(source, entitled=True, scope_filter=undecided)
        assert decide_scope(source, entitled=False, scope_filter=undecided).reason is ScopingReason.NOT_ASSIGNED


@pytest.mark.parametrize("lists", ["input_groups", "category_groups"])
def test_whom_an_input_filter_does_not_fit_is_left_alone(lists: str) -> None:
    wanted = [["city EQUALS 'Ulm'"]]
    compiled = filter_of(**{lists: wanted})

    alone = decide_scope(person(city="Jena"), entitled=True, scope_filter=compiled)

    assert (alone.reason, alone.in_scope, alone.left_alone) == (ScopingReason.NOT_READ, False, True)
    assert decide_scope(person(city="Ulm"), entitled=True, scope_filter=compiled).in_scope


def test_who_does_not_pass_is_out_of_scope_and_the_log_says_by_which_clause() -> None:
    decision = decide_scope(person(city="Jena"), entitled=True, scope_filter=filter_of([["city EQUALS 'Ulm'"]]))

    assert (decision.reason, decision.left_alone) == (ScopingReason.FILTERED, False)
    assert decision.details["ScopeEvaluationResult"] == "{\"group 0.city EQUALS 'Ulm'\": false}"
    assert decision.details["Scoping filter evaluation passed"] == "False"
    assert decision.details["SkipReason"] == "scopingFilter"


CLAUSES = st.sampled_from(
    [
        *(clause for clause, *_ in TABLE),
        f"memberOf IS MEMBER OF '{ENGINEERING}'",
        f"memberOf IS NOT MEMBER OF '{ENGINEERING}'",
    ]
)
GROUPS = st.lists(st.lists(CLAUSES, min_size=1, max_size=4), max_size=4)
VALUES = st.sampled_from(["Ulm", "ulm", "Jena", "10", "9", "2026-02-01", "", None])
PEOPLE = st.builds(
    lambda attributes, phones, enabled, groups: SourceEntry(
        id="a", attributes={**attributes, "proxyAddresses": phones, "accountEnabled": enabled}, group_ids=groups
    ),
    st.fixed_dictionaries(dict.fromkeys(("city", "employeeId", "createdDateTime", "userType", "mobilePhone"), VALUES)),
    st.sampled_from([(), ("x",), ("y", "x@a.com")]),
    st.sampled_from([True, False, None]),
    st.sampled_from([None, frozenset[str](), frozenset({ENGINEERING.lower()})]),
)


@settings(deadline=None)
@given(source=PEOPLE, groups=GROUPS, inputs=GROUPS, data=st.data())
def test_the_order_of_clauses_and_groups_changes_nothing(
    source: SourceEntry, groups: list[list[str]], inputs: list[list[str]], data: st.DataObject
) -> None:
    turned = [data.draw(st.permutations(each)) for each in data.draw(st.permutations(groups))]
    turned_inputs = [data.draw(st.permutations(each)) for each in data.draw(st.permutations(inputs))]

    one = filter_of(groups, input_groups=inputs).decide(source)
    other = filter_of(turned, input_groups=turned_inputs).decide(source)

    assert (one.passed, one.read) == (other.passed, other.read)


def test_an_operator_that_there_is_not_cannot_be_compiled() -> None:
    with pytest.raises(ValueError, match="'LIKE' is no operator"):
        filter_of([["city LIKE 'Ulm'"]])
