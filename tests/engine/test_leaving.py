"""Somebody leaves: by the deprovisioning matrix of Entra, and by what the configuration may say beyond it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.configuration.document import parse
from shared.cycles.pending import PendingState
from shared.cycles.state import QuarantineReason
from shared.orchestration.apply_configuration import apply_configuration
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import assignment, document, id_of, mail_of, people, small_world

DAY = timedelta(days=1)
ADA = id_of("person0")
LATER = {"action": "delete", "afterDays": 3}
SUCCESS = ProvisioningStatus.SUCCESS
SELDOM = "PT4H"
"""How often a cycle begins: days pass here, and most of their cycles have nothing to say."""


async def begun(**configuration: Any) -> LocalEngine:  # noqa: ANN401 - a configuration's members
    local = LocalEngine(small_world(people(4), interval=SELDOM, **configuration))
    await local.start()
    await local.run_cycle()
    return local


async def link_state(local: LocalEngine) -> LinkState:
    link = (await local.rows(ADA)).link
    assert link is not None
    return link.state


def enabled(local: LocalEngine, name: str = "person0") -> bool:
    return bool(local.users()[mail_of(name)]["accountEnabled"])


async def test_with_a_delay_an_object_is_disabled_at_once_and_deleted_when_it_is_over() -> None:
    local = await begun(removal=LATER)

    local.change({"op": "deleteUser", "id": ADA})
    await local.run_cycle()
    disabled, state = not enabled(local), await link_state(local)
    await local.run_for(2 * DAY)
    kept = mail_of("person0") in local.users()
    await local.run_for(DAY + timedelta(hours=2))

    assert (disabled, state, kept) == (True, LinkState.DISABLED, True)
    assert len(local.deleted_users()) == 1
    actions = [(record.action, record.status) for record in await local.records(ADA)]
    assert actions == [
        (ProvisioningAction.DELETE, SUCCESS),
        (ProvisioningAction.DISABLE, SUCCESS),
        (ProvisioningAction.CREATE, SUCCESS),
    ]


async def test_who_comes_back_before_that_is_enabled_again_and_stays() -> None:
    local = await begun(removal=LATER)
    local.change({"op": "deleteUser", "id": ADA})
    await local.run_for(DAY)

    local.change({"op": "restoreUser", "id": ADA})
    await local.run_for(5 * DAY)

    assert enabled(local)
    assert await link_state(local) is LinkState.ACTIVE
    assert not local.deleted_users()
    assert (await local.workload()).delayed == 0


async def test_disabled_people_are_never_deleted_where_the_configuration_only_disables() -> None:
    local = await begun(removal={"action": "disable"})

    local.change({"op": "deleteUser", "id": ADA})
    await local.run_for(10 * DAY)
    writes = local.writes()
    await local.run_cycle()

    assert not enabled(local)
    assert not local.deleted_users()
    assert local.writes() == writes
    assert (await local.rows(ADA)).pending is None


async def test_a_change_of_who_is_delayed_does_not_forget_the_day() -> None:
    local = await begun(scope={"kind": "assigned"}, removal=LATER)
    local.change({"op": "assign", **assignment("person0")}, {"op": "assign", **assignment("person1")})
    await local.run_cycle()
    local.change({"op": "unassign", **assignment("person0")})
    await local.run_for(DAY)
    assert await link_state(local) is LinkState.DISABLED

    local.change({"op": "updateUser", "id": ADA, "set": {"city": "Jena"}})
    await local.run_for(DAY)
    pending = (await local.rows(ADA)).pending
    await local.run_for(DAY + timedelta(hours=8))

    assert pending is not None
    assert pending.state is PendingState.DELAYED
    assert len(local.deleted_users()) == 1


@pytest.mark.parametrize(
    ("before", "after", "deleted"),
    [
        (LATER, {"action": "disable"}, 0),
        (LATER, {"action": "none"}, 0),
        ({"action": "disable"}, {"action": "delete"}, 1),
    ],
)
async def test_another_document_decides_about_those_who_are_disabled_already(
    before: Mapping[str, Any], after: Mapping[str, Any], deleted: int
) -> None:
    local = await begun(removal=before)
    local.change({"op": "deleteUser", "id": ADA})
    await local.run_for(DAY)
    assert not enabled(local)

    local.documents = (document(interval=SELDOM, removal=after),)
    await apply_configuration(local.engine, parse(local.documents[0]))
    await local.run_for(5 * DAY)

    assert len(local.deleted_users()) == deleted
    assert (await local.workload()).delayed == 0


async def test_deletes_whose_delay_is_over_are_counted_by_the_guard_once_more() -> None:
    local = await begun(removal=LATER)
    for name in ("person0", "person1"):
        local.change({"op": "deleteUser", "id": id_of(name)})
        await local.run_cycle()
    assert (await local.workload()).delayed == 2

    local.documents = (document(interval=SELDOM, removal=LATER, guards={"removals": {"count": 2}}),)
    await apply_configuration(local.engine, parse(local.documents[0]))
    await local.run_for(4 * DAY)

    state = await local.state()
    assert state.quarantine is not None
    assert state.quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.deleted_users()) < 2


async def test_who_was_disabled_before_they_left_is_deleted_too() -> None:
    """Entra leaves such people in the target for ever."""
    local = await begun(scope={"kind": "assigned"})
    local.change({"op": "assign", **assignment("person0")}, {"op": "assign", **assignment("person1")})
    await local.run_cycle()
    local.change({"op": "updateUser", "id": ADA, "set": {"accountEnabled": False}})
    await local.run_cycle()
    assert not enabled(local)

    local.change({"op": "unassign", **assignment("person0")})
    await local.run_cycle()

    assert len(local.deleted_users()) == 1
