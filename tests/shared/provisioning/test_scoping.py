"""Who is in scope, and what does the log say of it?"""

import pytest

from shared.provisioning.entry import AttributeValue
from shared.provisioning.scoping import DELETED, ScopingReason, decide_scope, is_external
from tests.shared.provisioning.filters import filter_of
from tests.shared.provisioning.people import person

IN, GUEST = ScopingReason.IN_SCOPE, ScopingReason.GUEST
EXTERNAL, NOT_ASSIGNED = ScopingReason.EXTERNAL, ScopingReason.NOT_ASSIGNED

UPN = "ada_fabrikam.example#EXT#@contoso.onmicrosoft.com"

# What the person looks like, and the reason: if the scope includes them, and if it does not.
TABLE: list[tuple[dict[str, AttributeValue], ScopingReason, ScopingReason]] = [
    ({}, IN, NOT_ASSIGNED),
    ({"userType": None}, IN, NOT_ASSIGNED),
    ({"userType": ""}, IN, NOT_ASSIGNED),
    ({"userType": "member"}, IN, NOT_ASSIGNED),
    ({"userType": "Guest"}, GUEST, GUEST),
    ({"userType": "guest"}, GUEST, GUEST),
    ({"userType": "Robot"}, GUEST, GUEST),
    ({"userPrincipalName": UPN}, EXTERNAL, EXTERNAL),
    ({"userPrincipalName": UPN.lower()}, EXTERNAL, EXTERNAL),
    ({"userPrincipalName": UPN, "userType": "Guest"}, EXTERNAL, EXTERNAL),
    ({"userPrincipalName": None}, IN, NOT_ASSIGNED),
    ({"externalUserState": "Accepted"}, EXTERNAL, EXTERNAL),
    ({"externalUserState": "PendingAcceptance"}, EXTERNAL, EXTERNAL),
    ({"externalUserState": None}, IN, NOT_ASSIGNED),
    ({"creationType": "Invitation"}, EXTERNAL, EXTERNAL),
    ({"creationType": "Invitation", "userType": "Guest"}, EXTERNAL, EXTERNAL),
    ({"creationType": "LocalAccount"}, IN, NOT_ASSIGNED),
    ({"creationType": None}, IN, NOT_ASSIGNED),
    ({"accountEnabled": False}, IN, NOT_ASSIGNED),
    ({"mail": None}, IN, NOT_ASSIGNED),
]


@pytest.mark.parametrize(("changes", "entitled", "not_entitled"), TABLE)
def test_the_reason_depends_on_the_person_and_on_the_scope(
    changes: dict[str, AttributeValue], entitled: ScopingReason, not_entitled: ScopingReason
) -> None:
    source = person(**changes)

    reasons = decide_scope(source, entitled=True).reason, decide_scope(source, entitled=False).reason

    assert reasons == (entitled, not_entitled)


INTERNAL_GUESTS: list[tuple[dict[str, AttributeValue], ScopingReason]] = [
    ({"userType": "Guest"}, IN),
    ({"userType": "guest", "creationType": None, "externalUserState": None}, IN),
    ({"userType": "Guest", "creationType": "Invitation"}, EXTERNAL),
    ({"userType": "Guest", "externalUserState": "PendingAcceptance"}, EXTERNAL),
    ({"userType": "Guest", "userPrincipalName": UPN}, EXTERNAL),
    ({"userType": "Guest", "creationType": "SelfServiceSignUp"}, GUEST),
    ({"userType": "Guest", "creationType": "EmailVerified"}, GUEST),
    ({"userType": "Robot"}, GUEST),
    ({"userType": "Member", "creationType": "Invitation"}, EXTERNAL),
    ({}, IN),
]


@pytest.mark.parametrize(("changes", "reason"), INTERNAL_GUESTS)
def test_of_guests_only_internal_ones_are_taken_and_only_where_they_are_asked_for(
    changes: dict[str, AttributeValue], reason: ScopingReason
) -> None:
    source = person(**changes)

    assert decide_scope(source, entitled=True, guests=True).reason is reason
    assert decide_scope(source, entitled=False, guests=True).reason is (NOT_ASSIGNED if reason is IN else reason)
    assert decide_scope(source, entitled=True).in_scope is (reason is IN and changes == {})


@pytest.mark.parametrize(("changes", "entitled", "_"), TABLE)
def test_only_external_people_are_external(
    changes: dict[str, AttributeValue], entitled: ScopingReason, _: ScopingReason
) -> None:
    assert is_external(person(**changes)) is (entitled is EXTERNAL)


@pytest.mark.parametrize("reason", list(ScopingReason))
def test_one_reason_alone_is_in_scope(reason: ScopingReason) -> None:
    decisions = [decide_scope(person(**changes), entitled=True) for changes, *_ in TABLE] + [
        decide_scope(person(), entitled=False),
        decide_scope(person(), entitled=True, scope_filter=filter_of(groups=[["city IS NOT NULL"]])),
        decide_scope(person(), entitled=True, scope_filter=filter_of(input_groups=[["city IS NOT NULL"]])),
        DELETED,
    ]

    assert {each.in_scope for each in decisions if each.reason is reason} == {reason is IN}


def test_the_log_of_somebody_in_scope_names_no_reason_to_skip() -> None:
    assert decide_scope(person(), entitled=True).details == {
        "Active in the source system": "True",
        "Assigned to the application": "True",
        "User has the required role": "True",
        "Scoping filter evaluation passed": "True",
        "ScopeEvaluationResult": "{}",
        "SkipReason": "",
    }


def test_the_log_of_somebody_out_of_scope_names_the_reason() -> None:
    details = decide_scope(person(), entitled=False).details

    assert details["Assigned to the application"] == "False"
    assert details["Scoping filter evaluation passed"] == "False"
    assert details["SkipReason"] == "notAssigned"


def test_a_guest_who_is_assigned_is_shown_as_assigned() -> None:
    details = decide_scope(person(userType="Guest"), entitled=True).details

    assert (details["Assigned to the application"], details["SkipReason"]) == ("True", "guest")


def test_who_is_not_in_the_directory_is_neither_active_nor_assigned() -> None:
    assert DELETED.details == {
        "Active in the source system": "False",
        "Assigned to the application": "False",
        "User has the required role": "False",
        "Scoping filter evaluation passed": "False",
        "ScopeEvaluationResult": "{}",
        "SkipReason": "deleted",
    }
