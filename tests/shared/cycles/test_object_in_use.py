"""Whom does the guard count as somebody who has an object in use?"""

import pytest

from shared.cycles.object_in_use import may_be_back, may_be_in_use
from shared.cycles.work import Intent, IntentAction
from shared.provisioning.link import LinkState
from tests.shared.provisioning.people import NOW, link

BRINGS_BACK = {IntentAction.RESTORE, IntentAction.UPDATE, IntentAction.REFERENCE}
OUT_OF_USE = {LinkState.DELETED, LinkState.DISABLED}


def begun(action: IntentAction, target_id: str = "t-ada") -> Intent:
    return Intent(action=action, started=NOW, target_id=target_id)


@pytest.mark.parametrize("state", LinkState)
def test_a_link_alone_says_that_an_object_is_in_use_where_it_is_active(state: LinkState) -> None:
    assert may_be_in_use(link(state=state), None) is (state is LinkState.ACTIVE)


@pytest.mark.parametrize("action", IntentAction)
@pytest.mark.parametrize("state", LinkState)
def test_a_worker_that_died_may_have_brought_it_back(state: LinkState, action: IntentAction) -> None:
    back = state in OUT_OF_USE and action in BRINGS_BACK

    assert may_be_back(link(state=state), begun(action)) is back
    in_use = back or state is LinkState.ACTIVE or action is IntentAction.CREATE
    assert may_be_in_use(link(state=state), begun(action)) is in_use


@pytest.mark.parametrize("action", IntentAction)
def test_what_was_begun_with_another_object_brings_this_one_not_back(action: IntentAction) -> None:
    assert not may_be_back(link(state=LinkState.DELETED), begun(action, "t-other"))


@pytest.mark.parametrize("action", IntentAction)
def test_who_has_no_link_has_an_object_only_if_it_may_have_been_invited(action: IntentAction) -> None:
    assert may_be_in_use(None, begun(action)) is (action is IntentAction.CREATE)
    assert not may_be_in_use(None, None)
