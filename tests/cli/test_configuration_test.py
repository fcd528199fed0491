"""Can a configuration be tried on sample people, offline, and is every unmet expectation shown?"""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.shared.configuration.documents import document
from tests.shared.configuration.schemas import MAPPINGS, USERS, entra_export, put

NUMBERS = {
    each["targetAttributeName"]: number
    for number, each in enumerate(entra_export()["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"])
}
WEAVER = {
    "id": "1",
    "userPrincipalName": "ada@contoso.example",
    "userType": "Member",
    "displayName": "Ada",
    "mail": "ada@contoso.example",
    "department": "Weaving",
    "country": "DE",
    "businessPhones": ["+49 1", "+49 2"],
    "onPremisesExtensionAttributes": {"extensionAttribute2": "x"},
}


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    file = tmp_path / "configuration.json"
    file.write_text(json.dumps(document({"/schema": entra_export()})), "utf-8")
    return str(file)


def case(**members: object) -> dict[str, object]:
    return {"user": WEAVER, **members}


def tried(run: Run, configuration: str, *cases: object, output: str = "table") -> tuple[int, str]:
    result = run("--output", output, "configuration", "test", configuration, "-", stdin=json.dumps(list(cases)))
    return result.exit_code, result.stdout


def test_what_is_expected_and_found_passes(run: Run, configuration: str) -> None:
    attributes = {
        "displayName": "Ada",
        "businessPhones": ["+49 1"],
        "showInAddressList": True,
        "userType": "Member",
        "officeLocation": "Unknown",
        "city": "$flow:drop",
    }

    found = tried(run, configuration, case(scope=True, attributes=attributes), case(scope="inScope"))

    assert found == (0, "2 passed, 0 failed\n")


def test_an_internal_guest_is_in_scope_where_the_configuration_says_so(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    guest = {"user": {**WEAVER, "userType": "Guest"}}
    for guests, expected in ((False, "guest"), (True, "inScope")):
        file.write_text(json.dumps(document({"/scope": {"internalGuests": guests}})))

        assert tried(run, str(file), {**guest, "scope": expected}) == (0, "1 passed, 0 failed\n")


def test_each_unmet_expectation_is_a_line_and_the_last_one_counts(run: Run, configuration: str) -> None:
    dyer = {**WEAVER, "department": "Dyeing"}
    cases = [
        case(name="Ada", scope=False, attributes={"displayName": "Bea", "city": None, "mail": {"$error": ""}}),
        {"user": dyer, "scope": "scopingFilter"},
        {"user": dyer, "scope": True, "creating": False, "attributes": {"userType": "Member"}},
        case(assigned=False, scope="notAssigned"),
    ]

    code, shown = tried(run, configuration, *cases)

    assert code == 1
    assert shown.splitlines() == [
        "Ada: scope: expected False, found inScope",
        "Ada: displayName: expected 'Bea', found 'Ada'",
        "Ada: city: expected None, found '$flow:drop'",
        "Ada: mail: expected an error, found 'ada@contoso.example'",
        "case 3: scope: expected True, found scopingFilter",
        "case 3: userType: expected 'Member', found '$flow:drop'",
        "2 passed, 2 failed",
    ]


def test_failures_can_be_read_by_a_program(run: Run, configuration: str) -> None:
    code, shown = tried(run, configuration, case(scope=False), case(scope=True), output="json")

    failed = [{"name": "case 1", "failures": ["scope: expected False, found inScope"]}]
    assert (code, json.loads(shown)) == (1, {"passed": 1, "failed": failed})


def test_an_error_of_the_mapping_is_an_outcome_too(run: Run, tmp_path: Path) -> None:
    source = {"type": "Attribute", "name": "displayName", "expression": "[displayName]"}
    schema = put(entra_export(), f"{MAPPINGS}/{NUMBERS['accountEnabled']}/source", source)
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(document({"/schema": schema})), "utf-8")

    passed = tried(run, str(file), case(attributes={"accountEnabled": {"$error": ""}}))
    failed = tried(run, str(file), case(attributes={"accountEnabled": True}))

    assert passed == (0, "1 passed, 0 failed\n")
    assert failed[0] == 1
    assert failed[1].startswith("case 1: accountEnabled: expected True, found an error: the attribute takes True or")


def test_what_cannot_be_decided_has_an_outcome_of_its_own(run: Run, tmp_path: Path) -> None:
    clause = {"operatorName": "REGEX MATCH", "sourceOperandName": "jobTitle", "targetOperand": {"values": ["^a"]}}
    schema = put(entra_export(), f"{USERS}/scope/groups", [{"name": "g", "clauses": [clause]}])
    file = tmp_path / "slow.json"
    file.write_text(json.dumps(document({"/schema": schema})), "utf-8")

    found = tried(run, str(file), case(user={**WEAVER, "jobTitle": "a" * 5_000}, scope="undecided"))

    assert found == (0, "1 passed, 0 failed\n")


GROUP = "aaaaaaaa-0000-4000-8000-00000000000b"


def test_a_sample_person_names_their_groups_and_without_them_a_filter_over_groups_is_undecided(
    run: Run, tmp_path: Path
) -> None:
    clause = {"operatorName": "IS MEMBER OF", "sourceOperandName": "memberOf", "targetOperand": {"values": [GROUP]}}
    schema = put(entra_export(), f"{USERS}/scope/groups", [{"name": "g", "clauses": [clause]}])
    file = tmp_path / "members.json"
    file.write_text(json.dumps(document({"/schema": schema})), "utf-8")

    found = tried(
        run,
        str(file),
        case(user={**WEAVER, "memberOf": [GROUP.upper()]}, scope=True),
        case(user={**WEAVER, "memberOf": [{"@odata.type": "#microsoft.graph.group", "id": GROUP}]}, scope=True),
        case(user={**WEAVER, "memberOf": []}, scope="scopingFilter"),
        case(scope="undecided"),
    )

    assert found == (0, "4 passed, 0 failed\n")


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([case(user={**WEAVER, "memberOf": "x"})], "/0/user/memberOf: 'x' is not of type 'array'"),
        ([case(user={**WEAVER, "memberOf": [{}]})], "/0/user/memberOf/0: {} is not valid under any of"),
        ({}, "(document): {} is not of type 'array'"),
        ([{"name": "x"}], "/0: 'user' is a required property"),
        ([case(scop=True)], "/0: Additional properties are not allowed ('scop' was unexpected)"),
        ([case(scope="maybe")], "/0/scope: 'maybe' is not one of"),
        ([case(now="noon")], "/0/now: 'noon' does not match"),
    ],
)
def test_a_file_that_holds_no_cases_is_refused(run: Run, configuration: str, cases: object, said: str) -> None:
    result = run("configuration", "test", configuration, "-", stdin=json.dumps(cases))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)
    assert result.stderr.endswith("tenantsync: - holds no cases\n")


def test_a_configuration_that_is_not_valid_is_not_tried(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "invalid.json"
    file.write_text(json.dumps(document({"/id": "?"})), "utf-8")

    result = run("configuration", "test", str(file), "-", stdin="[]")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("/id: must be 1 to 64 letters")


def test_problems_of_a_schema_are_shown_by_validate(run: Run, tmp_path: Path) -> None:
    schema = put(entra_export(), f"{MAPPINGS}/{NUMBERS['city']}/source", {"type": "Attribute", "name": "town"})
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(document({"/schema": schema})), "utf-8")

    result = run("configuration", "validate", str(file))

    assert result.exit_code == 1
    assert result.stdout.startswith(f"/schema{MAPPINGS}/{NUMBERS['city']}/source/name: town is no attribute of a user")
