"""The judge after an initial cycle: who should be there, who should not, and with which values."""

from dataclasses import replace

import pytest

from sandbox.judge import Adoption, Case, Judgement, Membership, Rules, Scope, ScopeKind, judge, read_scope
from tests.sandbox.judge.small_tenants import (
    Document,
    directory,
    employee,
    first_case,
    gone,
    guest,
    mirrored,
    person,
)

ADA, BO, CY = person("ada"), person("bo"), person("cy")


def reasons(judgement: Judgement) -> dict[str, str]:
    return {each.source_id: str(each.reason) for each in judgement.closing.exceptions}


def said(judgement: Judgement) -> str:
    return "\n".join(map(str, judgement.disagreements))


def test_equal_tenants_agree() -> None:
    case = first_case([ADA, BO], [mirrored(ADA), mirrored(BO)])

    judgement = judge(case)

    closing = judgement.closing
    assert judgement.agreement
    assert (closing.in_scope, closing.present, closing.equal, closing.unexpected) == (2, 2, 2, 0)


#: (what the engine did wrong, target after the cycle, words of the disagreement)
WRONG_TARGETS: dict[str, tuple[list[Document], str]] = {
    "everybody is skipped": ([], "Person ada <ada@lindenhof.example>: expected a new user, found nobody"),
    "a page is lost": ([mirrored(ADA)], "Person bo <bo@lindenhof.example>: expected a new user, found nobody"),
    "a wrong attribute": ([mirrored(ADA, jobTitle="Dyer"), mirrored(BO)], "jobTitle should be 'Weaver', is 'Dyer'"),
    "a swapped attribute": ([mirrored(ADA, city="Weaving"), mirrored(BO)], "city should be None, is 'Weaving'"),
    "a wrong type": ([mirrored(ADA, userType="Guest"), mirrored(BO)], "userType should be 'Member', is 'Guest'"),
    "hidden from the address list": (
        [mirrored(ADA, showInAddressList=False), mirrored(BO)],
        "showInAddressList should be True, is False",
    ),
    "created disabled": ([mirrored(ADA, accountEnabled=False), mirrored(BO)], "accountEnabled should be True"),
    "a lost phone": ([mirrored(ADA, businessPhones=[]), mirrored(BO)], "businessPhones should be ('+49 30 1',)"),
    "a mail in other letters": ([mirrored(ADA, mail="ADA@lindenhof.example"), mirrored(BO)], "mail should be"),
    "the mail of another person": ([mirrored(ADA, mail=BO["mail"]), mirrored(BO)], "mail should be 'ada@"),
    "a doubled user": ([mirrored(ADA), mirrored(ADA, id="t-twice"), mirrored(BO)], "found a second object beside"),
    "a stranger from nowhere": ([mirrored(ADA), mirrored(BO), mirrored(CY)], "Person cy <cy@lindenhof.example>"),
    "names of two people exchanged": (
        [mirrored(ADA, displayName="Person bo"), mirrored(BO, displayName="Person ada")],
        "displayName should be 'Person bo', is 'Person ada'",
    ),
}


@pytest.mark.parametrize("name", WRONG_TARGETS)
def test_a_wrong_target_is_a_disagreement(name: str) -> None:
    current, words = WRONG_TARGETS[name]

    judgement = judge(first_case([ADA, BO], current))

    assert not judgement.agreement
    assert words in said(judgement)


#: (person, reason): the person alone is why nobody is created.
NOT_CREATED: list[tuple[Document, str]] = [
    (person("ada", accountEnabled=False), "disabledInSource"),
    (person("ada", mail=None), "noMail"),
    (person("ada", mail=""), "noMail"),
    (person("ada", mail="ada@elsewhere.example"), "unverifiedDomain"),
    (person("ada", mail="ada+test@lindenhof.example"), "invalidAddress"),
    (person("ada", mail=".ada@lindenhof.example"), "invalidAddress"),
    (person("ada", mail="ada-@lindenhof.example"), "invalidAddress"),
    (person("ada", mail="a da@lindenhof.example"), "invalidAddress"),
    (person("ada", employeeId="x" * 17), "refusedValue"),
    (person("ada", businessPhones=["1", "2"]), "refusedValue"),
    (person("ada", usageLocation="Germany"), "refusedValue"),
]


@pytest.mark.parametrize(("odd", "reason"), NOT_CREATED)
def test_who_cannot_be_invited_is_an_exception(odd: Document, reason: str) -> None:
    judgement = judge(first_case([odd, BO], [mirrored(BO)]))

    assert judgement.agreement
    assert reasons(judgement) == {"ada": reason}
    assert judgement.closing.in_scope == judgement.closing.equal + 1


@pytest.mark.parametrize(("odd", "reason"), NOT_CREATED)
def test_creating_who_cannot_be_invited_is_a_disagreement(odd: Document, reason: str) -> None:
    judgement = judge(first_case([odd, BO], [mirrored({**odd, "mail": odd["mail"] or "x@y.example"}), mirrored(BO)]))

    assert reason in reasons(judgement).values()
    assert judgement.closing.unexpected == 1


INVITABLE = [
    "o'brien@lindenhof.example",
    "zoë@lindenhof.example",
    "a.b_c-d@lindenhof-works.example",
    "李@LINDENHOF.example",
]


@pytest.mark.parametrize("mail", INVITABLE)
def test_unusual_but_allowed_addresses_are_expected(mail: str) -> None:
    odd = person("ada", mail=mail)

    assert not judge(first_case([odd], [])).agreement
    assert judge(first_case([odd], [mirrored(odd)])).agreement


NOT_INTERNAL = [
    person("ada", userType="Guest"),
    person("ada", userPrincipalName="ada_x.example#EXT#@lindenhof.onmicrosoft.com"),
    person("ada", externalUserState="Accepted"),
    person("ada", creationType="Invitation"),
]


@pytest.mark.parametrize("outsider", NOT_INTERNAL)
def test_outsiders_of_the_source_are_not_in_scope(outsider: Document) -> None:
    assert judge(first_case([outsider], [])).closing.in_scope == 0
    assert not judge(first_case([outsider], [mirrored(outsider)])).agreement


@pytest.mark.parametrize("internal", [person("ada", userType=None), person("ada", identities=[{}, {}])])
def test_unusual_members_are_in_scope(internal: Document) -> None:
    assert judge(first_case([internal], [mirrored(internal)])).closing.equal == 1
    assert not judge(first_case([internal], [])).agreement


def test_of_two_people_with_one_mail_either_may_be_there() -> None:
    twin = person("bo", mail="ADA@lindenhof.example")

    first, second = (judge(first_case([ADA, twin], [mirrored(chosen)])) for chosen in (ADA, twin))

    assert first.agreement
    assert reasons(first) == {"bo": "duplicateMail"}
    assert second.agreement
    assert reasons(second) == {"ada": "duplicateMail"}


def test_of_two_people_with_one_mail_both_are_too_many() -> None:
    twin = person("bo", mail=ADA["mail"])

    judgement = judge(first_case([ADA, twin], [mirrored(ADA), mirrored(twin)]))

    assert judgement.closing.unexpected == 1


def test_a_mixture_of_two_people_with_one_mail_is_a_disagreement() -> None:
    twin = person("bo", mail=ADA["mail"], jobTitle="Dyer")

    judgement = judge(first_case([ADA, twin], [mirrored(ADA, displayName=twin["displayName"])]))

    assert not judgement.agreement


ADOPTABLE = guest("g", ADA["mail"])

#: (who holds the address in the target, reason)
HOLDERS: dict[str, tuple[list[Document], str]] = {
    "an internal user": ([employee("e", otherMails=[ADA["mail"]])], "internalUserInTarget"),
    "an internal user by proxy": (
        [employee("e") | {"proxyAddresses": ["smtp:ADA@lindenhof.example"]}],
        "internalUserInTarget",
    ),
    "an older guest": ([ADOPTABLE | {"createdDateTime": "2021-01-01T00:00:00Z"}], "needsApproval"),
    "several": ([ADOPTABLE, guest("h", "h@x.example", otherMails=[ADA["mail"]])], "severalMatches"),
    "a guest from elsewhere": ([guest("h", "h@x.example", otherMails=[ADA["mail"]])], "needsApproval"),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_an_address_that_is_taken_is_an_exception(name: str) -> None:
    holders, reason = HOLDERS[name]

    judgement = judge(first_case([ADA], holders, baseline=holders))

    assert judgement.agreement
    assert reasons(judgement) == {"ada": reason}


@pytest.mark.parametrize("name", HOLDERS)
def test_adopting_against_the_rules_is_a_disagreement(name: str) -> None:
    holders, _ = HOLDERS[name]
    adopted = [mirrored(ADA, id=holders[0]["id"]), *holders[1:]]

    judgement = judge(first_case([ADA], adopted, baseline=holders))

    assert judgement.closing.unexpected == 1


def adoption_case(current: Document, **changes: object) -> Case:
    return replace(first_case([ADA], [current], baseline=[ADOPTABLE]), **changes)  # type: ignore[arg-type]


def test_a_newer_guest_is_adopted_and_keeps_the_type() -> None:
    right = judge(adoption_case(mirrored(ADA, id="g", userType="Guest")))
    wrong = judge(adoption_case(mirrored(ADA, id="g", userType="Member")))

    assert right.agreement
    assert right.history.pairs["ada"].adopted
    assert "userType should be 'Guest', is 'Member'" in said(wrong)


def test_a_guest_who_should_be_adopted_and_is_not_is_a_disagreement() -> None:
    assert not judge(adoption_case(ADOPTABLE)).agreement


@pytest.mark.parametrize("adoption", [Adoption.REVIEW, Adoption.NONE])
def test_without_automatic_adoption_guests_are_left_alone(adoption: Adoption) -> None:
    rules = Rules(adoption=adoption)

    assert reasons(judge(adoption_case(ADOPTABLE, rules=rules))) == {"ada": "needsApproval"}
    assert not judge(adoption_case(mirrored(ADA, id="g", userType="Guest"), rules=rules)).agreement


def test_a_guest_with_a_directory_role_is_left_alone() -> None:
    roles = directory([ADOPTABLE], roleAssignments=[{"principalId": "g"}])

    judgement = judge(adoption_case(ADOPTABLE, previous=roles))

    assert reasons(judgement) == {"ada": "needsApproval"}


def test_an_address_held_by_a_deleted_user_is_an_exception() -> None:
    held = directory([], deleted=[gone(guest("g", ADA["mail"]))])

    judgement = judge(replace(first_case([ADA], []), previous=held, current=held))

    assert judgement.agreement
    assert reasons(judgement) == {"ada": "addressHeldByDeletedUser"}


def test_restoring_a_foreign_deleted_user_is_a_disagreement() -> None:
    held = directory([], deleted=[gone(guest("g", ADA["mail"]))])

    judgement = judge(replace(first_case([ADA], [mirrored(ADA, id="g")]), previous=held))

    assert "found restored" in said(judgement)


BYSTANDER = guest("x", "x@elsewhere.example")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ([], "found gone for good"),
        ([BYSTANDER | {"city": "Rome"}], "city None -> 'Rome'"),
        ([BYSTANDER | {"userType": "Member"}], "userType 'Guest' -> 'Member'"),
        ([BYSTANDER | {"showInAddressList": True}], "showInAddressList False -> True"),
        ([BYSTANDER | {"otherMails": []}], "a property outside the mapping"),
    ],
)
def test_a_bystander_is_never_touched(now: list[Document], words: str) -> None:
    judgement = judge(first_case([ADA], [mirrored(ADA), *now], baseline=[BYSTANDER]))

    assert words in said(judgement)
    assert judgement.closing.unexpected == 1


def test_a_deleted_bystander_is_a_disagreement() -> None:
    case = first_case([], [], baseline=[BYSTANDER])

    judgement = judge(replace(case, current=directory([], deleted=[gone(BYSTANDER)])))

    assert "found deleted" in said(judgement)


def test_objects_of_other_configurations_are_theirs_to_judge() -> None:
    case = first_case([ADA], [mirrored(ADA), mirrored(CY)])

    assert not judge(case).agreement
    assert judge(replace(case, others=frozenset({"t-cy"}))).agreement


GROUPS = [
    {"id": "g1", "members": [{"id": "bo"}, {"id": "g2"}]},
    {"id": "g2", "members": [{"id": "cy"}]},
]
ASSIGNMENTS = [
    {"principalId": "ada", "principalType": "User", "resourceId": "sp"},
    {"principalId": "g1", "principalType": "Group"},
    {"principalId": "cy", "principalType": "User", "resourceId": "another application"},
]


def test_assigned_scope_is_direct_users_and_direct_members() -> None:
    source = directory([ADA, BO, CY], groups=GROUPS, appRoleAssignments=ASSIGNMENTS)
    rules = Rules(scope=Scope(kind=ScopeKind.ASSIGNED), service_principal_id="sp")
    case = replace(first_case([], [mirrored(ADA), mirrored(BO)]), source=source, rules=rules)

    assert judge(case).agreement
    assert judge(case).closing.in_scope == 2
    assert not judge(replace(case, current=directory([mirrored(each) for each in (ADA, BO, CY)]))).agreement


def test_where_the_document_says_so_members_of_nested_groups_are_assigned_and_a_cycle_ends() -> None:
    groups = [{"id": "g1", "members": [{"id": "g2"}]}, {"id": "g2", "members": [{"id": "bo"}, {"id": "g1"}]}]
    source = directory([ADA, BO, CY], groups=groups, appRoleAssignments=ASSIGNMENTS)
    rules = Rules(scope=Scope(kind=ScopeKind.ASSIGNED, nested_groups=True), service_principal_id="sp")
    case = replace(first_case([], [mirrored(ADA), mirrored(BO)]), source=source, rules=rules)

    assert judge(case).agreement
    assert judge(case).closing.in_scope == 2
    assert not judge(replace(case, rules=replace(rules, scope=Scope(kind=ScopeKind.ASSIGNED)))).agreement


@pytest.mark.parametrize(
    ("looks", "in_scope"),
    [
        ({}, True),
        ({"creationType": "Invitation"}, False),
        ({"externalUserState": "Accepted"}, False),
        ({"userPrincipalName": "bo#EXT#@contoso.onmicrosoft.com"}, False),
        ({"creationType": "SelfServiceSignUp"}, False),
    ],
)
def test_of_guests_internal_ones_are_in_scope_where_the_document_says_so(
    looks: dict[str, object], *, in_scope: bool
) -> None:
    source = directory([ADA, {**BO, "userType": "Guest", **looks}])
    case = replace(first_case([], []), source=source)

    assert judge(case).closing.in_scope == 1
    internal = replace(case, rules=Rules(scope=Scope(internal_guests=True)))
    assert judge(internal).closing.in_scope == 1 + in_scope


def test_a_document_says_what_the_scope_is() -> None:
    asked = {"scope": {"kind": "assigned", "nestedGroups": True, "internalGuests": True}}

    assert read_scope({}) == Scope()
    assert read_scope(asked) == Scope(kind=ScopeKind.ASSIGNED, nested_groups=True, internal_guests=True)


IN_G1 = Membership(groups=frozenset({"g1"}))
NOT_IN_G2 = Membership(groups=frozenset({"g2"}), inside=False)


@pytest.mark.parametrize(
    ("asked", "people"),
    [
        ((), [ADA, BO, CY]),
        (((IN_G1,),), [BO]),
        (((NOT_IN_G2,),), [ADA, BO]),
        (((IN_G1,), (NOT_IN_G2,)), [ADA, BO]),
        (((IN_G1, NOT_IN_G2),), [BO]),
        (((Membership(groups=frozenset({"g1", "g2"})),),), [BO, CY]),
        (((Membership(groups=frozenset({"nobody"})),),), []),
    ],
)
def test_a_filter_over_memberships_lets_through_whom_its_groups_say(
    asked: tuple[tuple[Membership, ...], ...], people: list[dict[str, object]]
) -> None:
    source = directory([ADA, BO, CY], groups=GROUPS)
    case = replace(first_case([], list(map(mirrored, people))), source=source, rules=Rules(filter=asked))

    assert judge(case).agreement
    assert judge(case).closing.in_scope == len(people)


def test_a_filter_over_memberships_is_on_top_of_the_assignments() -> None:
    source = directory([ADA, BO, CY], groups=GROUPS, appRoleAssignments=ASSIGNMENTS)
    rules = Rules(scope=Scope(kind=ScopeKind.ASSIGNED), service_principal_id="sp", filter=((NOT_IN_G2,), (IN_G1,)))
    outside = Rules(scope=Scope(kind=ScopeKind.ASSIGNED), service_principal_id="sp", filter=((IN_G1,),))

    assert judge(replace(first_case([], [mirrored(ADA), mirrored(BO)]), source=source, rules=rules)).agreement
    assert judge(replace(first_case([], [mirrored(BO)]), source=source, rules=outside)).agreement
