"""Who is told of what, at most once for each event, and what does it hurt if a mail cannot be sent?"""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import DEFAULT_PERMISSIONS
from shared.cycles.audit import Activity, Audited
from shared.cycles.pending import Verdict
from shared.cycles.state import JobStatus
from shared.orchestration.control_job import start_job
from shared.orchestration.decide_held import decide_held, held_removals
from shared.orchestration.start_cycles import tick
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import CYCLE, TICK, LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    SOURCE,
    TARGET,
    Document,
    employee,
    id_of,
    people,
    person,
    small_world,
)

RECIPIENTS = ["ada@lindenhof.example", "ops@lindenhof.example"]
SENDER = "sync@marisol.example"
TELLING: dict[str, Any] = {"notifications": {"recipients": RECIPIENTS, "sender": SENDER}}
GONE: list[Document] = [{"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(20)]
DENIED = {"op": "setPermissions", "permissions": [each for each in DEFAULT_PERMISSIONS if each != "Mail.Send"]}
GRANTED = {"op": "setPermissions", "permissions": list(DEFAULT_PERMISSIONS)}


async def company(**configuration: Any) -> LocalEngine:  # noqa: ANN401 - any part of the document
    target = {"users": (employee("sync"),)}
    local = LocalEngine(small_world(people(60), target=target, **{**TELLING, **configuration}))
    await local.begin()
    return local


def mails(local: LocalEngine) -> list[dict[str, Any]]:
    return local.simulation.tenant(TARGET).sent_mail


def subjects(local: LocalEngine) -> list[str]:
    return [each["subject"] for each in mails(local)]


async def told(local: LocalEngine, *activities: Activity) -> list[Audited]:
    page = await local.engine.audits.page([CONFIGURATION], 100, "")
    return [each for each in page.acts if each.record.activity in activities][::-1]


async def test_held_removals_are_told_once_and_so_is_the_end_of_it() -> None:
    local = await company()
    local.change(*GONE)
    await local.run_cycle()
    await local.run_for(3 * CYCLE)
    assert subjects(local) == [f"{CONFIGURATION} waits for your decision (TooManyDeletes)"]

    state = await local.state()
    held = await held_removals(local.engine, state)
    await decide_held(local.engine, state, held.digest, Verdict.REJECTED, "olga")
    await local.run_for(3 * CYCLE)

    assert subjects(local)[1:] == [f"{CONFIGURATION} is no longer in quarantine"]
    assert mails(local)[0]["from"] == id_of("employee sync")
    assert mails(local)[0]["to"] == RECIPIENTS
    assert [each.record.changes[0].after for each in await told(local, Activity.QUARANTINE)] == ['"TooManyDeletes"']
    assert len(await told(local, Activity.NOTIFICATION)) == 2


async def test_a_mail_names_nobody() -> None:
    local = await company()
    local.change(*GONE)

    await local.run_cycle()
    await local.run_for(TICK)

    [mail] = mails(local)
    assert "20" in mail["text"]
    assert not [each for each in range(60) if f"person{each}" in mail["text"] or id_of(f"person{each}") in mail["text"]]


async def test_a_failed_cycle_is_told_as_the_quarantine_that_it_is() -> None:
    local = await company()
    local.simulation.change(SOURCE, [{"op": "setPermissions", "permissions": ["Organization.Read.All"]}])
    await local.run_for(3 * CYCLE)
    assert (await local.state()).status is JobStatus.QUARANTINE
    assert [each.partition(" (")[0] for each in subjects(local)] == [f"{CONFIGURATION} is in quarantine"]

    local.simulation.change(SOURCE, [GRANTED])
    await local.run_for(9 * CYCLE)  # from the second failure on, attempts are hours apart

    assert subjects(local)[1:] == [f"{CONFIGURATION} is no longer in quarantine"]


async def test_a_cycle_that_fails_behind_a_hold_is_told_once() -> None:
    local = await company()
    local.change(*GONE)
    await local.run_cycle()
    await local.run_for(TICK)

    local.simulation.change(SOURCE, [{"op": "setPermissions", "permissions": ["Organization.Read.All"]}])
    await local.run_for(4 * CYCLE)

    assert subjects(local)[1:] == [f"{CONFIGURATION}: a cycle failed"]


async def test_the_breaker_is_told_once_for_each_series_of_blocks() -> None:
    local = await company()
    local.change_target({"op": "blockInvitations", "blocked": True})
    local.change({"op": "createUser", "user": person("newcomer")})
    await local.run_for(timedelta(hours=9))
    assert subjects(local) == [f"{CONFIGURATION}: invitations are blocked"]

    local.change_target({"op": "blockInvitations", "blocked": False})
    await local.run_for(timedelta(hours=30))
    local.change_target({"op": "blockInvitations", "blocked": True})
    local.change({"op": "createUser", "user": person("another")})
    await local.run_for(timedelta(hours=3))

    assert subjects(local) == [f"{CONFIGURATION}: invitations are blocked"] * 2


async def test_without_recipients_nobody_is_told_but_the_audit() -> None:
    local = LocalEngine(small_world(people(60)))
    await local.begin()
    local.change(*GONE)

    await local.run_cycle()
    await local.run_for(CYCLE)

    assert mails(local) == []
    assert len(await told(local, Activity.QUARANTINE)) == 1


@pytest.mark.parametrize("sender", [SENDER, "nobody@marisol.example"])
async def test_a_mail_that_cannot_be_sent_shows_in_the_status_and_stops_nothing(sender: str) -> None:
    local = await company(notifications={"recipients": RECIPIENTS, "sender": sender})
    if sender == SENDER:
        local.change_target(DENIED)
    local.change(*GONE, {"op": "createUser", "user": person("newcomer")})

    await local.run_cycle()
    await local.run_for(TICK)

    error = (await local.state()).notification_error
    assert error.startswith("held: Forbidden" if sender == SENDER else "held: UnexpectedAnswer: Graph answered 404")
    assert "newcomer@lindenhof.example" in local.users()
    assert mails(local) == []

    local.change_target(GRANTED)
    local.documents[0]["notifications"]["sender"] = SENDER
    await start_job(local.engine, CONFIGURATION)
    await local.run_for(TICK)
    if sender == SENDER:
        assert (await local.state()).notification_error == ""
        assert subjects(local) == [f"{CONFIGURATION} is no longer in quarantine"]


@pytest.mark.parametrize("effects", range(1, 16, 2))
async def test_a_process_that_dies_over_it_sends_no_second_mail(effects: int) -> None:
    local = await company()
    local.change(*GONE)
    while (await local.state()).quarantine is None:
        await local.step()
    assert mails(local) == []

    local.work_by(Doom(effects))
    await local.attempt(tick)
    local.work_by(CALM)
    for _ in range(3):
        await tick(local.worker)

    state = await local.state()
    assert len(mails(local)) <= 1
    assert mails(local) or "may not have been sent" in state.notification_error
    assert state.told_quarantine.startswith("quarantine TooManyDeletes")
    assert len(await told(local, Activity.QUARANTINE)) == 1


async def test_two_ticks_at_once_send_one_mail() -> None:
    local = await company()
    local.change(*GONE)
    while (await local.state()).quarantine is None:
        await local.step()

    other = local.assembled(CALM)
    await tick(local.worker)
    await tick(other)

    assert len(mails(local)) == 1
