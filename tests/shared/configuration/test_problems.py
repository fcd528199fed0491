"""Is everything that is wrong with a document said, at its place, in words that say what to do?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.configuration import Configuration, ConfigurationError, Problem
from shared.configuration.document import parse
from tests.shared.configuration.documents import ABSENT, SOURCE, document
from tests.shared.configuration.schemas import entra_export

Form = bytes | str | dict[str, Any]


def problems_of(form: Form) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        parse(form)
    return caught.value.problems


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("/id", ABSENT, "is missing: Id of the configuration and of its synchronization job."),
        ("/source/tenantId", ABSENT, "is missing: Id of the source tenant."),
        ("/target/inviteRedirectUrl", ABSENT, "is missing"),
        ("/id", 7, "must be text, but is 7"),
        ("/id", "", "1 to 64 letters"),
        ("/id", "-a", "start with a letter or digit"),
        ("/id", "a/b", 'found "a/b"'),
        ("/id", "a\n", r'found "a\n"'),
        ("/id", "ä", "1 to 64 letters"),
        ("/id", "a" * 65, "is 65 characters long; the limit is 64"),
        ("/displayName", " ", "must hold text"),
        ("/displayName", "a\u001b[2J", "no control characters"),
        ("/displayName", "a" * 257, "the limit is 256"),
        ("/source", [], "must be an object, but is []"),
        ("/source/tenantId", "contoso.com", "must be a GUID"),
        ("/source/tenantId", "00000000-0000-0000-0000-000000000000", "not the empty one"),
        ("/source/servicePrincipalId", SOURCE.replace("-", ""), "must be a GUID"),
        ("/source/cloud", "germany", 'must be "global", "usGov", "usGovDoD" or "china"'),
        ("/target/cloud", "USGOV", 'found "USGOV"'),
        ("/target/tenantId", SOURCE, "is the source tenant"),
        ("/target/tenantId", SOURCE.upper(), "is the source tenant"),
        ("/target/inviteRedirectUrl", "http://contoso.com", "must be an https address"),
        ("/target/inviteRedirectUrl", "https://", "must be an https address"),
        ("/target/inviteRedirectUrl", "https://a b", "must be an https address"),
        ("/target/inviteRedirectUrl", "https://user:secret@contoso.com", "without a user name"),
        ("/target/inviteRedirectUrl", "https://contoso.com\n", "must be an https address"),
        ("/target/inviteRedirectUrl", "https://contoso.com:99999", "is not a valid address"),
        ("/scope/kind", "some", 'must be "all" or "assigned"; found "some"'),
        ("/scope/nestedGroups", "no", 'must be true or false, but is "no"'),
        ("/scope/internalGuests", 1, "must be true or false, but is 1"),
        ("/interval", "PT4M59S", "is PT4M59S; it must be from PT5M to P1D"),
        ("/interval", "PT24H1S", "it must be from PT5M to P1D"),
        ("/interval", "P1M", "years and months have no fixed length"),
        ("/interval", "P1Y", "years and months have no fixed length"),
        ("/interval", "40", "must be an ISO 8601 duration"),
        ("/interval", "P", "must be an ISO 8601 duration"),
        ("/interval", "P1DT", "must be an ISO 8601 duration"),
        ("/interval", "-PT40M", "must be an ISO 8601 duration"),
        ("/interval", "PT٤٠M", "must be an ISO 8601 duration"),
        ("/interval", 40, "must be text, but is 40"),
        ("/interval", None, "must be text, but is null"),
        ("/adoption", "auto", 'must be "none", "review" or "automatic"'),
        ("/guards/removals/count", 0, "must be a whole number from 1"),
        ("/guards/removals/count", True, "must be a whole number, but is true"),
        ("/guards/removals/count", 1.5, "must be a whole number, but is 1.5"),
        ("/guards/disables/share", 0, "above 0 and up to 1"),
        ("/guards/disables/share", 1.01, "above 0 and up to 1"),
        ("/guards/disables/share", -0.1, "above 0 and up to 1"),
        ("/guards/creates/window", "PT1M", "must be from PT5M to P30D"),
        ("/guards/removals", None, "must be an object, but is null"),
        ("/removal/action", "purge", 'must be "delete", "disable" or "none"'),
        ("/removal/afterDays", -1, "must be a whole number of days from 0 to 3650"),
        ("/removal/afterDays", 3651, "must be a whole number of days from 0 to 3650"),
        ("/drift", 5, "must be an object or null, but is 5"),
        ("/drift/default", "targetOwned", 'must be "enforce" or "report"'),
        ("/drift/departures", "ignore", 'must be "sticky" or "enforce"'),
        ("/drift/enforce", "city", "must be a list"),
        ("/drift/enforce", ["city"] * 201, "has 201 entries; it needs 0 to 200"),
        ("/drift/enforce/0", "", "must be the name of a property of Graph's user"),
        ("/drift/enforce/0", "a b", "must be the name of a property"),
        ("/drift/enforce/0", "favouriteColour", "is written by no mapping; known are accountEnabled"),
        ("/drift/targetOwned/0", "accountEnabled", "cannot be the target's: who may sign in follows from the source"),
        ("/drift/targetOwned/0", "mail", "people are found by their address"),
        ("/drift/targetOwned/0", "manager", "take it out of the mapping instead"),
        ("/drift/owned", [], 'did you mean "'),
        ("/notifications/recipients", [], "has 0 entries; it needs 1 to 50"),
        ("/logRetention", "PT1H", "must be from P1D to P3650D"),
        ("/schema", 5, "must be an object or null, but is 5"),
        ("/schema/synchronizationRules", 5, "must be a list, but is 5"),
        ("/intervall", "PT40M", 'did you mean "interval"?'),
        ("/DISPLAYNAME", "x", 'did you mean "displayName"?'),
        ("/zzz", 1, "is not known here; known are $schema, id, displayName"),
        ("/source/tenantID", "x", 'did you mean "tenantId"?'),
        ("/guards/removals/count", float("nan"), "NaN is not a number that can be used here"),
        ("/guards/removals/share", float("inf"), "Infinity is not a number"),
        ("/guards/removals/count", 10**30, "is not a number that can be used here"),
        ("/displayName", "a\ud800", "holds half of a surrogate pair"),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_its_limit(path: str, value: object, said: str) -> None:
    changed = document({path.removesuffix("/0"): [value]} if path.endswith("/0") else {path: value})
    if path.startswith("/notifications"):
        changed["notifications"]["sender"] = "sync@contoso.com"

    found = [problem for problem in problems_of(changed) if problem.path == path]

    assert len(found) == 1
    assert said in found[0].message


def test_everything_wrong_is_said_at_once() -> None:
    changes: dict[str, Any] = {
        "/id": "?",
        "/displayName": ABSENT,
        "/target/tenantId": SOURCE,
        "/interval": "P1M",
        "/logRetention": "PT1S",
        "/guards/removals/share": 2,
        "/guards/rewrites/count": "many",
        "/removal/action": "purge",
        "/surprise": 1,
    }

    assert {problem.path for problem in problems_of(document(changes))} == set(changes)


def test_an_attribute_has_one_policy() -> None:
    drift = {"enforce": ["city", "country"], "report": ["city"], "targetOwned": ["country", "jobTitle"]}

    said = {problem.path: problem.message for problem in problems_of(document({"/drift": drift}))}

    assert said == {
        "/drift/report/0": "is named at /drift/enforce/0 already; an attribute has one policy",
        "/drift/targetOwned/0": "is named at /drift/enforce/1 already; an attribute has one policy",
    }


def test_the_policies_of_a_schema_of_ones_own_are_about_its_mappings() -> None:
    schema = entra_export()

    said = problems_of(document({"/schema": schema, "/drift": {"enforce": ["city", "employeeHireDate"]}}))

    assert [each.path for each in said] == ["/drift/enforce/1"]
    assert outcome(document({"/schema": {}, "/drift": {"enforce": ["city"]}})) != ()


def test_people_are_notified_once_at_addresses_that_can_be_written_to() -> None:
    notifications = {"recipients": ["a@contoso.com", "A@Contoso.com", "nobody"], "sender": "nobody"}

    said = {problem.path: problem.message for problem in problems_of(document({"/notifications": notifications}))}

    assert said["/notifications/recipients/1"] == "is the same address as entry 0; remove one of them"
    assert said["/notifications/recipients/2"].startswith("must be a mail address")
    assert said["/notifications/sender"].startswith("must be the address or the object id of a mailbox")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ('{\n  "id": 1,\n  "x" 2}', "is not JSON: line 3, column 7"),
        ("", "is not JSON: line 1, column 1"),
        (b'{"id": "\xff"}', "is not UTF-8 text (byte 9); save the file as UTF-8"),
        (json.dumps(document()).encode("utf-16"), "is not UTF-8 text"),
        (b" " * (1024 * 1024 + 1), "is 1048577 bytes long; the limit is 1048576 (1 MiB)"),
        ("é" * (1024 * 1024), "is 2097152 bytes long"),
        ("[" * 100_000, "is nested too deeply; the limit is 128 levels"),
        ('{"id":' * 129 + "1" + "}" * 129, "is nested too deeply; the limit is 128 levels"),
        ("[]", "must be an object, but is []"),
        ({"id": {1, 2}}, "holds a value that JSON cannot express"),
    ],
    ids=[
        "syntax",
        "nothing",
        "not UTF-8",
        "UTF-16",
        "too many bytes",
        "too much text",
        "endless",
        "deep",
        "no object",
        "a set",
    ],
)
def test_a_text_that_is_no_document_is_one_problem_of_the_whole(form: Form, said: str) -> None:
    (problem,) = problems_of(form)

    assert problem.path == ""
    assert problem.message.startswith(said)


def test_a_value_that_contains_itself_is_refused() -> None:
    endless = document()
    endless["source"] = endless

    (problem,) = problems_of(endless)

    assert problem.message.startswith("holds a value that JSON cannot express")


def test_an_object_too_deep_to_be_written_is_too_deep_to_be_read() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"id": deep}

    (problem,) = problems_of(deep)

    assert problem.message == "is nested too deeply; the limit is 128 levels"


def test_a_property_written_twice_is_not_decided_by_its_order() -> None:
    text = json.dumps(document()).replace('"source": {', '"source": {"cloud": "global", "cloud": "global", ')

    (problem,) = problems_of(text)

    assert problem == Problem(path="/source/cloud", message="is written more than once; keep one of them")


def test_a_path_is_a_json_pointer_and_safe_to_print() -> None:
    found = problems_of(document() | {"a/b~c": 1, "\u001b[2J": 1, "\ud800": 1})

    assert [problem.path for problem in found] == ["/\\u001b[2J", "/\\ud800", "/a~1b~0c"]


def test_a_document_of_nothing_but_problems_names_the_first_hundred() -> None:
    found = problems_of(document() | {f"surprise{number}": number for number in range(20_000)})

    assert len(found) == 100


def test_the_error_reads_as_one_line() -> None:
    with pytest.raises(ConfigurationError, match=r"^\(document\): is not JSON: line 1, column 1: "):
        parse("")


def test_the_examples_of_the_schema_are_the_limits_that_apply() -> None:
    text = (Path(__file__).parents[3] / "docs" / "configuration.schema.json").read_text("utf-8")

    assert "PT5M to P1D" in text
    assert parse(document({"/interval": "PT5M"})).interval < parse(document({"/interval": "P1D"})).interval


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
POINTERS = st.sampled_from(
    [
        "/id",
        "/displayName",
        "/source",
        "/source/tenantId",
        "/target",
        "/target/inviteRedirectUrl",
        "/scope",
        "/interval",
        "/guards",
        "/guards/creates",
        "/guards/removals",
        "/removal",
        "/drift",
        "/drift/enforce",
        "/notifications",
        "/schema",
    ]
)


def parses_or_says_why(form: Form) -> None:
    found = outcome(form)

    assert isinstance(found, Configuration) or (found and all(problem.message for problem in found))


def outcome(form: Form) -> Configuration | tuple[Problem, ...]:
    try:
        return parse(form)
    except ConfigurationError as error:
        return error.problems


@given(st.binary())
@example(b"-")
@example(b'{"id": 1e400}')
@example(b"1" * 5000)
def test_no_bytes_bring_the_reader_down(form: bytes) -> None:
    parses_or_says_why(form)


@given(JSON)
def test_no_json_brings_the_reader_down(value: object) -> None:
    parses_or_says_why(json.dumps(value))


@given(POINTERS, JSON)
def test_no_value_in_a_place_of_the_document_brings_the_reader_down(pointer: str, value: object) -> None:
    parses_or_says_why(document({pointer: value}))
