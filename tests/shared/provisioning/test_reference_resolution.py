"""Whom shall a person's object have as its manager, and what does the log say of it?"""

from dataclasses import replace

import pytest

from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ProvisioningStatus, StepType
from shared.provisioning.reference_resolution import (
    UNKNOWN,
    ManagerDecision,
    Resolution,
    in_use,
    object_of,
    reference_step,
    resolve_manager,
)
from tests.shared.provisioning.people import link

NOTHING, ASSIGN, REMOVE = Resolution.NOTHING, Resolution.ASSIGN, Resolution.REMOVE
FORGET, WAIT = Resolution.FORGET, Resolution.WAIT
THERE, GONE = LinkState.ACTIVE, LinkState.DELETED
OUT = (LinkState.DISABLED, LinkState.RELEASED)
CLEO, OTHER = "t-cleo", "t-other"
CURRENT = ("", CLEO, OTHER, UNKNOWN)


@pytest.mark.parametrize("coming", [False, True])
@pytest.mark.parametrize("clears", [False, True])
@pytest.mark.parametrize("current", CURRENT)
def test_a_manager_who_is_provisioned_is_assigned_unless_that_is_so_already(
    current: str, clears: bool, coming: bool
) -> None:
    standing = link(target_id=CLEO, state=THERE)

    decision = resolve_manager("s-cleo", current, standing, coming=coming, clears=clears)

    assert decision == ManagerDecision(resolution=NOTHING if current == CLEO else ASSIGN, mark=CLEO)


@pytest.mark.parametrize("state", [None, GONE, *OUT])
@pytest.mark.parametrize("current", CURRENT)
def test_a_manager_who_is_about_to_come_is_waited_for_and_nothing_changes_until_then(
    current: str, state: LinkState | None
) -> None:
    standing = None if state is None else link(target_id=CLEO, state=state)

    decision = resolve_manager("s-cleo", current, standing, coming=True, clears=True)

    assert decision == ManagerDecision(resolution=WAIT, mark=current)


@pytest.mark.parametrize(
    ("manager", "state", "current", "clearing", "keeping"),
    [
        ("", None, "", NOTHING, NOTHING),
        ("", None, OTHER, REMOVE, NOTHING),
        ("", None, UNKNOWN, REMOVE, FORGET),
        ("s-cleo", None, "", NOTHING, NOTHING),
        ("s-cleo", None, OTHER, REMOVE, NOTHING),
        ("s-cleo", None, UNKNOWN, REMOVE, FORGET),
        ("s-cleo", GONE, "", NOTHING, NOTHING),
        ("s-cleo", GONE, CLEO, FORGET, FORGET),
        ("s-cleo", GONE, OTHER, REMOVE, NOTHING),
        *(("s-cleo", out, "", NOTHING, NOTHING) for out in OUT),
        *(("s-cleo", out, CLEO, REMOVE, NOTHING) for out in OUT),
    ],
)
def test_without_a_manager_who_is_there_the_object_has_none_as_far_as_null_values_flow(
    manager: str, state: LinkState | None, current: str, clearing: Resolution, keeping: Resolution
) -> None:
    standing = None if state is None else link(target_id=CLEO, state=state)

    decisions = [resolve_manager(manager, current, standing, coming=False, clears=clears) for clears in (True, False)]

    assert [each.resolution for each in decisions] == [clearing, keeping]
    kept = current if keeping is NOTHING else ""
    assert [each.mark for each in decisions] == ["", kept]


def test_whoever_decides_again_after_that_has_nothing_to_do() -> None:
    for state in (None, *LinkState):
        standing = None if state is None else link(target_id=CLEO, state=state)
        for manager, current, clears in ((m, c, f) for m in ("", "s-cleo") for c in CURRENT for f in (False, True)):
            first = resolve_manager(manager, current, standing, coming=False, clears=clears)
            again = resolve_manager(manager, first.mark, standing, coming=False, clears=clears)
            assert again == ManagerDecision(resolution=NOTHING, mark=first.mark)


@pytest.mark.parametrize("state", [LinkState.DELETED, *OUT])
def test_of_an_object_that_was_out_of_use_nobody_knows_whether_its_manager_stayed(state: LinkState) -> None:
    had, had_none = (link(state=state, manager_target=each) for each in (CLEO, ""))

    assert in_use(had) == replace(had, state=THERE, manager_target=UNKNOWN, returns=1)
    assert in_use(had_none) == replace(had_none, state=THERE, returns=1)


def test_who_is_back_is_assigned_again_to_those_who_were_given_them_before() -> None:
    gone = link(target_id=CLEO, state=GONE)
    back = in_use(gone)
    again = in_use(replace(back, state=GONE))

    decisions = [
        resolve_manager("s-cleo", current, standing, coming=False, clears=True)
        for current, standing in ((CLEO, back), (back.mark, back), (back.mark, replace(back, state=GONE)))
    ]

    assert [each.resolution for each in decisions] == [ASSIGN, NOTHING, FORGET]
    assert {each.target_id for each in decisions[:2]} == {CLEO}
    assert len({gone.mark, back.mark, again.mark}) == 3


@pytest.mark.parametrize(("mark", "target_id"), [("", ""), (UNKNOWN, ""), (CLEO, CLEO), (f"{CLEO}#2", CLEO)])
def test_a_mark_tells_the_object(mark: str, target_id: str) -> None:
    assert object_of(mark) == target_id


def test_an_object_in_use_stays_as_it_is() -> None:
    assert in_use(link(manager_target=CLEO)) == link(manager_target=CLEO)


@pytest.mark.parametrize(
    ("manager", "resolution", "status", "words"),
    [
        ("s-cleo", ASSIGN, ProvisioningStatus.SUCCESS, "Manager 's-cleo' of User 's-ada' is assigned"),
        ("", REMOVE, ProvisioningStatus.SUCCESS, "The former manager of User 's-ada' is removed"),
        ("s-cleo", FORGET, ProvisioningStatus.SUCCESS, "not in the target tenant any more"),
        ("s-cleo", WAIT, ProvisioningStatus.SKIPPED, "not in the target tenant yet"),
        ("s-cleo", NOTHING, ProvisioningStatus.SKIPPED, "assigned once that is so"),
    ],
)
def test_the_log_says_what_becomes_of_the_manager(
    manager: str, resolution: Resolution, status: ProvisioningStatus, words: str
) -> None:
    step = reference_step("s-ada", manager, ManagerDecision(resolution=resolution, mark=CLEO))

    assert (step.type, step.status) == (StepType.REFERENCE_RESOLUTION, status)
    assert words in step.description
