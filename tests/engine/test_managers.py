"""Managers: assigned once both are there, followed, removed, and found again, each by a write of its own."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.configuration.document import parse
from shared.configuration.schema_json import write_schema
from shared.configuration.templates import default_schema
from shared.cycles.cycle import CycleKind
from shared.cycles.pending import MANAGER_COMING, PendingState, WorkKind
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.provisioning_log import (
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    StepType,
)
from tests.engine.hazards import CALM, Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.lying_source import says
from tests.engine.small_world import (
    CONFIGURATION,
    Document,
    assigned_world,
    assignment,
    document,
    guest,
    id_of,
    mail_of,
    person,
    small_world,
)

NAMES = ("ada", "bert", "cleo", "dina")


def reports_to(manager: str | None) -> dict[str, Any]:
    return {"manager": None if manager is None else {"id": id_of(manager)}}


def becomes(name: str, **values: object) -> Document:
    return {"op": "updateUser", "id": id_of(name), "set": values}


def staff(**managers: str) -> list[Document]:
    """Four people, of whom some report to others."""
    return [person(name, **(reports_to(managers[name]) if name in managers else {})) for name in NAMES]


def as_in_entra(*, managers: bool = True) -> Document:
    """A schema whose mapping of the manager clears nothing, or that has none."""
    schema = write_schema(default_schema())
    users = schema["synchronizationRules"][0]["objectMappings"][0]
    others = [each for each in users["attributeMappings"] if each["targetAttributeName"] != "manager"]
    plain = {"targetAttributeName": "manager", "source": {"type": "Attribute", "name": "manager"}}
    users["attributeMappings"] = [*others, plain] if managers else others
    return schema


async def company(users: list[Document] | None = None, /, **configuration: Document) -> LocalEngine:
    """Everybody is provisioned; Ada and Bert report to Cleo."""
    documents = [document(**configuration)]
    local = LocalEngine(small_world(users or staff(ada="cleo", bert="cleo"), configurations=documents))
    await local.begin()
    return local


async def company_without_managers() -> LocalEngine:
    """The same people, by a mapping of which the judge does not know that it leaves the managers out."""
    local = LocalEngine(small_world(staff(ada="cleo", bert="cleo"), schema=as_in_entra(managers=False)))
    await local.start()
    await local.run_cycle()
    return local


def managers(local: LocalEngine) -> dict[str, str]:
    """Who reports to whom in the target, by their short names."""
    users = local.users()
    names = {user["id"]: mail.partition("@")[0] for mail, user in users.items()}
    return {
        names[user["id"]]: names[user["manager"]["id"]]
        for user in users.values()
        if (user.get("manager") or {}).get("id")
    }


def written(local: LocalEngine, since: int) -> int:
    return local.writes() - since


async def test_whoever_is_created_gets_the_manager_whichever_of_the_two_comes_first() -> None:
    local = await company(staff(ada="bert", bert="cleo", cleo="dina", dina="ada"))

    assert managers(local) == {"ada": "bert", "bert": "cleo", "cleo": "dina", "dina": "ada"}
    assert written(local, 0) == 12
    local.assert_agreement()


async def test_the_next_cycles_write_nothing() -> None:
    local = await company()
    writes = local.writes()

    await local.run_cycle()
    await local.run_cycle()

    assert written(local, writes) == 0


async def test_another_manager_is_one_write_and_one_record_that_names_both() -> None:
    local = await company()
    before, after = (local.users()[mail_of(name)]["id"] for name in ("cleo", "dina"))
    writes = local.writes()

    local.change(becomes("ada", **reports_to("dina")))
    await local.run_cycle()

    record = (await local.records(id_of("ada")))[0]
    assert managers(local) == {"ada": "dina", "bert": "cleo"}
    assert written(local, writes) == 1
    assert (record.action, record.status) == (ProvisioningAction.UPDATE, ProvisioningStatus.SUCCESS)
    assert record.modified == (ModifiedProperty(name="manager", current=before, desired=after),)
    assert StepType.REFERENCE_RESOLUTION in [step.type for step in record.steps]
    local.assert_agreement()


async def test_a_manager_who_changes_with_other_values_is_in_the_same_record_and_in_a_write_of_its_own() -> None:
    local = await company()
    writes = local.writes()

    local.change(becomes("ada", city="Gera", **reports_to("dina")))
    await local.run_cycle()

    record = (await local.records(id_of("ada")))[0]
    assert [each.name for each in record.modified] == ["city", "manager"]
    assert written(local, writes) == 2
    local.assert_agreement()


async def test_whoever_has_no_manager_any_more_has_none_in_the_target() -> None:
    local = await company()

    local.change(becomes("ada", **reports_to(None)))
    await local.run_cycle()

    assert managers(local) == {"bert": "cleo"}
    local.assert_agreement()


async def test_a_manager_who_changed_and_changed_back_is_no_write() -> None:
    local = await company()
    writes = local.writes()

    local.change(becomes("ada", **reports_to("dina")), becomes("ada", **reports_to("cleo")))
    await local.run_cycle()

    assert written(local, writes) == 0
    assert managers(local) == {"ada": "cleo", "bert": "cleo"}


async def test_a_manager_out_of_scope_is_waited_for_without_a_word_and_assigned_once_provisioned() -> None:
    users = staff(ada="cleo", bert="cleo")
    local = LocalEngine(assigned_world(users, [], assignment("ada"), assignment("bert")))
    await local.begin()
    writes, records = local.writes(), len(await local.index())
    await local.run_cycle()
    quiet = (written(local, writes), len(await local.index()) - records)

    local.change({"op": "assign", "principalId": id_of("cleo"), "principalType": "User"})
    await local.run_cycle()
    await local.run_cycle()

    assert quiet == (0, 0)
    assert managers(local) == {"ada": "cleo", "bert": "cleo"}
    assert written(local, writes) == 4
    local.assert_agreement()


@pytest.mark.parametrize("cycles", [1, 2])
async def test_a_manager_who_leaves_the_scope_and_comes_back_is_assigned_again(cycles: int) -> None:
    users = staff(ada="cleo", bert="cleo")
    local = LocalEngine(assigned_world(users, [], *(assignment(name) for name in NAMES)))
    await local.begin()

    local.change({"op": "unassign", "principalId": id_of("cleo")})
    for _ in range(cycles):
        await local.run_cycle()
    local.assert_agreement()
    alone = managers(local)
    local.change({"op": "assign", "principalId": id_of("cleo"), "principalType": "User"})
    await local.run_cycle()
    await local.run_cycle()

    assert alone == {}
    assert managers(local) == {"ada": "cleo", "bert": "cleo"}
    local.assert_agreement()


async def test_a_manager_who_is_only_disabled_when_leaving_is_nobodys_manager_any_more() -> None:
    local = await company(removal={"action": "disable"})

    local.change(becomes("cleo", userType="Guest"))
    await local.run_cycle()
    await local.run_cycle()

    assert local.users()[mail_of("cleo")]["accountEnabled"] is False
    assert managers(local) == {}


async def test_a_manager_who_is_deleted_in_the_source_is_gone_and_back_with_the_next_assignment() -> None:
    local = await company()

    local.change({"op": "deleteUser", "id": id_of("cleo")})
    await local.run_cycle()
    gone = managers(local)
    local.judge()
    local.change({"op": "restoreUser", "id": id_of("cleo")}, becomes("ada", **reports_to("cleo")))
    await local.run_cycle()

    assert gone == {}
    assert managers(local) == {"ada": "cleo"}
    local.assert_agreement()


async def test_whoever_returns_has_the_manager_of_now() -> None:
    local = await company()
    local.change({"op": "deleteUser", "id": id_of("ada")}, {"op": "deleteUser", "id": id_of("bert")})
    await local.run_cycle()
    local.judge()

    local.change({"op": "restoreUser", "id": id_of("ada")}, {"op": "restoreUser", "id": id_of("bert")})
    local.change(becomes("ada", **reports_to("dina")), becomes("bert", **reports_to(None)))
    await local.run_cycle()

    assert managers(local) == {"ada": "dina"}
    local.assert_agreement()


async def test_a_manager_who_cannot_be_provisioned_is_nobodys_manager_and_keeps_nobody_waiting() -> None:
    local = await company([person("ada", **reports_to("cleo")), person("cleo", mail=None)])

    assert managers(local) == {}
    assert (await local.rows(id_of("ada"))).pending is None
    steps = [step for record in await local.records(id_of("ada")) for step in record.steps]
    assert [step.status for step in steps if step.type is StepType.REFERENCE_RESOLUTION] == [ProvisioningStatus.SKIPPED]

    local.change(becomes("cleo", mail=mail_of("cleo")))
    await local.run_cycle()
    await local.run_cycle()

    assert managers(local) == {"ada": "cleo"}
    local.assert_agreement()


async def test_while_a_manager_is_about_to_come_only_that_is_open() -> None:
    local = await company([person("ada"), person("bert")])
    local.work_by(answering("POST /invitations", 503, "serviceNotAvailable"))
    local.change({"op": "createUser", "user": person("cleo")}, becomes("ada", city="Gera", **reports_to("cleo")))
    await local.run_for(timedelta(minutes=50))
    pending = (await local.rows(id_of("ada"))).pending

    local.work_by(CALM)
    await local.run_cycle()

    assert pending is not None
    assert (pending.kind, pending.reason) == (WorkKind.REFERENCE, MANAGER_COMING)
    assert [each.status for each in await local.records(id_of("ada"))][:2] == [ProvisioningStatus.SUCCESS] * 2
    assert managers(local) == {"ada": "cleo"}
    local.assert_agreement()


async def test_whoever_came_on_demand_before_anybody_was_read_has_the_manager_after_the_first_cycle() -> None:
    local = LocalEngine(small_world(staff(ada="cleo", bert="cleo")))
    await local.start()
    await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")
    alone = managers(local)

    await local.run_cycle()

    assert alone == {}
    assert managers(local) == {"ada": "cleo", "bert": "cleo"}
    local.assert_agreement()


async def test_whoever_waits_for_an_invitation_that_is_blocked_keeps_nobody_waiting() -> None:
    local = await company([person("ada"), person("bert")])
    local.change_target({"op": "blockInvitations", "blocked": True})
    local.change({"op": "createUser", "user": person("cleo")}, becomes("ada", **reports_to("cleo")))
    await local.run_for(timedelta(minutes=70))
    pending = (await local.rows(id_of("ada"))).pending

    local.change_target({"op": "blockInvitations", "blocked": False})
    await local.run_for(timedelta(hours=4))

    assert pending is None
    assert managers(local) == {"ada": "cleo"}
    local.assert_agreement()


async def test_a_mapping_that_lets_no_null_values_flow_removes_no_manager() -> None:
    local = await company(schema=as_in_entra())

    local.change(becomes("ada", **reports_to(None)), becomes("bert", **reports_to("dina")))
    await local.run_cycle()
    await local.run_cycle()

    assert managers(local) == {"ada": "cleo", "bert": "dina"}


async def test_a_mapping_without_managers_writes_and_removes_none() -> None:
    local = await company_without_managers()

    assert managers(local) == {}
    assert written(local, 0) == 8


async def test_a_new_mapping_of_managers_assigns_them_with_the_initial_cycle_that_it_makes() -> None:
    local = await company_without_managers()

    local.documents = (document(schema=as_in_entra()),)
    await apply_configuration(local.engine, parse(local.documents[0]))
    await local.run_cycle()

    assert (await local.cycle()).kind is CycleKind.INITIAL
    assert managers(local) == {"ada": "cleo", "bert": "cleo"}


async def test_the_manager_of_an_adopted_guest_is_that_of_the_person() -> None:
    users = staff(ada="cleo")
    stranger = guest("boss", "boss@elsewhere.example")
    theirs = guest("ada", manager={"id": stranger["id"]})
    others = guest("bert", manager={"id": stranger["id"]})
    local = LocalEngine(small_world(users, target={"users": (stranger, theirs, others)}, adoption="automatic"))

    await local.begin()

    assert managers(local) == {"ada": "cleo", "bert": "boss"}


async def test_the_manager_flows_at_once_while_a_disable_is_held() -> None:
    local = await company(guards={"disables": {"count": 1}})

    local.change(becomes("ada", accountEnabled=False, **reports_to("dina")))
    await local.run_cycle()

    pending = (await local.rows(id_of("ada"))).pending
    assert pending is not None
    assert (pending.kind, pending.state) == (WorkKind.DISABLE, PendingState.STAGED)
    assert local.users()[mail_of("ada")]["accountEnabled"] is True
    assert managers(local) == {"ada": "dina", "bert": "cleo"}


async def test_whoever_leaves_is_removed_though_only_the_manager_was_open() -> None:
    local = await company()
    local.work_by(answering("/manager/$ref", 503, "serviceNotAvailable"))
    local.change(becomes("ada", **reports_to("dina")))
    await local.run_for(timedelta(minutes=45))
    local.change({"op": "deleteUser", "id": id_of("ada")})

    local.work_by(CALM)
    await local.run_cycle()

    assert mail_of("ada") not in local.users()
    assert managers(local) == {"bert": "cleo"}


async def test_on_demand_a_person_gets_the_manager_too() -> None:
    local = await company(staff())
    local.change(becomes("ada", **reports_to("cleo")))

    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")

    assert results is not None
    assert results[0].record is not None
    assert [each.name for each in results[0].record.modified] == ["manager"]
    assert managers(local) == {"ada": "cleo"}


async def test_on_demand_a_person_whose_manager_is_right_is_told_so() -> None:
    local = await company()
    writes = local.writes()

    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")

    assert results is not None
    assert results[0].status is ProvisioningStatus.SKIPPED
    assert written(local, writes) == 0


def answering(what: str, status: int, code: str, message: str = "") -> Meddler:
    """A network that answers so to every batch that has such a write."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if not any(what in write for write in writes_of(request)):
            return None
        return httpx.Response(status, json={"error": {"code": code, "message": message}})

    meddler = Meddler(answer)
    meddler.on = True
    return meddler


@pytest.mark.parametrize(
    ("status", "code"), [(503, "serviceNotAvailable"), (429, "TooManyRequests"), (404, "Request_ResourceNotFound")]
)
async def test_what_fails_for_a_while_is_tried_again_and_the_values_stay_written(status: int, code: str) -> None:
    local = await company()
    local.work_by(answering("/manager/$ref", status, code))
    local.change(becomes("ada", city="Gera", **reports_to("dina")))
    await local.run_for(timedelta(minutes=45))
    pending = (await local.rows(id_of("ada"))).pending
    assert pending is not None
    assert (pending.kind, pending.state) == (WorkKind.REFERENCE, PendingState.WAITING)
    assert local.users()[mail_of("ada")]["city"] == "Gera"

    local.work_by(CALM)
    await local.run_cycle()

    assert managers(local) == {"ada": "dina", "bert": "cleo"}
    local.assert_agreement()


async def test_what_is_refused_is_an_escrow_that_says_so_and_the_next_cycles_try_again() -> None:
    local = await company()
    local.work_by(answering("/manager/$ref", 400, "Request_BadRequest", "no"))
    local.change(becomes("ada", **reports_to("dina")))
    await local.run_cycle()

    record, pending = (await local.records(id_of("ada")))[0], (await local.rows(id_of("ada"))).pending
    assert (record.status, record.error.code if record.error else "") == (
        ProvisioningStatus.FAILURE,
        "UnableToResolveReferenceAttributeValue",
    )
    assert pending is not None
    assert pending.state is PendingState.ESCROWED

    local.work_by(CALM)
    await local.run_cycle()

    assert managers(local) == {"ada": "dina", "bert": "cleo"}
    local.assert_agreement()


async def test_a_quiet_cycle_asks_graph_no_more_for_managers() -> None:
    asked = list[int]()
    for local in (await company(), await company_without_managers()):
        before = local.simulation.statistics()
        await local.run_cycle()
        after = local.simulation.statistics()
        asked.append(sum(after[each]["requests"] - before[each]["requests"] for each in after))

    assert asked[0] == asked[1]


async def test_a_first_cycle_asks_graph_for_managers_in_the_requests_that_it_makes_anyway() -> None:
    asked = list[int]()
    for managed in (False, True):
        local = LocalEngine(small_world(staff(ada="cleo", bert="cleo") if managed else staff()), shards=1)
        await local.begin()
        asked.append(local.simulation.statistics()[local.source_id]["requests"])

    assert asked[1] - asked[0] <= 8  # a pass of its own for those who came before their manager


async def test_a_manager_whom_a_round_tells_before_it_names_the_person_once_more_is_not_forgotten() -> None:
    """Graph may name somebody twice in a round, and tells of a manager only where that changed."""
    local = await company()
    local.change(becomes("ada", **reports_to("dina")))
    told = {**person("ada"), "manager@delta": [{"@odata.type": "#microsoft.graph.user", "id": id_of("dina")}]}
    repeated = Meddler(says([told, person("ada")]))
    repeated.on = True
    local.work_by(repeated)

    await local.run_cycle()
    repeated.on = False
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["manager"]["id"] == local.users()[mail_of("dina")]["id"]
