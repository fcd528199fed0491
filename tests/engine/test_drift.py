"""The target is looked at: what others change there is written again, reported or theirs, as the document says."""

from datetime import timedelta

import pytest

from shared.configuration.document import parse
from shared.cycles.cycle import CycleKind
from shared.orchestration.apply_configuration import apply_configuration
from shared.provisioning.drift import REPAIRED, REPORTED
from shared.provisioning.link import Departure, Drift
from shared.provisioning.provisioning_log import ModifiedProperty, ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import Document, employee, guest, id_of, mail_of, people, person, small_world

REPORT: Document = {"default": "report"}
ENFORCE: Document = {"default": "enforce"}
LATER = timedelta(minutes=11)
"""So long after a write, what is read is no older than it."""


async def watched(drift: Document | None) -> LocalEngine:
    """Ada and Cleo are in the target, and whoever else is given."""
    target = {"users": (employee("boss"), guest("stranger", "stranger@elsewhere.example"))}
    local = LocalEngine(small_world([person("ada"), person("cleo")], target=target, drift=drift))
    await local.begin()
    await local.run_for(LATER)
    return local


def ada(local: LocalEngine) -> Document:
    return local.users()[mail_of("ada")]


def edit(local: LocalEngine, **values: object) -> None:
    """An administrator of the target edits Ada."""
    local.change_target({"op": "updateUser", "id": ada(local)["id"], "set": values})


async def drift_of(local: LocalEngine, name: str = "ada") -> Drift | None:
    link = (await local.rows(id_of(name))).link
    assert link is not None
    return link.drift


async def codes(local: LocalEngine, name: str = "ada") -> list[str]:
    return [record.error.code for record in await local.records(id_of(name)) if record.error is not None]


async def test_what_others_change_is_reported_and_left() -> None:
    local = await watched(REPORT)

    edit(local, department="Dyeing")
    await local.run_cycle()

    assert ada(local)["department"] == "Dyeing"
    found = await drift_of(local)
    assert found is not None
    assert found.attributes == (ModifiedProperty(name="department", current="Dyeing", desired="Weaving"),)
    assert await codes(local) == [REPORTED]
    await local.run_cycle()
    closing = (await local.cycle()).closing
    assert closing is not None
    assert (closing.present, closing.equal, closing.exceptions) == (2, 1, {"DriftReported": 1})


async def test_what_others_change_is_written_again_where_that_is_enforced() -> None:
    local = await watched(ENFORCE)

    edit(local, department="Dyeing", jobTitle=None)
    await local.run_cycle()

    local.assert_agreement()
    newest = (await local.records(id_of("ada")))[0]
    assert (newest.action, newest.status) == (ProvisioningAction.UPDATE, ProvisioningStatus.SUCCESS)
    assert newest.error is not None
    assert newest.error.code == REPAIRED
    assert {each.name for each in newest.modified} == {"department", "jobTitle"}
    assert await drift_of(local) is None


async def test_each_attribute_has_its_own_policy() -> None:
    rules = {"default": "report", "enforce": ["department"], "targetOwned": ["jobTitle"]}
    local = await watched(rules)

    edit(local, department="Dyeing", jobTitle="Dyer", city="Gera")
    await local.run_cycle()

    assert (ada(local)["department"], ada(local)["jobTitle"], ada(local)["city"]) == ("Weaving", "Dyer", "Gera")
    found = await drift_of(local)
    assert found is not None
    assert [each.name for each in found.attributes] == ["city"]


async def test_what_the_target_owns_is_written_on_create_and_by_no_update() -> None:
    local = await watched({"targetOwned": ["jobTitle"]})
    assert ada(local)["jobTitle"] == "Weaver"

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"jobTitle": "Dyer", "department": "Dyeing"}})
    await local.run_cycle()

    assert (ada(local)["jobTitle"], ada(local)["department"]) == ("Weaver", "Dyeing")


async def test_a_change_in_the_source_overwrites_what_was_only_reported() -> None:
    local = await watched(REPORT)
    edit(local, department="Dyeing")
    await local.run_cycle()

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}})
    await local.run_cycle()

    local.assert_agreement()
    assert await drift_of(local) is None


async def test_what_the_target_sets_right_is_no_drift_any_more() -> None:
    local = await watched(REPORT)
    edit(local, department="Dyeing")
    await local.run_cycle()

    edit(local, department="Weaving")
    await local.run_cycle()

    assert await drift_of(local) is None
    local.assert_agreement()


async def test_our_own_writes_and_strangers_are_no_drift_and_a_quiet_cycle_writes_nothing() -> None:
    local = LocalEngine(small_world(people(30), drift=ENFORCE))
    await local.begin()
    await local.run_cycle()
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})
    await local.run_cycle()
    await local.run_cycle()
    before = local.writes()

    for _ in range(3):
        await local.run_cycle()
        assert (await local.cycle()).drifted == 0
    assert local.writes() == before
    local.assert_agreement()
    local.change_target({"op": "createUser", "user": employee("new")})
    local.change_target({"op": "createGuest", "mail": "x@elsewhere.example"})
    await local.run_cycle()

    assert (await local.cycle()).drifted == 0


async def test_a_block_counts_whatever_the_source_does_until_the_target_lifts_it() -> None:
    local = await watched(REPORT)
    edit(local, accountEnabled=False)
    await local.run_cycle()
    found = await drift_of(local)
    assert found is not None
    assert found.departure is Departure.BLOCKED

    for enabled in (False, True):
        local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": enabled, "city": str(enabled)}})
        await local.run_cycle()
        await local.run_for(LATER)

    assert (ada(local)["accountEnabled"], ada(local)["city"]) == (False, "True")
    edit(local, accountEnabled=True)
    await local.run_cycle()
    assert await drift_of(local) is None
    local.assert_agreement()


async def test_a_block_that_nobody_saw_before_the_source_disables_counts_too() -> None:
    local = await watched(REPORT)
    edit(local, accountEnabled=False)
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
    await local.run_cycle()
    await local.run_for(LATER)

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": True}})
    await local.run_cycle()

    assert ada(local)["accountEnabled"] is False


@pytest.mark.parametrize(("rules", "enabled"), [(ENFORCE, False), (REPORT, True)])
async def test_whom_the_target_enables_though_the_source_has_disabled_them(rules: Document, enabled: bool) -> None:
    local = await watched(rules)
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
    await local.run_cycle()
    await local.run_for(LATER)
    assert ada(local)["accountEnabled"] is False

    edit(local, accountEnabled=True)
    await local.run_cycle()
    await local.run_cycle()

    assert ada(local)["accountEnabled"] is enabled
    actions = [record.action for record in await local.records(id_of("ada"))]
    assert actions.count(ProvisioningAction.DISABLE) == (1 if enabled else 2)


async def test_a_repair_counts_for_the_guard_over_rewrites() -> None:
    guards = {"rewrites": {"count": 5, "share": 1}}
    local = LocalEngine(small_world(people(30), drift=ENFORCE, guards=guards), shards=1)
    await local.begin()
    await local.run_cycle()

    ids = [user["id"] for user in local.users().values()]
    local.change_target(*({"op": "updateUser", "id": each, "set": {"department": "Dyeing"}} for each in ids))
    await local.run_for(CYCLE + LATER)

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.code == "TooManyRewrites"
    assert 0 < sum(user["department"] == "Dyeing" for user in local.users().values()) < 30


async def test_blocks_and_deletions_are_undone_where_departures_are_enforced() -> None:
    local = await watched({**ENFORCE, "departures": "enforce"})
    cleo = local.users()[mail_of("cleo")]["id"]

    edit(local, accountEnabled=False)
    local.change_target({"op": "deleteUser", "id": cleo})
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("cleo")]["id"] == cleo


async def test_a_purged_object_is_created_again_where_departures_are_enforced() -> None:
    local = await watched({**ENFORCE, "departures": "enforce"})
    before = ada(local)["id"]

    local.change_target({"op": "purgeUser", "id": before})
    await local.run_cycle()

    assert ada(local)["id"] != before


@pytest.mark.parametrize("how", ["deleteUser", "purgeUser"])
async def test_whoever_was_deleted_in_the_target_stays_away(how: str) -> None:
    local = await watched(ENFORCE)
    local.change_target({"op": how, "id": ada(local)["id"]})
    await local.run_cycle()

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}})
    await local.run_for(2 * CYCLE)
    await local.run_cycle()

    assert mail_of("ada") not in local.users()
    closing = (await local.cycle()).closing
    assert closing is not None
    assert (closing.in_scope, closing.present, closing.exceptions) == (2, 1, {"DeletedInTarget": 1})
    found = await drift_of(local)
    assert found is not None
    assert found.departure is Departure.DELETED


async def test_whoever_the_target_restores_gets_what_has_changed_meanwhile() -> None:
    local = await watched(REPORT)
    object_id = ada(local)["id"]
    local.change_target({"op": "deleteUser", "id": object_id})
    await local.run_cycle()
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}})
    await local.run_cycle()

    local.change_target({"op": "restoreUser", "id": object_id})
    await local.run_cycle()

    assert ada(local)["city"] == "Gera"
    assert await drift_of(local) is None
    local.assert_agreement()


async def test_what_was_before_the_target_was_looked_at_is_found_too() -> None:
    local = await watched(None)
    edit(local, department="Dyeing")
    await apply(local, drift=ENFORCE)

    await local.run_cycle()
    assert (await local.cycle()).kind is CycleKind.INITIAL
    await local.run_cycle()

    local.assert_agreement()


async def apply(local: LocalEngine, **changes: object) -> None:
    await apply_configuration(local.engine, parse({**local.documents[0], **changes}))
