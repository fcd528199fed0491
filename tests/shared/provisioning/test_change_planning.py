"""What is done about each person, row by row of the planning table?"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.configuration.attribute_mapping import AttributeMapping, ExpressionSource
from shared.configuration.configuration import Adoption, RemovalAction
from shared.provisioning.change import ChangeKind
from shared.provisioning.change_planning import CLOCKS, Rules, Sight, failure, plan_provisioning, plan_removal, skip
from shared.provisioning.entry import SourceEntry, TargetObject
from shared.provisioning.link import Link, LinkOrigin, LinkState
from shared.provisioning.provisioning_log import ErrorCategory
from shared.provisioning.scoping import DELETED, decide_scope
from tests.shared.provisioning.people import (
    BEFORE,
    HIRED,
    employee,
    flow_of,
    holder,
    link,
    person,
    provisioned,
    rules,
)

CREATED, ADOPTED = LinkOrigin.CREATED, LinkOrigin.ADOPTED
ACTIVE, GONE, RELEASED = LinkState.ACTIVE, LinkState.DELETED, LinkState.RELEASED
CREATE, UPDATE, RESTORE, DELETE = ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.RESTORE, ChangeKind.DELETE
DISABLE, DISABLED = ChangeKind.DISABLE, LinkState.DISABLED
RELEASE, SKIP, ESCROW, WAIT = ChangeKind.RELEASE, ChangeKind.SKIP, ChangeKind.ESCROW, ChangeKind.WAIT

NOTHING = Sight(known=True)
LINKED = Sight(known=True, linked=provisioned(person()))
DIFFERENT = Sight(known=True, linked=provisioned(person(), jobTitle="Countess"))
SOFT_DELETED = Sight(known=True, linked=provisioned(person(), deleted=True))
NEW_MAIL = "ada.king@contoso.example"


def deleted_at(time: datetime) -> Sight:
    return Sight(known=True, linked=provisioned(person(), deleted=True, deleted_at=time))


def held_by(*holders: TargetObject, linked: TargetObject | None = None, holds_role: bool | None = False) -> Sight:
    return Sight(known=True, linked=linked, holders=holders, holds_role=holds_role)


@pytest.mark.parametrize(
    ("linked", "removal", "after_days", "kind"),
    [
        (None, RemovalAction.DELETE, 0, SKIP),
        (link(state=GONE), RemovalAction.DELETE, 0, SKIP),
        (link(state=GONE), RemovalAction.DISABLE, 0, SKIP),
        (link(state=RELEASED, origin=ADOPTED), RemovalAction.DELETE, 0, SKIP),
        (link(origin=ADOPTED), RemovalAction.DELETE, 0, RELEASE),
        (link(origin=ADOPTED), RemovalAction.DELETE, 7, RELEASE),
        (link(origin=ADOPTED), RemovalAction.DISABLE, 0, RELEASE),
        (link(), RemovalAction.NONE, 0, RELEASE),
        (link(origin=ADOPTED), RemovalAction.NONE, 0, RELEASE),
        (link(), RemovalAction.DELETE, 0, DELETE),
        (link(), RemovalAction.DELETE, 7, DISABLE),
        (link(), RemovalAction.DISABLE, 0, DISABLE),
        (link(state=DISABLED), RemovalAction.DELETE, 8, SKIP),
        (link(state=DISABLED), RemovalAction.DELETE, 7, DELETE),
        (link(state=DISABLED), RemovalAction.DELETE, 0, DELETE),
        (link(state=DISABLED), RemovalAction.DISABLE, 0, SKIP),
        (link(state=DISABLED), RemovalAction.NONE, 0, SKIP),
    ],
)
def test_who_is_out_of_scope_leaves_by_what_we_made_of_them(
    linked: Link | None, removal: RemovalAction, after_days: int, kind: ChangeKind
) -> None:
    rules_ = rules(removal=removal, after_days=after_days)
    change = plan_removal(linked, LINKED, rules_, decide_scope(person(), entitled=False), HIRED + timedelta(days=7))

    assert change.kind is kind
    assert change.attributes == ({"accountEnabled": False} if kind is DISABLE else {})


@pytest.mark.parametrize(("after_days", "changed_days_ago", "delete_at"), [(7, None, 7), (8, 3, 5), (3650, 1, 3649)])
def test_an_object_is_deleted_so_many_days_after_it_was_disabled(
    after_days: int, changed_days_ago: int | None, delete_at: int
) -> None:
    linked, now = (
        link(state=ACTIVE if changed_days_ago is None else DISABLED),
        HIRED + timedelta(days=changed_days_ago or 0),
    )

    change = plan_removal(linked, LINKED, rules(after_days=after_days), DELETED, now)

    assert change.delete_at == now + timedelta(days=delete_at)


@pytest.mark.parametrize("linked", [link(), link(state=DISABLED)])
def test_an_object_that_is_only_disabled_is_never_deleted(linked: Link) -> None:
    change = plan_removal(linked, LINKED, rules(removal=RemovalAction.DISABLE), DELETED, HIRED + timedelta(days=4000))

    assert change.delete_at is None


@pytest.mark.parametrize(
    ("sight", "kind", "written"),
    [
        (Sight(known=False), WAIT, {}),
        (NOTHING, RELEASE, {}),
        (SOFT_DELETED, RELEASE, {}),
        (LINKED, DISABLE, {"accountEnabled": False}),
        (Sight(known=True, linked=provisioned(person(), accountEnabled=False)), DISABLE, {}),
        (
            Sight(known=True, linked=provisioned(person(), accountEnabled=False), stale=True),
            DISABLE,
            {"accountEnabled": False},
        ),
    ],
)
def test_what_was_seen_of_the_object_decides_whether_it_is_disabled(
    sight: Sight, kind: ChangeKind, written: dict[str, bool]
) -> None:
    change = plan_removal(link(), sight, rules(removal=RemovalAction.DISABLE), DELETED, HIRED)

    assert (change.kind, change.attributes) == (kind, written)


@pytest.mark.parametrize(
    ("linked", "removal"),
    [(None, RemovalAction.DELETE), (link(), RemovalAction.NONE), (link(state=DISABLED), RemovalAction.DISABLE)],
)
def test_whoever_is_skipped_or_released_hears_why(linked: Link | None, removal: RemovalAction) -> None:
    change = plan_removal(linked, LINKED, rules(removal=removal), DELETED, HIRED)

    assert change.error is not None
    assert "deleted" in change.error.reason
    assert change.error.category is ErrorCategory.SUCCESS


# The rows of the table about people in scope.
TABLE: list[tuple[SourceEntry, Link | None, Sight, ChangeKind]] = [
    # could not be read
    (person(), None, Sight(known=False), WAIT),
    (person(), link(), Sight(known=False, linked=LINKED.linked), WAIT),
    (person(accountEnabled=False), None, Sight(known=False), WAIT),
    # the new mail cannot be used, or another object holds it
    (person(mail="ada@gmail.example"), link(), LINKED, ESCROW),
    (person(mail="a+da@contoso.example"), link(), LINKED, ESCROW),
    (person(mail="ada@gmail.example"), link(state=RELEASED, origin=ADOPTED), LINKED, ESCROW),
    (person(mail="ada@gmail.example"), link(state=GONE), SOFT_DELETED, ESCROW),
    (person(mail=NEW_MAIL), link(), held_by(holder(), linked=LINKED.linked), ESCROW),
    (person(mail=NEW_MAIL), link(), held_by(employee(), linked=LINKED.linked), ESCROW),
    (person(mail=NEW_MAIL), link(), held_by(holder(deleted=True), linked=LINKED.linked), ESCROW),
    (person(mail=NEW_MAIL), link(state=GONE), held_by(holder(), linked=SOFT_DELETED.linked), ESCROW),
    # active or released, found
    (person(mail=NEW_MAIL), link(), LINKED, UPDATE),
    (person(mail="Ada@Contoso.example"), link(), LINKED, UPDATE),
    (person(mail=None), link(), LINKED, SKIP),
    (person(mail=None), link(), DIFFERENT, UPDATE),
    (person(), link(), LINKED, SKIP),
    (person(), link(), DIFFERENT, UPDATE),
    (person(), link(origin=ADOPTED), DIFFERENT, UPDATE),
    (person(), link(state=RELEASED, origin=ADOPTED), LINKED, SKIP),
    (person(), link(state=RELEASED, origin=ADOPTED), DIFFERENT, UPDATE),
    # active or released, soft-deleted in the target by somebody
    (person(), link(), SOFT_DELETED, ESCROW),
    (person(), link(state=RELEASED, origin=ADOPTED), SOFT_DELETED, ESCROW),
    # disabled by us, because they had left
    (person(), link(state=DISABLED), Sight(known=True, linked=provisioned(person(), accountEnabled=False)), UPDATE),
    (person(), link(state=DISABLED), SOFT_DELETED, ESCROW),
    # deleted by us
    (person(), link(state=GONE), SOFT_DELETED, RESTORE),
    (person(accountEnabled=False), link(state=GONE), SOFT_DELETED, RESTORE),
    (person(mail=NEW_MAIL), link(state=GONE), SOFT_DELETED, RESTORE),
    (person(), link(state=GONE), deleted_at(HIRED - CLOCKS), RESTORE),
    (person(), link(state=GONE), deleted_at(HIRED + CLOCKS), RESTORE),
    (person(), link(state=GONE), deleted_at(HIRED + CLOCKS + timedelta(seconds=1)), ESCROW),
    (person(), link(state=GONE), DIFFERENT, UPDATE),
    (person(), link(state=GONE), LINKED, SKIP),
    # never linked, or purged
    (person(), None, NOTHING, CREATE),
    (person(), link(), NOTHING, CREATE),
    (person(), link(state=GONE), NOTHING, CREATE),
    (person(accountEnabled=False), None, NOTHING, SKIP),
    (person(accountEnabled=False), None, held_by(holder()), SKIP),
    (person(accountEnabled=False), link(state=GONE), NOTHING, SKIP),
    (person(accountEnabled=None), None, NOTHING, CREATE),
    (person(mail=None), None, NOTHING, SKIP),
    (person(mail=""), None, NOTHING, SKIP),
    (person(mail="ada@gmail.example"), None, NOTHING, ESCROW),
    (person(mail="a+da@contoso.example"), None, NOTHING, ESCROW),
    (person(mail="ada@gmail.example"), link(), NOTHING, ESCROW),
    (person(employeeId="x" * 17), None, NOTHING, ESCROW),
    (person(employeeId="x" * 17), None, held_by(holder()), ESCROW),
    (person(), None, held_by(holder()), UPDATE),
    (person(), link(state=GONE), held_by(holder()), UPDATE),
    (person(), None, held_by(holder(), holds_role=None), ESCROW),
    (person(), None, held_by(holder(created=BEFORE)), ESCROW),
    (person(), None, held_by(employee()), ESCROW),
    (person(), None, held_by(holder(deleted=True)), ESCROW),
    (person(), None, held_by(holder("a"), holder("b")), ESCROW),
]


@pytest.mark.parametrize(("source", "linked", "sight", "kind"), TABLE)
def test_the_first_row_that_fits_decides(
    source: SourceEntry, linked: Link | None, sight: Sight, kind: ChangeKind
) -> None:
    assert plan_provisioning(source, linked, sight, rules()).kind is kind


@pytest.mark.parametrize(("source", "linked", "sight", "kind"), TABLE)
def test_whatever_is_not_written_says_why(
    source: SourceEntry, linked: Link | None, sight: Sight, kind: ChangeKind
) -> None:
    change = plan_provisioning(source, linked, sight, rules())

    assert (change.error is not None) is (kind in {SKIP, ESCROW, WAIT})
    if kind is ESCROW and change.error is not None:
        assert change.error.category is ErrorCategory.NON_SERVICE_FAILURE
        assert change.error.recommended_action


@pytest.mark.parametrize("adoption", [Adoption.NONE, Adoption.REVIEW])
def test_nobody_is_adopted_unless_the_configuration_says_so(adoption: Adoption) -> None:
    change = plan_provisioning(person(), None, held_by(holder()), rules(adoption=adoption))

    assert (change.kind, change.adopt) == (ESCROW, False)


def test_a_create_writes_everything_and_makes_a_member() -> None:
    change = plan_provisioning(person(), None, NOTHING, rules())

    assert change.attributes["userType"] == "Member"
    assert change.attributes["mail"] == "ada@contoso.example"
    assert {each.name: each.desired for each in change.modified} == change.attributes
    assert {each.current for each in change.modified} == {None}


def test_an_update_writes_only_what_differs() -> None:
    change = plan_provisioning(person(), link(), DIFFERENT, rules())

    assert (change.target_id, change.attributes, change.adopt) == ("t-ada", {"jobTitle": "Analyst"}, False)
    assert [(each.name, each.current, each.desired) for each in change.modified] == [
        ("jobTitle", "Countess", "Analyst")
    ]


def test_an_adopted_guest_gets_what_differs_and_keeps_its_type() -> None:
    guest = holder(jobTitle="Analyst")

    change = plan_provisioning(person(), None, held_by(guest), rules())

    assert (change.target_id, change.adopt) == (guest.id, True)
    assert change.attributes["displayName"] == "Ada Lovelace"
    assert not {"userType", "jobTitle", "mail"}.intersection(change.attributes)


def test_a_restore_writes_everything_but_the_type() -> None:
    change = plan_provisioning(person(), link(state=GONE), SOFT_DELETED, rules())

    assert change.target_id == "t-ada"
    assert change.attributes["jobTitle"] == "Analyst"
    assert "userType" not in change.attributes


def test_who_has_lost_their_mail_keeps_it_in_the_target() -> None:
    change = plan_provisioning(person(mail=None, jobTitle="Countess"), link(), LINKED, rules())

    assert change.attributes == {"jobTitle": "Countess"}


@pytest.mark.parametrize("current", [True, None])
def test_a_disable_is_held_until_the_guard_has_released_it(current: bool | None) -> None:
    source = person(accountEnabled=False, jobTitle="Countess")
    linked = provisioned(person(), accountEnabled=current)

    held = plan_provisioning(source, link(), Sight(known=True, linked=linked), rules())
    released = plan_provisioning(source, link(), Sight(known=True, linked=linked, disable_released=True), rules())

    assert (held.kind, held.hold_disable, held.attributes) == (UPDATE, True, {"jobTitle": "Countess"})
    assert (released.kind, released.hold_disable) == (UPDATE, False)
    assert released.attributes == {"jobTitle": "Countess", "accountEnabled": False}


def test_where_nothing_but_the_disable_is_to_do_it_is_skipped_and_held() -> None:
    change = plan_provisioning(person(accountEnabled=False), link(), LINKED, rules())

    assert (change.kind, change.hold_disable, change.target_id) == (SKIP, True, "t-ada")


def test_who_is_disabled_on_both_sides_is_not_held() -> None:
    disabled = person(accountEnabled=False)

    change = plan_provisioning(disabled, link(), Sight(known=True, linked=provisioned(disabled)), rules())

    assert (change.kind, change.hold_disable) == (SKIP, False)


def test_somebody_enabled_again_is_enabled_at_once() -> None:
    sight = Sight(known=True, linked=provisioned(person(), accountEnabled=False))

    change = plan_provisioning(person(), link(), sight, rules())

    assert (change.attributes, change.hold_disable) == ({"accountEnabled": True}, False)


def test_right_after_a_write_everything_is_written_because_what_was_read_may_be_older() -> None:
    sight = Sight(known=True, linked=provisioned(person()), stale=True)

    change = plan_provisioning(person(), link(), sight, rules())

    assert change.kind is UPDATE
    assert set(change.attributes) > {"accountEnabled", "jobTitle", "mail"}
    assert change.modified == ()


def test_right_after_a_write_a_disable_is_held_even_if_the_target_seems_disabled() -> None:
    disabled = person(accountEnabled=False)
    sight = Sight(known=True, linked=provisioned(disabled), stale=True)

    change = plan_provisioning(disabled, link(), sight, rules())

    assert change.hold_disable
    assert "accountEnabled" not in change.attributes


def test_an_escrow_names_the_object_that_stands_in_the_way() -> None:
    change = plan_provisioning(
        person(mail=NEW_MAIL), link(), held_by(holder("t-stranger"), linked=LINKED.linked), rules()
    )

    assert change.error is not None
    assert "t-stranger" in change.error.reason


def every_plan() -> list[tuple[SourceEntry, Link | None, Sight, Rules]]:
    """Every combination of what decides, sensible or not."""
    sources = [person(**each) for each in ({}, {"accountEnabled": False}, {"mail": None}, {"mail": NEW_MAIL})]
    links = [None, *(link(state=state, origin=origin) for state in LinkState for origin in LinkOrigin)]
    linked = [None, LINKED.linked, DIFFERENT.linked, SOFT_DELETED.linked]
    holders: list[tuple[TargetObject, ...]] = [(), (holder(),), (employee(),), (holder("a"), holder("b"))]
    sights = [
        Sight(known=known, linked=one, holders=held, holds_role=False, stale=stale, disable_released=released)
        for known in (True, False)
        for one in linked
        for held in holders
        for stale in (True, False)
        for released in (True, False)
    ]
    return [
        (source, one, sight, rules(adoption=adoption))
        for source in sources
        for one in links
        for sight in sights
        for adoption in Adoption
    ]


def test_whatever_is_seen_somebody_in_scope_is_never_removed() -> None:
    kinds = {plan_provisioning(*each).kind for each in every_plan()}

    assert kinds == set(ChangeKind) - {DELETE, DISABLE, RELEASE}


def test_whatever_is_seen_only_a_released_disable_is_written_to_a_living_object() -> None:
    for source, one, sight, with_rules in every_plan():
        change = plan_provisioning(source, one, sight, with_rules)

        disables = change.attributes.get("accountEnabled") is False
        assert not disables or sight.disable_released or change.kind is RESTORE
        assert not (change.hold_disable and "accountEnabled" in change.attributes)


def test_whatever_is_seen_a_write_goes_to_the_linked_object_or_to_an_adopted_guest() -> None:
    for source, one, sight, with_rules in every_plan():
        change = plan_provisioning(source, one, sight, with_rules)

        if change.kind in {UPDATE, RESTORE}:
            expected = sight.holders[0].id if change.adopt else "t-ada"
            assert change.target_id == expected
        assert not change.adopt or with_rules.adoption is Adoption.AUTOMATIC
        assert change.kind is not CREATE or not (change.target_id or sight.holders)


def test_whatever_is_seen_what_cannot_be_read_waits() -> None:
    assert all((plan_provisioning(*each).kind is WAIT) is not each[2].known for each in every_plan())


@pytest.mark.parametrize("sight", [NOTHING, DIFFERENT, SOFT_DELETED, held_by(holder())])
def test_writing_what_was_planned_leaves_nothing_to_write(sight: Sight) -> None:
    change = plan_provisioning(person(), link(state=GONE), sight, rules())
    found = sight.holders[0] if sight.holders else sight.linked
    written = {**(found.attributes if found else {}), **change.attributes}

    current = TargetObject(id="t-ada", attributes=written, created=None)

    assert plan_provisioning(person(), link(), Sight(known=True, linked=current), rules()).kind is SKIP


def test_a_reason_to_skip_is_no_failure() -> None:
    assert skip("Code", "Why.").category is ErrorCategory.SUCCESS
    assert failure("Code", "Why.", "Do.").category is ErrorCategory.NON_SERVICE_FAILURE


FAILING = replace(
    rules(),
    flow=flow_of(
        AttributeMapping(target_attribute="city", source=ExpressionSource(text='Error("no city")')),
        AttributeMapping(target_attribute="state", source=ExpressionSource(text='Error("no state")')),
    ),
)


@pytest.mark.parametrize(
    ("linked", "sight", "target_id"),
    [(None, NOTHING, ""), (link(), LINKED, "t-ada"), (link(state=GONE), SOFT_DELETED, "t-ada")],
)
def test_whose_values_cannot_be_computed_is_an_escrow_that_names_them(
    linked: Link | None, sight: Sight, target_id: str
) -> None:
    change = plan_provisioning(person(), linked, sight, FAILING)

    assert (change.kind, change.target_id) == (ESCROW, target_id)
    assert change.error is not None
    assert change.error.code == "AttributeFlowFailed"
    assert "city: no city; state: no state" in change.error.reason
    assert change.error.recommended_action == "Look at the mapping of city, state."


def test_who_is_disabled_after_an_adoption_whose_end_nobody_knows_is_adopted_and_held() -> None:
    """The guest may be theirs by now; without a link nobody would ever disable it."""
    disabled = person(accountEnabled=False)
    sight = replace(held_by(holder(accountEnabled=True)), adopting=True)

    change = plan_provisioning(disabled, None, sight, rules())

    assert (change.kind, change.adopt, change.hold_disable, change.target_id) == (UPDATE, True, True, "t-other")
    assert "accountEnabled" not in change.attributes


@pytest.mark.parametrize("holders", [(), (holder("t-1"), holder("t-2"))])
def test_who_is_disabled_and_can_have_adopted_nobody_is_skipped(holders: tuple[TargetObject, ...]) -> None:
    change = plan_provisioning(person(accountEnabled=False), None, replace(held_by(*holders), adopting=True), rules())

    assert change.kind is SKIP
