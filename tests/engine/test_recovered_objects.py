"""What if nobody knows whether an object was removed or brought back, and its person comes or goes meanwhile?"""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.cycles.state import QuarantineReason
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.hazards import Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, id_of, mail_of, people, small_world

ADA = id_of("person0")
LEAVE = {"op": "deleteUser", "id": ADA}
RETURN = {"op": "restoreUser", "id": ADA}
DELETED = (ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS)
HOUR = timedelta(hours=1)


def removes(request: httpx.Request) -> bool:
    return any(write.startswith("DELETE ") for write in writes_of(request))


def restores(request: httpx.Request) -> bool:
    return any(write.endswith("/restore") for write in writes_of(request))


def updates(request: httpx.Request) -> bool:
    return any(write.startswith("PATCH ") for write in writes_of(request))


def lost_once(meddler: Meddler) -> None:
    """Lose one answer only."""
    loses = meddler.loses

    def once(request: httpx.Request) -> bool:
        lost = meddler.on and loses(request)
        meddler.on = meddler.on and not lost
        return lost

    meddler.loses, meddler.on = once, True


async def begun(meddler: Meddler, **configuration: Any) -> LocalEngine:  # noqa: ANN401 - a configuration's members
    local = LocalEngine(small_world(people(3), **configuration), surroundings=meddler)
    local.on_step = lambda: blink(local)
    await local.begin()
    return local


def blink(local: LocalEngine) -> None:
    """No two passes begin at the very same time: their records are told apart by it."""
    local.clock.time += timedelta(milliseconds=1)


async def until_unclear(local: LocalEngine, meddler: Meddler, change: Document) -> None:
    """Let somebody come or go, and what is done for that lose its answer."""
    local.change(change)
    lost_once(meddler)
    while meddler.on:
        await local.step()
    rows = await local.rows(ADA)
    assert rows.work is not None
    assert rows.work.intent is not None


async def link_state(local: LocalEngine) -> LinkState | None:
    link = (await local.rows(ADA)).link
    return None if link is None else link.state


async def told(local: LocalEngine) -> list[tuple[ProvisioningAction, ProvisioningStatus]]:
    return [(record.action, record.status) for record in reversed(await local.records(ADA))]


@pytest.mark.parametrize("lag", [0.0, 90.0])
async def test_who_is_back_after_a_removal_that_nobody_knows_of_gets_their_object_back(lag: float) -> None:
    meddler = Meddler(loses=removes)
    local = await begun(meddler)
    await until_unclear(local, meddler, LEAVE)

    local.simulation.set_faults(tenant_id=local.target_id, switches={"lag_seconds": lag})
    local.change(RETURN)
    await local.run_for(3 * HOUR)

    assert mail_of("person0") in local.users()
    assert await link_state(local) is LinkState.ACTIVE
    assert await told(local) == [
        (ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS),
        DELETED,
        (ProvisioningAction.UPDATE, ProvisioningStatus.SUCCESS),
    ]


@pytest.mark.parametrize("lag", [0.0, 90.0])
async def test_who_leaves_after_a_restore_that_nobody_knows_of_is_removed_again(lag: float) -> None:
    meddler = Meddler(loses=restores)
    local = await begun(meddler)
    local.change(LEAVE)
    await local.run_cycle()
    await until_unclear(local, meddler, RETURN)
    assert mail_of("person0") in local.users()

    local.simulation.set_faults(tenant_id=local.target_id, switches={"lag_seconds": lag})
    local.change(LEAVE)
    await local.run_for(3 * HOUR)

    assert mail_of("person0") not in local.users()
    assert await link_state(local) is LinkState.DELETED
    assert (await told(local))[-1] == DELETED


async def test_who_leaves_after_they_were_enabled_and_nobody_knows_of_it_is_disabled_again() -> None:
    meddler = Meddler(loses=updates)
    local = await begun(meddler, removal={"action": "disable"})
    local.change(LEAVE)
    await local.run_cycle()
    await until_unclear(local, meddler, RETURN)
    assert local.users()[mail_of("person0")]["accountEnabled"] is True

    local.change(LEAVE)
    await local.run_for(3 * HOUR)

    assert local.users()[mail_of("person0")]["accountEnabled"] is False
    assert await link_state(local) is LinkState.DISABLED


async def test_whose_object_may_be_back_is_counted_by_the_guard_before_it_is_removed_again() -> None:
    meddler = Meddler(loses=restores)
    local = await begun(meddler, guards={"removals": {"count": 2}})
    local.change(LEAVE)
    await local.run_cycle()
    await until_unclear(local, meddler, RETURN)
    await local.queues.queue("provisioning").clear()
    local.clock.time += timedelta(hours=25)

    local.change(LEAVE, {"op": "deleteUser", "id": id_of("person1")})
    await local.run_for(3 * HOUR)

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.users()) == 3
