"""The judge after incremental cycles: changes, leavers, people who return, and the removal guard."""

from dataclasses import replace

import pytest

from sandbox.judge import History, Judgement, Pair, judge
from tests.sandbox.judge.small_tenants import Document, directory, gone, guest, later_case, mirrored, person

ADA, BO = person("ada"), person("bo")
TARGET = [mirrored(ADA), mirrored(BO)]


def reasons(judgement: Judgement) -> dict[str, str]:
    return {each.source_id: str(each.reason) for each in judgement.closing.exceptions}


def said(judgement: Judgement) -> str:
    return "\n".join(map(str, judgement.disagreements))


CHANGES: list[dict[str, object]] = [
    {"department": "Dyeing"},
    {"jobTitle": None},
    {"businessPhones": []},
    {"accountEnabled": False},
    {"accountEnabled": False, "jobTitle": "Pensioner"},
    {"surname": "Novak", "mail": "ada.novak@lindenhof.example", "displayName": "Ada Novak"},
    {"mail": "ada@lindenhof-works.example"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_flowed_agrees_and_a_stale_value_does_not(change: dict[str, object]) -> None:
    changed = ADA | change
    flowed = TARGET[0] | change

    assert judge(later_case([changed, BO], TARGET, [flowed, TARGET[1]])).agreement
    assert not judge(later_case([changed, BO], TARGET, TARGET)).agreement


@pytest.mark.parametrize("name", ["displayName", "mail", "mailNickname", "usageLocation", "accountEnabled"])
def test_what_graph_cannot_clear_is_left_as_it_is(name: str) -> None:
    without = {key: value for key, value in ADA.items() if key != name}

    assert judge(later_case([without, BO], TARGET, TARGET)).agreement
    assert not judge(later_case([without, BO], TARGET, [TARGET[0] | {name: "else"}, TARGET[1]])).agreement


def test_a_leaver_is_soft_deleted() -> None:
    removed = judge(later_case([BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])]))
    missed = judge(later_case([BO], TARGET, TARGET))
    purged = judge(later_case([BO], TARGET, TARGET[1:]))

    assert removed.agreement
    assert "expected deleted: the person is no longer in scope, found still there" in said(missed)
    assert missed.closing.unexpected == 1
    assert "found gone for good" in said(purged)


def test_somebody_who_becomes_a_guest_of_the_source_is_a_leaver() -> None:
    source = [ADA | {"userType": "Guest"}, BO]

    assert judge(later_case(source, TARGET, TARGET[1:], deleted=[gone(TARGET[0])])).agreement
    assert not judge(later_case(source, TARGET, TARGET)).agreement


def test_an_adopted_leaver_stays_as_it_was() -> None:
    kept = later_case([BO], TARGET, TARGET, adopted=("t-ada",))
    deleted = later_case([BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])], adopted=("t-ada",))
    changed = later_case([BO], TARGET, [TARGET[0] | {"accountEnabled": False}, TARGET[1]], adopted=("t-ada",))

    assert judge(kept).agreement
    assert "found deleted" in said(judge(deleted))
    assert "accountEnabled True -> False" in said(judge(changed))


def test_removing_somebody_in_scope_is_a_disagreement() -> None:
    judgement = judge(later_case([ADA, BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])]))

    assert "expected the object t-ada, found it among the deleted items" in said(judgement)


def returning(current: list[Document], deleted: list[Document]) -> Judgement:
    """Ada had left and is back: her object is among the deleted items of the previous target."""
    case = later_case([ADA, BO], TARGET, current, deleted=deleted)
    return judge(replace(case, previous=directory(TARGET[1:], deleted=[gone(TARGET[0])])))


def test_whoever_returns_gets_the_same_object_back() -> None:
    restored = returning(TARGET, [])
    anew = returning([mirrored(ADA, id="t-new"), TARGET[1]], [gone(TARGET[0])])
    forgotten = returning(TARGET[1:], [gone(TARGET[0])])

    assert restored.agreement
    assert "expected the object t-ada" in said(anew)
    assert anew.closing.unexpected == 1
    assert not forgotten.agreement


def test_after_the_purge_a_returning_person_is_created_anew() -> None:
    case = later_case([ADA, BO], TARGET, [mirrored(ADA, id="t-new"), TARGET[1]])
    longer_ago = directory(TARGET[1:], deleted=[gone(TARGET[0], "2026-10-20T00:00:00Z")])

    judgement = judge(replace(case, previous=longer_ago))

    assert judgement.agreement
    assert judgement.history.pairs["ada"].target_id == "t-new"


def test_a_removed_person_who_reappears_unasked_is_a_disagreement() -> None:
    case = later_case([BO], TARGET, TARGET)

    judgement = judge(replace(case, previous=directory(TARGET[1:], deleted=[gone(TARGET[0])])))

    assert "found restored" in said(judgement)


FORGED = "ada@bank.example"


@pytest.mark.parametrize(
    ("mail", "reason"), [(FORGED, "unverifiedDomain"), ("a+d@lindenhof.example", "invalidAddress")]
)
def test_a_linked_person_does_not_get_a_mail_that_nobody_may_have(mail: str, reason: str) -> None:
    source = [ADA | {"mail": mail}, BO]

    kept = judge(later_case(source, TARGET, TARGET))
    given = judge(later_case(source, TARGET, [TARGET[0] | {"mail": mail}, TARGET[1]]))

    assert kept.agreement
    assert reasons(kept) == {"ada": reason}
    assert kept.closing.in_scope == kept.closing.equal + 1
    assert "mail should be 'ada@lindenhof.example'" in said(given)


def test_a_linked_person_with_a_value_that_graph_refuses_stays_as_before() -> None:
    changed = ADA | {"employeeId": "x" * 17, "department": "Dyeing"}

    kept = judge(later_case([changed, BO], TARGET, TARGET))
    emptied = judge(later_case([changed, BO], TARGET, [TARGET[0] | {"department": None}, TARGET[1]]))

    assert kept.agreement
    assert reasons(kept) == {"ada": "refusedValue"}
    assert not emptied.agreement


def test_a_linked_person_who_takes_a_colleagues_mail_keeps_the_own_one() -> None:
    source = [ADA | {"mail": BO["mail"]}, BO]

    assert reasons(judge(later_case(source, TARGET, TARGET))) == {"ada": "duplicateMail"}
    assert not judge(later_case(source, TARGET, [TARGET[0] | {"mail": BO["mail"]}, TARGET[1]])).agreement


def test_a_newcomer_with_a_colleagues_mail_is_an_exception() -> None:
    newcomer = person("cy", mail=ADA["mail"])

    judgement = judge(later_case([ADA, BO, newcomer], TARGET, TARGET))

    assert judgement.agreement
    assert reasons(judgement) == {"cy": "duplicateMail"}


@pytest.mark.parametrize("takes_over", [True, False])
def test_a_rehire_does_not_get_the_account_of_the_person_before(takes_over: bool) -> None:
    rehired = person("ada-again", mail=ADA["mail"])
    now = [mirrored(rehired, id="t-ada")] if takes_over else []
    deleted = [] if takes_over else [gone(TARGET[0])]

    judgement = judge(later_case([rehired, BO], TARGET, [*now, TARGET[1]], deleted=deleted))

    assert judgement.agreement is not takes_over
    assert reasons(judgement) == {"ada-again": "needsApproval"}


def test_an_address_that_its_owner_gave_up_may_go_to_a_newcomer_or_wait() -> None:
    married, newcomer = ADA | {"mail": "a.novak@lindenhof.example"}, person("cy", mail=ADA["mail"])
    flowed = [TARGET[0] | {"mail": married["mail"]}, TARGET[1]]

    with_newcomer = judge(later_case([married, BO, newcomer], TARGET, [*flowed, mirrored(newcomer)]))
    waiting = judge(later_case([married, BO, newcomer], TARGET, flowed))

    assert with_newcomer.agreement
    assert with_newcomer.closing.equal == 3
    assert waiting.agreement
    assert reasons(waiting) == {"cy": "needsApproval"}


def test_a_known_person_who_is_disabled_later_stays_as_disabled() -> None:
    source = [ADA | {"accountEnabled": False}, BO]

    assert judge(later_case(source, TARGET, [TARGET[0] | {"accountEnabled": False}, TARGET[1]])).closing.equal == 2
    assert not judge(later_case(source, TARGET, TARGET[1:], deleted=[gone(TARGET[0])])).agreement


def test_a_guest_invited_by_hand_in_between_is_left_alone() -> None:
    newcomer = person("cy", createdDateTime="2026-11-24T11:00:00Z")
    by_hand = guest("g", newcomer["mail"], createdDateTime="2026-11-24T10:00:00Z")

    judgement = judge(later_case([ADA, BO, newcomer], [*TARGET, by_hand], [*TARGET, by_hand]))

    assert judgement.agreement
    assert reasons(judgement) == {"cy": "needsApproval"}


CROWD = [person(f"p{number}") for number in range(60)]
CROWD_THERE = [mirrored(each) for each in CROWD]


@pytest.mark.parametrize(("leavers", "held"), [(11, False), (12, True), (60, True)])
def test_too_many_removals_at_once_are_held(leavers: int, held: bool) -> None:
    left = [gone(each) for each in CROWD_THERE[:leavers]]

    removed = judge(later_case(CROWD[leavers:], CROWD_THERE, CROWD_THERE[leavers:], deleted=left))
    kept = judge(later_case(CROWD[leavers:], CROWD_THERE, CROWD_THERE))

    assert removed.agreement is not held
    assert kept.agreement is held


def test_too_many_disables_at_once_may_be_held() -> None:
    source = [*({**each, "accountEnabled": False} for each in CROWD[:20]), *CROWD[20:]]

    assert judge(later_case(source, CROWD_THERE, CROWD_THERE)).agreement


def test_the_history_remembers_leavers_for_their_return() -> None:
    judgement = judge(later_case([BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])]))

    assert judgement.history == History(
        pairs={
            "ada": Pair(source_id="ada", target_id="t-ada", adopted=False),
            "bo": Pair(source_id="bo", target_id="t-bo", adopted=False),
        }
    )
