"""Drift over the API: what is left in the target is shown, and who departed is released by somebody with a name."""

from typing import Any

import pytest

from shared.cycles.audit import Activity, AuditResult
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, id_of, mail_of, person, small_world
from tests.shared.web.calling import calling, error_of

JOB = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}"


async def drifted() -> LocalEngine:
    """Ada's department was changed in the target, Bert is blocked there, Cleo was deleted."""
    people = [person("ada"), person("bert"), person("cleo"), person("dina")]
    local = LocalEngine(small_world(people, drift={"default": "report"}))
    await local.begin()
    ids = {name: local.users()[mail_of(name)]["id"] for name in ("ada", "bert", "cleo")}
    local.change_target(
        {"op": "updateUser", "id": ids["ada"], "set": {"department": "Dyeing", "businessPhones": []}},
        {"op": "updateUser", "id": ids["bert"], "set": {"accountEnabled": False}},
        {"op": "deleteUser", "id": ids["cleo"]},
    )
    await local.run_cycle()
    return local


async def read(local: LocalEngine, path: str = "drift") -> dict[str, Any]:
    async with calling(local.engine, "Tenantsync.Reader") as client:
        answer = await client.get(f"{JOB}/{path}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_what_is_left_in_the_target_is_shown_wanted_beside_found() -> None:
    local = await drifted()

    shown, first = await read(local), await read(local, "drift?$top=1")

    by_id = {each["sourceId"]: each for each in shown["value"]}
    assert (shown["lookedAt"], shown["count"], first["count"], len(first["value"])) == (True, 3, 3, 1)
    assert by_id[id_of("ada")]["attributes"] == [
        {"name": "department", "wanted": "Weaving", "found": "Dyeing"},
        {"name": "businessPhones", "wanted": "+49 341 1", "found": ""},
    ]
    departures = {name: by_id[id_of(name)]["departure"] for name in ("ada", "bert", "cleo")}
    assert departures == {"ada": None, "bert": "blocked", "cleo": "deleted"}


async def test_the_statement_counts_it() -> None:
    local = await drifted()

    statement = await read(local, "statement")

    reasons = {each["reason"]: each["count"] for each in statement["exceptions"]}
    assert reasons == {"DriftReported": 1, "BlockedInTarget": 1, "DeletedInTarget": 1}
    assert (statement["inScope"], statement["present"], statement["equal"]) == (4, 3, 1)


async def test_who_is_released_is_told_and_comes_back_and_it_is_audited() -> None:
    local = await drifted()
    asked = [id_of("bert"), id_of("cleo"), id_of("ada"), "nobody"]

    async with calling(local.engine, "Tenantsync.Approver") as client:
        answer = await client.post(f"{JOB}/release", json={"sourceIds": asked})
    await local.run_cycle()

    assert answer.json() == {"released": asked[:2], "notDeparted": asked[2:]}
    assert local.users()[mail_of("bert")]["accountEnabled"] is True
    assert mail_of("cleo") in local.users()
    page = await local.engine.audits.page([CONFIGURATION], 1, "")
    assert page.acts[0].record.activity is Activity.RELEASE
    assert page.acts[0].record.people == tuple(asked)
    assert page.acts[0].outcome is not None
    assert page.acts[0].outcome.result is AuditResult.SUCCESS


@pytest.mark.parametrize("body", [{}, {"sourceIds": []}, {"sourceIds": "ada"}, {"sourceIds": [""]}, {"ids": ["a"]}])
async def test_a_release_without_people_is_refused(body: dict[str, Any]) -> None:
    local = await drifted()

    async with calling(local.engine, "Tenantsync.Approver") as client:
        answer = await client.post(f"{JOB}/release", json=body)

    assert answer.status_code == 400
    assert "with 1 to 500 ids" in error_of(answer)["message"]


async def test_where_the_target_is_not_looked_at_the_report_says_so() -> None:
    local = LocalEngine(small_world([person("ada")]))
    await local.begin()

    assert await read(local) == {"lookedAt": False, "count": 0, "value": []}
