"""Restarting a job over the API: what may be asked for, by whom, and what it does."""

from datetime import timedelta

import pytest

from shared.cycles.cycle import CycleKind
from shared.cycles.state import JobStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, id_of, people, small_world
from tests.shared.web.calling import calling, error_of

RESTART = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}/restart"


async def begun(count: int = 2) -> LocalEngine:
    local = LocalEngine(small_world(people(count)))
    await local.begin()
    return local


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"criteria": {}},
        {"criteria": {"resetScope": None}},
        {"criteria": {"resetScope": "Watermark, Escrows, QuarantineState"}},
        {
            "criteria": {
                "@odata.type": "#microsoft.graph.synchronizationJobRestartCriteria",
                "resetScope": "Full",
            }
        },
    ],
)
async def test_a_restart_is_answered_with_nothing_and_evaluates_everybody(body: object) -> None:
    local = await begun()

    async with calling(local.engine, "Tenantsync.Operator") as client:
        answer = await client.post(RESTART, json=body)
    await local.run_for(timedelta(minutes=10))

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await local.cycle()).kind is CycleKind.INITIAL


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"criteria": None},
        {"criteria": {"resetScope": 7}},
        {"criteria": {"resetScope": "None"}},
        {"criteria": {"resetScope": "everything"}},
        {"criteria": {"scope": "Full"}},
        {"resetScope": "Full"},
    ],
)
async def test_a_body_of_another_shape_restarts_nothing(body: object) -> None:
    local = await begun()

    async with calling(local.engine, "Tenantsync.Operator") as client:
        answer = await client.post(RESTART, json=body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
    assert not (await local.state()).full_next


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("Tenantsync.Operator",), 403),
        (("Tenantsync.Operator", "Tenantsync.Approver"), 204),
        (("Tenantsync.Administrator",), 204),
    ],
)
async def test_held_removals_are_forced_by_an_approver_only(roles: tuple[str, ...], status: int) -> None:
    local = await begun(60)
    local.change(*({"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(12)))
    await local.run_cycle()

    async with calling(local.engine, *roles) as client:
        answer = await client.post(RESTART, json={"criteria": {"resetScope": "ForceDeletes"}})
    await local.run_cycle()

    assert answer.status_code == status
    assert len(local.deleted_users()) == (12 if status == 204 else 0)
    assert (await local.state()).status is (JobStatus.ACTIVE if status == 204 else JobStatus.QUARANTINE)
