"""PATCH /users/{id}: what it takes, what it refuses, what else it changes."""

from typing import Any

import pytest

from sandbox.tenants import FaultSwitches
from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id

USER = f"/users/{user_id(901)}"


@pytest.mark.parametrize(
    "body",
    [
        {"jobTitle": "Engineer", "department": None},
        {"businessPhones": ["+49 30 1"], "mobilePhone": "+49 170 1"},
        {"businessPhones": []},
        {"accountEnabled": False},
        {"userType": "Member", "showInAddressList": True, "usageLocation": "DE"},
        {"displayName": "x" * 256},
        {"onPremisesExtensionAttributes": {"extensionAttribute15": "x"}, "employeeType": "Intern"},
        {"employeeOrgData": {"division": "Looms", "costCenter": None}},
    ],
)
def test_writable_properties_are_set(body: dict[str, Any]) -> None:
    graph = Graph()

    answer = graph.ask("PATCH", USER, TARGET, body)

    assert (answer.status, answer.body) == (204, None)
    assert graph.user(user_id(901), ",".join(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        *({name: value} for name in ("displayName", "mail", "mailNickname", "usageLocation") for value in (None, "")),
        {"accountEnabled": None},
        {"accountEnabled": "true"},
        {"businessPhones": ["1", "2"]},
        {"businessPhones": None},
        {"businessPhones": [1]},
        {"businessPhones": "1"},
        {"jobTitle": 7},
        {"usageLocation": "Germany"},
        {"userType": "Boss"},
        {"userType": None},
        {"mail": "nobody"},
        {"onPremisesExtensionAttributes": "x"},
        {"onPremisesExtensionAttributes": {"extensionAttribute16": "x"}},
        {"onPremisesExtensionAttributes": {"extensionAttribute1": 5}},
        {"extension_0123456789abcdef0123456789abcdef_level": "not registered"},
        *(
            {name: "x" * (longest + 1)}
            for name, longest in {
                "givenName": 64,
                "surname": 64,
                "displayName": 256,
                "jobTitle": 128,
                "mailNickname": 64,
                "mobilePhone": 64,
                "department": 64,
                "companyName": 64,
                "city": 128,
                "state": 128,
                "country": 128,
                "officeLocation": 128,
                "postalCode": 40,
                "streetAddress": 1024,
                "employeeId": 16,
            }.items()
        ),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_the_property(body: dict[str, Any]) -> None:
    graph = Graph()

    status, code, message = graph.refusal("PATCH", USER, TARGET, body)

    assert (status, code) == (400, "Request_BadRequest")
    assert f"'{next(iter(body))}'" in message


def test_a_refused_update_changes_nothing() -> None:
    graph = Graph()

    graph.refusal("PATCH", USER, TARGET, {"city": "Ulm", "displayName": None})

    assert graph.user(user_id(901), "city,displayName") == {"city": None, "displayName": "Person 901"}


def test_a_changed_mail_becomes_the_primary_proxy_and_the_old_one_stays() -> None:
    graph = Graph()
    guest = graph.invite("person1@contoso.example")

    graph.ask("PATCH", f"/users/{guest}", TARGET, {"mail": "married@contoso.example"})

    assert graph.user(guest, "mail,otherMails,proxyAddresses") == {
        "mail": "married@contoso.example",
        "otherMails": ["person1@contoso.example"],
        "proxyAddresses": ["SMTP:married@contoso.example", "smtp:person1@contoso.example"],
    }


@pytest.mark.parametrize("delete_first", [False, True])
def test_a_mail_that_is_another_objects_proxy_is_a_conflict(*, delete_first: bool) -> None:
    graph = Graph()
    guest = graph.invite("person1@contoso.example")
    if delete_first:
        graph.change({"op": "deleteUser", "id": user_id(902)}, tenant=TARGET)

    refusal = graph.refusal("PATCH", f"/users/{guest}", TARGET, {"mail": "SHARED@elsewhere.example"})

    assert refusal == (
        400,
        "Request_BadRequest",
        "Another object with the same value for property proxyAddresses already exists.",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"accountEnabled": False}, 403),
        ({"mobilePhone": None}, 403),
        ({"businessPhones": []}, 403),
        ({"otherMails": []}, 403),
        ({"city": "Ulm"}, 204),
    ],
)
def test_sensitive_properties_of_a_role_holder_are_denied(body: dict[str, Any], status: int) -> None:
    graph = Graph()
    graph.change({"op": "assignRole", "principalId": user_id(901), "roleDefinitionId": "r-1"}, tenant=TARGET)

    assert graph.status("PATCH", USER, TARGET, body) == status


def test_an_update_is_not_seen_by_every_read_at_once_where_replicas_lag() -> None:
    graph = Graph(faults=FaultSwitches(lag_seconds=10.0))
    graph.clock.at += 60
    graph.ask("PATCH", USER, TARGET, {"city": "Ulm"})

    at_once = {graph.user(user_id(901), "city")["city"] for _ in range(20)}
    graph.clock.at += 60
    later = {graph.user(user_id(901), "city")["city"] for _ in range(20)}

    assert at_once == {None, "Ulm"}
    assert later == {"Ulm"}


def test_annotations_that_sdks_add_are_no_properties() -> None:
    graph = Graph()

    status = graph.status("PATCH", USER, TARGET, {"@odata.type": "#microsoft.graph.user", "city": "Ulm"})

    assert status == 204
    assert graph.user(user_id(901), "city") == {"city": "Ulm"}


def test_a_later_update_does_not_take_reads_back_behind_an_earlier_one() -> None:
    graph = Graph(faults=FaultSwitches(lag_seconds=10.0))
    graph.clock.at += 60
    graph.ask("PATCH", USER, TARGET, {"city": "Ulm"})
    graph.clock.at += 10.5
    graph.ask("PATCH", USER, TARGET, {"city": "Bonn"})

    seen = {graph.user(user_id(901), "city")["city"] for _ in range(20)}

    assert seen == {"Ulm", "Bonn"}


def test_an_update_of_some_parts_leaves_the_others() -> None:
    graph = Graph()
    for number in (1, 2):
        graph.ask("PATCH", USER, TARGET, {"onPremisesExtensionAttributes": {f"extensionAttribute{number}": "x"}})

    graph.ask("PATCH", USER, TARGET, {"onPremisesExtensionAttributes": {"extensionAttribute1": None}})

    found = graph.user(user_id(901), "onPremisesExtensionAttributes")
    assert found == {"onPremisesExtensionAttributes": {"extensionAttribute1": None, "extensionAttribute2": "x"}}
