"""What becomes of what others do to an object, row by row of the table?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.configuration.configuration import Departures, DriftPolicy, DriftRules, RemovalAction
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import Rules, Sight, plan_provisioning, plan_removal
from shared.provisioning.drift import DELETED, REPAIRED, REPORTED, Circumstances, is_settled
from shared.provisioning.entry import AttributeValue, TargetObject
from shared.provisioning.link import Departure, Drift, Link, LinkOrigin, LinkState
from shared.provisioning.provisioning_log import ModifiedProperty
from shared.provisioning.scoping import decide_scope
from tests.shared.provisioning.people import BEFORE, FLOW, NOW, holder, link, person, provisioned, rules

AS_WRITTEN = Circumstances(as_written=True)
REPORT, ENFORCE = DriftRules(), DriftRules(default=DriftPolicy.ENFORCE)
UNDONE = DriftRules(departures=Departures.ENFORCE)
BLOCKED = link().with_drift(Drift(since=BEFORE, departure=Departure.BLOCKED))


def ruled(drift: DriftRules | None) -> Rules:
    return replace(rules(), drift=drift)


def planned(
    drift: DriftRules | None,
    *,
    standing: Link | None = None,
    past: Circumstances = AS_WRITTEN,
    deleted: bool = False,
    wanted: AttributeValue = True,
    **found: AttributeValue,
) -> Change:
    """What is done about Ada, whose object shows what is `found`; `wanted` is whether she may sign in."""
    ada = person(accountEnabled=wanted)
    there = provisioned(ada, deleted=deleted)
    sight = Sight(known=True, linked=replace(there, attributes={**there.attributes, **found}), past=past)
    return plan_provisioning(ada, standing or link(), sight, ruled(drift))


def names(change: Change) -> set[str]:
    return set(change.attributes)


def drifted(change: Change) -> tuple[Departure, tuple[str, ...]]:
    """What stays of it on the link."""
    drift = change.drift
    assert drift is not None
    return drift.departure, tuple(each.name for each in drift.attributes)


def code(change: Change) -> str:
    assert change.error is not None
    return change.error.code


def test_a_value_that_others_have_changed_is_reported_and_not_written() -> None:
    change = planned(REPORT, jobTitle="Countess")

    assert (change.kind, names(change), code(change)) == (ChangeKind.SKIP, set(), REPORTED)
    assert change.drift == Drift(
        since=NOW, attributes=(ModifiedProperty(name="jobTitle", current="Countess", desired="Analyst"),)
    )


def test_a_value_that_others_have_changed_is_written_again_where_that_is_enforced() -> None:
    change = planned(ENFORCE, jobTitle="Countess")

    assert (change.kind, names(change), code(change)) == (ChangeKind.UPDATE, {"jobTitle"}, REPAIRED)
    assert change.drift is None


def test_of_two_attributes_each_goes_its_own_way() -> None:
    change = planned(replace(REPORT, enforce=("jobTitle",)), jobTitle="Countess", givenName="Augusta")

    assert (names(change), drifted(change)) == ({"jobTitle"}, (Departure.NONE, ("givenName",)))


@pytest.mark.parametrize("past", [Circumstances(), Circumstances(unclear=True)])
def test_where_the_source_has_changed_or_nobody_knows_what_we_wrote_all_that_differs_flows(past: Circumstances) -> None:
    change = planned(REPORT, past=past, jobTitle="Countess")

    assert (names(change), change.error, change.drift) == ({"jobTitle"}, None, None)


def test_without_rules_for_drift_all_that_differs_flows() -> None:
    change = planned(None, jobTitle="Countess", accountEnabled=False)

    assert (names(change), change.error, change.drift) == ({"jobTitle", "accountEnabled"}, None, None)


DISABLED_BY_US = replace(link(), enabled=False)


@pytest.mark.parametrize(
    ("rules_", "standing", "past", "enables"),
    [
        (REPORT, link(), AS_WRITTEN, False),
        (ENFORCE, link(), AS_WRITTEN, False),
        (UNDONE, link(), AS_WRITTEN, True),
        (REPORT, link(), Circumstances(), False),  # also when the source has changed
        (REPORT, link(), Circumstances(as_written=True, released=True), True),
        (REPORT, link(), Circumstances(unclear=True), True),  # it may have been us
        (REPORT, DISABLED_BY_US, Circumstances(), True),
        (REPORT, replace(BLOCKED, enabled=False), Circumstances(), False),  # the source has disabled and enabled
        (REPORT, BLOCKED, Circumstances(unclear=True), False),
        (UNDONE, BLOCKED, AS_WRITTEN, True),
    ],
)
def test_a_block_by_the_target_counts_until_it_is_released(
    rules_: DriftRules, standing: Link, past: Circumstances, enables: bool
) -> None:
    change = planned(rules_, standing=standing, past=past, accountEnabled=False)

    assert ("accountEnabled" in names(change)) is enables
    if not enables:
        assert drifted(change) == (Departure.BLOCKED, ())


def test_a_block_keeps_nothing_else_from_flowing_and_its_time() -> None:
    change = planned(REPORT, standing=BLOCKED, past=Circumstances(), accountEnabled=False, jobTitle="Countess")

    assert names(change) == {"jobTitle"}
    assert change.drift == BLOCKED.drift


def test_whoever_was_blocked_while_the_source_disabled_them_too_is_known_as_blocked() -> None:
    change = planned(REPORT, past=Circumstances(), wanted=False)

    assert (change.kind, drifted(change)) == (ChangeKind.SKIP, (Departure.BLOCKED, ()))


def test_a_block_that_the_target_has_lifted_is_over() -> None:
    assert planned(REPORT, standing=BLOCKED).drift is None


@pytest.mark.parametrize(("rules_", "held"), [(REPORT, False), (ENFORCE, True)])
def test_an_object_that_others_have_enabled_is_disabled_by_the_guard_or_reported(
    rules_: DriftRules, held: bool
) -> None:
    change = planned(rules_, standing=DISABLED_BY_US, wanted=False, accountEnabled=True)

    assert (change.kind, change.hold_disable) == (ChangeKind.SKIP, held)


@pytest.mark.parametrize("seen", ["deleted", "purged"])
@pytest.mark.parametrize("state", [LinkState.ACTIVE, LinkState.RELEASED, LinkState.DISABLED])
def test_whom_the_target_has_deleted_is_neither_restored_nor_created_again(state: LinkState, seen: str) -> None:
    linked = provisioned(person(), deleted=True) if seen == "deleted" else None
    sight = Sight(known=True, linked=linked, past=Circumstances())

    change = plan_provisioning(person(), link(state=state), sight, ruled(ENFORCE))

    assert (change.kind, code(change), drifted(change)) == (ChangeKind.SKIP, DELETED, (Departure.DELETED, ()))


@pytest.mark.parametrize(
    ("drift", "past"), [(UNDONE, AS_WRITTEN), (REPORT, Circumstances(as_written=True, released=True))]
)
def test_whom_the_target_has_deleted_is_restored_or_created_once_that_is_to_be_undone(
    drift: DriftRules, past: Circumstances
) -> None:
    restored = planned(drift, past=past, deleted=True)
    created = plan_provisioning(person(), link(), Sight(known=True, past=past), ruled(drift))

    assert (restored.kind, created.kind) == (ChangeKind.RESTORE, ChangeKind.CREATE)


def test_whom_we_have_deleted_ourselves_comes_back_as_ever_but_stays_blocked() -> None:
    ours = replace(BLOCKED, state=LinkState.DELETED, digest="")

    change = planned(REPORT, standing=ours, past=Circumstances(), deleted=True, accountEnabled=False)

    assert change.kind is ChangeKind.RESTORE
    assert "accountEnabled" not in names(change)
    assert "jobTitle" in names(change)
    assert drifted(change) == (Departure.BLOCKED, ())


@pytest.mark.parametrize(("drift", "enables"), [(None, True), (REPORT, False), (UNDONE, True)])
def test_a_guest_who_was_blocked_before_is_adopted_as_blocked(drift: DriftRules | None, enables: bool) -> None:
    guest = holder(accountEnabled=False)
    sight = Sight(known=True, holders=(guest,), holds_role=False)

    change = plan_provisioning(person(), None, sight, ruled(drift))

    assert change.adopt
    assert ("accountEnabled" in names(change)) is enables


def test_what_an_object_shows_is_the_same_as_long_as_nothing_is_changed_that_flows() -> None:
    shown = FLOW.shown(provisioned(person()).attributes)

    assert FLOW.shown(provisioned(person(), userType="Guest", creationType=None).attributes) == shown
    assert FLOW.shown(provisioned(person(), usageLocation="gb").attributes) == shown
    assert FLOW.shown(provisioned(person(), department="").attributes) == shown
    assert FLOW.shown(provisioned(person(), jobTitle="analyst").attributes) != shown
    assert FLOW.shown(provisioned(person(), accountEnabled=False).attributes) != shown


CITY = Drift(since=BEFORE, attributes=(ModifiedProperty(name="city", current="Gera", desired="Jena"),))


@pytest.mark.parametrize(
    ("drift", "left", "settled"),
    [
        (REPORT, CITY, True),
        (ENFORCE, CITY, False),
        (replace(REPORT, target_owned=("city",)), CITY, False),
        (REPORT, replace(CITY, departure=Departure.BLOCKED), True),
        (UNDONE, replace(CITY, departure=Departure.DELETED), False),
    ],
)
def test_what_was_left_is_looked_at_again_where_the_rules_say_otherwise_now(
    drift: DriftRules, left: Drift, settled: bool
) -> None:
    assert is_settled(drift, left) is settled


def test_a_link_gives_its_drift_back_and_stands_as_long_as_the_object_is_there() -> None:
    changed = link().with_drift(replace(CITY, departure=Departure.BLOCKED))
    gone = link().with_drift(Drift(since=BEFORE + timedelta(days=1), departure=Departure.DELETED))

    assert changed.drift == replace(CITY, departure=Departure.BLOCKED)
    assert (changed.stands, changed.is_gone) == (True, False)
    assert (gone.stands, gone.is_gone) == (False, True)
    assert gone.with_drift(None) == link()
    assert link(state=LinkState.DELETED, origin=LinkOrigin.CREATED).is_gone


def test_a_block_that_nobody_has_seen_before_the_person_left_is_remembered() -> None:
    there = provisioned(person(), accountEnabled=False)
    leaves = replace(rules(removal=RemovalAction.DISABLE), drift=REPORT)

    change = plan_removal(link(), Sight(known=True, linked=there), leaves, decide_scope(person(), entitled=False), NOW)

    assert change.drift == Drift(since=NOW, departure=Departure.BLOCKED)


@pytest.mark.parametrize("linked", [None, provisioned(person(), deleted=True)])
def test_whoever_was_deleted_in_the_target_stays_so_though_we_removed_them_since(linked: TargetObject | None) -> None:
    gone = link(state=LinkState.DELETED).with_drift(Drift(since=BEFORE, departure=Departure.DELETED))

    change = plan_provisioning(person(), gone, Sight(known=True, linked=linked), ruled(REPORT))

    assert (change.kind, code(change)) == (ChangeKind.SKIP, DELETED)
