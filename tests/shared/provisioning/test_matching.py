"""Which guests may be adopted, and which objects are our own work?"""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.configuration.configuration import Adoption
from shared.provisioning.entry import AttributeValue, SourceEntry, TargetObject
from shared.provisioning.matching import adoption_problem, is_b2b, is_younger, parsed_time
from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation
from tests.shared.provisioning.people import BEFORE, HIRED, VERIFIED, employee, holder, person

SEVERAL, INTERNAL, CONFLICT = "DuplicateTargetEntries", "InvitationCreationFailureAmbiguousUser", "EntryConflict"


def problem_of(
    *holders: TargetObject,
    source: SourceEntry | None = None,
    adoption: Adoption = Adoption.AUTOMATIC,
    holds_role: bool | None = False,
) -> ErrorInformation | None:
    return adoption_problem(source or person(), holders, adoption, verified_domains=VERIFIED, holds_role=holds_role)


@pytest.mark.parametrize(
    ("found", "what"),
    [
        ((holder("a"), holder("b")), SEVERAL),
        ((holder("a"), employee("b")), SEVERAL),
        ((holder("a", deleted=True), holder("b")), SEVERAL),
        ((holder(deleted=True),), CONFLICT),
        ((employee(deleted=True),), CONFLICT),
        ((employee(),), INTERNAL),
        ((holder(mail="ada@gmail.example"),), CONFLICT),
        ((holder(mail="ada@contoso.example.evil.example"),), CONFLICT),
        ((holder(mail="ada"),), CONFLICT),
        ((holder(created=BEFORE),), CONFLICT),
        ((holder(created=HIRED - timedelta(seconds=1)),), CONFLICT),
        ((holder(created=None),), CONFLICT),
    ],
)
@pytest.mark.parametrize("adoption", list(Adoption))
@pytest.mark.parametrize("holds_role", [False, True, None])
def test_what_cannot_be_ours_is_refused_whatever_the_configuration_says(
    found: tuple[TargetObject, ...], what: str, adoption: Adoption, holds_role: bool | None
) -> None:
    problem = problem_of(*found, adoption=adoption, holds_role=holds_role)

    assert problem is not None
    assert problem.code == what


@pytest.mark.parametrize("adoption", list(Adoption))
@pytest.mark.parametrize("holds_role", [False, True, None])
def test_a_guest_is_adopted_only_automatically_and_surely_without_a_role(
    adoption: Adoption, holds_role: bool | None
) -> None:
    problem = problem_of(holder(), adoption=adoption, holds_role=holds_role)

    assert (problem is None) is (adoption is Adoption.AUTOMATIC and holds_role is False)


@pytest.mark.parametrize(
    "guest",
    [
        holder(),
        holder(created=HIRED + timedelta(days=1)),
        holder(mail=None),
        holder(mail="ADA@Contoso.Example"),
        holder(creationType=None),
        holder(userPrincipalName="ada@fabrikam.example"),
    ],
)
def test_a_guest_as_old_as_the_person_or_younger_is_adopted(guest: TargetObject) -> None:
    assert problem_of(guest) is None


@pytest.mark.parametrize("created", [None, "", "yesterday", "2025-06-01T00:00:00", "2025-06-01", True])
def test_a_person_of_unknown_age_adopts_nobody(created: AttributeValue) -> None:
    assert problem_of(holder(), source=person(createdDateTime=created)) is not None


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ((holder("a"), holder("b")), "More than one"),
        ((holder(deleted=True),), "deleted"),
        ((employee(),), "internal user"),
        ((holder(mail="ada@gmail.example"),), "verified domains"),
        ((holder(created=BEFORE),), "older"),
    ],
)
def test_a_refusal_says_why_and_names_every_object(found: tuple[TargetObject, ...], reason: str) -> None:
    problem = problem_of(*found)

    assert problem is not None
    assert reason in problem.reason
    assert all(each.id in problem.reason for each in found)
    assert problem.recommended_action
    assert problem.category is ErrorCategory.NON_SERVICE_FAILURE


@pytest.mark.parametrize(
    ("adoption", "holds_role", "reason"),
    [
        (Adoption.AUTOMATIC, True, "holds a directory role"),
        (Adoption.AUTOMATIC, None, "could not be read"),
        (Adoption.REVIEW, None, "waits for approval"),
        (Adoption.NONE, None, "adopts nobody"),
    ],
)
def test_a_role_is_only_told_of_where_roles_were_read(adoption: Adoption, holds_role: bool | None, reason: str) -> None:
    problem = problem_of(holder(), adoption=adoption, holds_role=holds_role)

    assert problem is not None
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("candidate", "b2b"),
    [
        (holder(), True),
        (holder(creationType=None), True),
        (holder(creationType=None, userPrincipalName="ada_x#ext#@fabrikam.example"), True),
        (holder(userPrincipalName=None), True),
        (holder(userType="Member"), True),
        (employee(), False),
        (holder(creationType="LocalAccount", userPrincipalName="ada@fabrikam.example"), False),
        (holder(creationType=None, userPrincipalName=None), False),
    ],
)
def test_a_b2b_user_is_told_by_how_it_was_made_and_not_by_its_type(candidate: TargetObject, b2b: bool) -> None:
    assert is_b2b(candidate) is b2b


@pytest.mark.parametrize(
    ("created", "looked_up", "ours"),
    [
        (HIRED + timedelta(seconds=1), HIRED, True),
        (HIRED, HIRED, False),
        (HIRED - timedelta(seconds=1), HIRED, False),
        (None, HIRED, False),
        (HIRED, None, False),
        (None, None, False),
    ],
)
def test_only_an_object_younger_than_the_look_up_is_our_creation(
    created: datetime | None, looked_up: datetime | None, ours: bool
) -> None:
    assert is_younger(holder(created=created), looked_up) is ours


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025-06-01T00:00:00Z", HIRED),
        ("2025-06-01T02:00:00+02:00", HIRED),
        ("2025-06-01T00:00:00.1234567Z", datetime(2025, 6, 1, 0, 0, 0, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-08:00", datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-8)))),
        ("2025-06-01T00:00:00", None),
        ("2025-06-31T00:00:00Z", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_time_with_an_offset_is_a_time(text: str | None, time: datetime | None) -> None:
    assert parsed_time(text) == time


def test_a_time_at_the_end_of_the_calendar_can_be_compared() -> None:
    edge = parsed_time("9999-12-31T23:59:59-23:59")

    assert is_younger(holder(created=edge), HIRED)
