"""What is remembered of a setup, and what of it can be taken back?"""

import json
from dataclasses import replace

import pytest

from shared.setup.desired import Setup
from shared.setup.permissions import Side
from shared.setup.plan import Plan, PolicyChange
from shared.setup.record import Record, Undo, UnreadableRecord, from_json, remember, to_json, undo_of
from shared.setup.resource import Kind, Resource, Values

SETUP = Setup(side=Side.TARGET, tenant_id="mine", other_tenant_id="other", other_name="Øther", app_id="app")
PARTNER = SETUP.partner
PRINCIPAL = SETUP.service_principal
CONSENT = Resource(kind=Kind.CONSENT, key="User.Read.All")
SYNCHRONIZATION = SETUP.synchronization
NEW = PolicyChange(resource=PARTNER, before=None, after={"consent": True})
CHANGED = PolicyChange(resource=PARTNER, before={"consent": None}, after={"consent": True})
PRINCIPAL_MADE = PolicyChange(resource=PRINCIPAL, before=None, after={"accountEnabled": True})


def record(*changes: PolicyChange) -> Record:
    return Record(setup=SETUP, changes=changes)


def test_a_record_is_read_as_it_was_written() -> None:
    written = record(NEW, replace(CHANGED, resource=SYNCHRONIZATION), PRINCIPAL_MADE)

    assert from_json(to_json(written)) == written


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("version", 2),
        ("side", "middle"),
        ("tenantId", None),
        ("changes", None),
        ("changes", [{"kind": "partner", "key": "x", "before": None, "after": None}]),
        ("changes", [{"kind": "partner", "key": "x", "before": [], "after": {}}]),
        ("changes", [{"kind": "weather", "key": "x", "before": None, "after": {}}]),
    ],
)
def test_what_is_no_record_is_refused(place: str, value: object) -> None:
    document = {**json.loads(to_json(record(NEW))), place: value}

    with pytest.raises(UnreadableRecord):
        from_json(json.dumps(document))


def test_what_was_there_before_the_first_setup_is_what_is_gone_back_to() -> None:
    again = PolicyChange(resource=PARTNER, before={"consent": False}, after={"consent": True})

    remembered = remember(record(CHANGED), SETUP, Plan(changes=(again, PRINCIPAL_MADE)))

    assert remembered.changes == (replace(again, before={"consent": None}), PRINCIPAL_MADE)


@pytest.mark.parametrize(
    ("change", "current", "undone"),
    [
        (CHANGED, {"consent": True, "trust": 1}, True),
        (CHANGED, {"consent": None}, False),
        (NEW, {"consent": True, "tenantId": "other", "trust": None}, True),
        (NEW, None, False),
    ],
)
def test_what_the_setup_left_goes_back_and_what_is_back_already_is_left_alone(
    change: PolicyChange, current: Values | None, undone: bool
) -> None:
    observed = {} if current is None else {PARTNER: current}

    assert undo_of(record(change), observed) == Undo(changes=(change,) if undone else ())


@pytest.mark.parametrize(
    ("change", "current"),
    [
        (CHANGED, {"consent": False}),
        (CHANGED, None),
        (NEW, {"consent": False}),
        (NEW, {"consent": True, "trust": {"mfa": True}}),
        (PRINCIPAL_MADE, {"accountEnabled": False}),
    ],
)
def test_what_somebody_edited_since_is_left_to_them(change: PolicyChange, current: Values | None) -> None:
    observed = {} if current is None else {change.resource: current}

    undo = undo_of(record(change), observed)

    assert undo.changes == ()
    assert [each.resource for each in undo.edited] == [change.resource]


def test_the_newest_change_goes_back_first_and_one_edit_holds_them_all() -> None:
    consent = PolicyChange(resource=CONSENT, before=None, after={"permission": CONSENT.key})
    made = record(PRINCIPAL_MADE, consent, NEW)
    seen: dict[Resource, Values] = {
        PRINCIPAL: {"accountEnabled": True},
        CONSENT: {"permission": CONSENT.key},
        PARTNER: {"consent": True},
    }

    assert undo_of(made, seen).changes == (NEW, consent, PRINCIPAL_MADE)
    assert undo_of(made, {**seen, PARTNER: {"consent": False}}).changes == ()


def test_what_others_hung_on_an_object_of_ours_would_go_with_it_and_holds_it() -> None:
    seen: dict[Resource, Values] = {PRINCIPAL: {"accountEnabled": True}, CONSENT: {"permission": CONSENT.key}}

    undo = undo_of(record(PRINCIPAL_MADE), seen)

    assert [each.resource for each in undo.edited] == [CONSENT]
