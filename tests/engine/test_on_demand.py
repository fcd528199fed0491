"""On demand: everybody can be asked for at any time of their life, and the answer says what came of it, and why."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.configuration.configuration import Configuration
from shared.cycles.pending import PendingState
from shared.cycles.state import Quarantine, QuarantineReason
from shared.orchestration.ports import Directories, Examination, Presence
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.orchestration.stir import announce
from shared.provisioning.link import LinkState
from shared.provisioning.scoping import ScopingReason
from shared.web.skip_reasons import REASONS
from tests.engine.hazards import Doom, ProcessDied
from tests.engine.local_engine import START, LocalEngine
from tests.engine.small_world import (
    APPLICATION,
    CONFIGURATION,
    DOMAIN,
    assigned_world,
    assignment,
    guest,
    id_of,
    mail_of,
    person,
    small_world,
)
from tests.engine.test_reading_repairs import row
from tests.engine.test_schema_of_ones_own import clause, function, groups, schema
from tests.shared.web.calling import calling

JOB = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}"
ADA = id_of("ada")
Answer = Mapping[str, Any]


async def ask(local: LocalEngine, *subjects: Mapping[str, Any]) -> tuple[Answer, Any]:
    """The result as a whole, and what came of each; by then what was written before has replicated."""
    local.clock.time += timedelta(hours=1)
    body = {"parameters": [{"subjects": list(subjects)}]}
    async with calling(local.engine, "Tenantsync.Operator") as client:
        answer = await client.post(f"{JOB}/provisionOnDemand", json=body)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.json()["key"]), json.loads(answer.json()["value"])


async def provision(local: LocalEngine, name: str = "ada") -> Answer:
    _, value = await ask(local, {"objectId": id_of(name), "objectTypeName": "User"})
    found: Answer = value
    return found


async def begun(*users: dict[str, Any], cycles: int = 1, **configuration: Any) -> LocalEngine:  # noqa: ANN401
    local = LocalEngine(small_world([person("bert"), person("cleo"), *users], **configuration))
    await local.start()
    for _ in range(cycles):
        await local.run_cycle()
    return local


def outcome(value: Answer) -> tuple[str, str, str | None]:
    return value["action"], value["statusInfo"]["status"], value["statusInfo"]["errorCode"]


def details(value: Answer, kind: str) -> Mapping[str, str]:
    return next(step["details"] for step in value["provisioningSteps"] if step["type"] == kind)


def target_of(local: LocalEngine, name: str = "ada") -> Mapping[str, Any]:
    return local.users()[mail_of(name)]


async def test_who_is_disabled_in_the_source_is_disabled_in_the_target() -> None:
    local = await begun(person("ada"))
    local.change({"op": "updateUser", "id": ADA, "set": {"accountEnabled": False}})

    value = await provision(local)

    assert outcome(value) == ("Disable", "Success", None)
    assert target_of(local)["accountEnabled"] is False
    assert value["modifiedProperties"] == [{"displayName": "accountEnabled", "oldValue": "True", "newValue": "False"}]


async def test_who_is_deleted_in_the_source_is_soft_deleted_in_the_target() -> None:
    local = await begun(person("ada"))
    local.change({"op": "deleteUser", "id": ADA})

    value = await provision(local)

    assert outcome(value) == ("Delete", "Success", None)
    assert details(value, "Scoping")["SkipReason"] == "deleted"
    assert mail_of("ada") not in local.users()
    assert len(local.deleted_users()) == 1


@pytest.mark.parametrize(
    "change",
    [{"op": "deleteUser", "id": ADA}, {"op": "updateUser", "id": ADA, "set": {"accountEnabled": False}}],
    ids=["deleted", "disabled"],
)
async def test_while_a_guard_holds_removals_nobody_is_removed_or_disabled_on_demand(change: dict[str, Any]) -> None:
    local = await begun(person("ada"))
    held = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=START, code="TooManyDeletes", message="")
    await local.engine.configurations.save(replace(await local.state(), quarantine=held))
    local.change(change)

    value = await provision(local)

    assert outcome(value) == ("Other", "Skipped", "EntryHeld")
    assert target_of(local)["accountEnabled"] is True
    pending = (await local.rows(ADA)).pending
    assert pending is not None
    assert pending.state is PendingState.STAGED


async def test_who_seems_to_be_gone_is_not_removed_while_nobody_known_answers() -> None:
    local = await begun(person("ada"))
    local.change(*({"op": "deleteUser", "id": id_of(name)} for name in ("ada", "bert", "cleo")))

    value = await provision(local)

    assert value["statusInfo"]["status"] == "Failure"
    assert value["statusInfo"]["reason"].startswith("It waits and is tried again at")
    assert target_of(local)["accountEnabled"] is True


async def test_who_is_back_gets_the_soft_deleted_object_back() -> None:
    local = await begun(person("ada"))
    before = target_of(local)["id"]
    local.change({"op": "deleteUser", "id": ADA})
    await provision(local)
    local.change({"op": "restoreUser", "id": ADA})

    value = await provision(local)

    assert outcome(value) == ("Update", "Success", None)
    assert (value["targetIdentity"]["id"], target_of(local)["id"]) == (before, before)
    assert not local.deleted_users()
    link = (await local.rows(ADA)).link
    assert link is not None
    assert link.state is LinkState.ACTIVE
    await local.run_cycle()
    local.assert_agreement()


async def test_whom_the_target_deleted_is_not_restored_by_us() -> None:
    local = await begun(person("ada"))
    local.change_target({"op": "deleteUser", "id": target_of(local)["id"]})

    value = await provision(local)

    assert outcome(value) == ("Other", "Failure", "InvalidAnchor")
    assert details(value, "Matching")["mail"] == mail_of("ada")


IN_WEAVING = groups(clause("department", "EQUALS", "Weaving"))
DYER = person("ada", department="Dyeing")
SKIPS = [
    ("guest", person("ada", userType="Guest"), {}, "EntrySynchronizationSkipped"),
    ("external", person("ada", userPrincipalName=f"ada_x#EXT#@{DOMAIN}"), {}, "EntrySynchronizationSkipped"),
    ("notAssigned", person("ada"), {"scope": {"kind": "assigned"}}, "EntrySynchronizationSkipped"),
    ("scopingFilter", DYER, {"schema": schema(scope=IN_WEAVING)}, "EntrySynchronizationSkipped"),
    ("deleted", person("nobody"), {}, "EntrySynchronizationSkipped"),
    ("", person("ada", accountEnabled=False), {}, "EntrySynchronizationSkipped"),
    ("", person("ada", mail=None), {}, "ImportSkipped"),
]


@pytest.mark.parametrize(("reason", "user", "configuration", "code"), SKIPS, ids=[each[0] or each[3] for each in SKIPS])
async def test_every_skip_says_why_and_what_can_be_done(
    reason: str, user: dict[str, Any], configuration: dict[str, Any], code: str
) -> None:
    local = await begun(user, cycles=0, **configuration)

    value = await provision(local)

    status = value["statusInfo"]
    assert outcome(value) == ("Other", "Skipped", code)
    assert details(value, "Scoping")["SkipReason"] == reason
    assert details(value, "Export") == {**details(value, "Export"), "SkipReason": code}
    assert status["reason"]
    assert bool(status["additionalDetails"]) is bool(reason)
    assert bool(status["recommendedAction"]) is bool(reason or code == "ImportSkipped")


async def test_whom_an_input_filter_leaves_alone_is_told_so() -> None:
    only_weavers = groups(clause("department", "EQUALS", "Weaving"), member="inputFilterGroups")
    local = await begun(DYER, cycles=0, schema=schema(scope=only_weavers))

    value = await provision(local)

    assert outcome(value) == ("Other", "Skipped", "EntrySynchronizationSkipped")
    assert details(value, "Scoping")["SkipReason"] == "inputFilter"
    assert "nothing is removed" in value["statusInfo"]["additionalDetails"]


def test_every_reason_to_be_out_of_scope_has_its_words() -> None:
    assert set(REASONS) == set(ScopingReason) - {ScopingReason.IN_SCOPE}


async def test_a_filter_that_keeps_somebody_out_is_shown_clause_by_clause() -> None:
    local = await begun(DYER, cycles=0, schema=schema(scope=IN_WEAVING))

    value = await provision(local)

    scoping = details(value, "Scoping")
    assert scoping["IsInProvisioningScopeDisplayName"] == "False"
    assert list(json.loads(scoping["ScopeEvaluationResult"]).values()) == [False]


async def test_somebody_up_to_date_is_a_redundant_export() -> None:
    local = await begun(person("ada"))

    value = await provision(local)

    assert outcome(value) == ("Other", "Skipped", "RedundantExport")
    assert value["provisioningSteps"][-1]["name"] == "EntrySynchronizationSkip"
    assert value["provisioningSteps"][-1]["status"] == "Skipped"


async def test_each_attribute_is_shown_with_its_source_its_expression_and_both_values() -> None:
    upper = function("city", 'Join("-", [city], ToUpper([department]))')
    local = await begun(person("ada", city="Ulm"), schema=schema(upper))
    local.change({"op": "updateUser", "id": ADA, "set": {"city": "Jena"}})

    value = await provision(local)

    flow = {name: json.loads(text) for name, text in details(value, "Processing").items()}
    assert flow["city"] == {
        "source": {"city": "Jena", "department": "Weaving"},
        "expression": 'Join("-", [city], ToUpper([department]))',
        "originalTargetValue": "Ulm-WEAVING",
        "modifiedTargetValue": "Jena-WEAVING",
    }
    assert flow["surname"] == {
        "source": {"surname": "Weber"},
        "expression": "[surname]",
        "originalTargetValue": "Weber",
        "modifiedTargetValue": "Weber",
    }


async def test_what_the_mapping_redacts_is_shown_in_no_step() -> None:
    local = await begun(person("ada", city="Secret"), cycles=0, schema=schema(function("city", "Redact([city])")))

    created = await provision(local)
    again = await provision(local)

    assert target_of(local)["city"] == "Secret"
    assert json.loads(details(created, "Processing")["city"])["modifiedTargetValue"] == "[Redact]"
    assert "Secret" not in json.dumps([created, again])


async def test_the_object_that_stands_for_somebody_is_shown_with_its_properties() -> None:
    local = await begun(person("ada"))

    value = await provision(local)

    found = details(value, "Matching")
    assert (found["id"], found["mail"], found["userType"]) == (target_of(local)["id"], mail_of("ada"), "Member")


async def test_of_several_objects_that_match_each_is_shown() -> None:
    twins = (guest("ada"), guest("other", otherMails=[mail_of("ada")], mail="other@elsewhere.example"))
    local = await begun(person("ada"), cycles=0, target={"users": twins})

    value = await provision(local)

    found = details(value, "Matching")
    assert outcome(value) == ("Other", "Failure", "DuplicateTargetEntries")
    assert sorted(json.loads(text)["id"] for text in found.values()) == sorted(twin["id"] for twin in twins)


def group_subject(name: str, *members: str) -> dict[str, Any]:
    listed = [{"objectId": id_of(each), "objectTypeName": "User"} for each in members]
    return {"objectId": id_of(name).upper(), "objectTypeName": "Group", "links": {"members": listed}}


async def weavers() -> LocalEngine:
    """Ada and Bert are in the group that is assigned, Cleo is not."""
    members = [{"@odata.type": "#microsoft.graph.user", "id": id_of(name)} for name in ("ada", "bert")]
    group = {"id": id_of("weavers"), "displayName": "Weavers", "members": members}
    everybody = [person(name) for name in ("ada", "bert", "cleo")]
    local = LocalEngine(assigned_world(everybody, [group], assignment("weavers", "Group")))
    await local.start()
    return local


async def test_of_a_group_the_members_named_are_provisioned_and_the_group_itself_is_told() -> None:
    local = await weavers()

    key, value = await ask(local, group_subject("weavers", "ada", "bert"))

    group, *members = value
    assert (group["sourceIdentity"]["id"], group["sourceIdentity"]["type"]) == (id_of("weavers"), "Group")
    assert outcome(group) == ("Other", "Skipped", "EntityTypeNotSupported")
    assert [outcome(each) for each in members] == [("Create", "Success", None)] * 2
    assert [each["sourceIdentity"]["id"] for each in members] == [id_of("ada"), id_of("bert")]
    assert key["result"] == "Success"


async def test_the_audit_names_the_group_and_the_members() -> None:
    local = await weavers()
    await ask(local, group_subject("weavers", "ada"))

    async with calling(local.engine, "Tenantsync.Operator") as client:
        [told] = (await client.get("/v1.0/auditLogs/directoryAudits")).json()["value"]

    assert {"key": "Group", "value": id_of("weavers")} in told["additionalDetails"]
    assert [each["id"] for each in told["targetResources"]] == [CONFIGURATION, ADA]


async def test_who_is_no_member_of_the_group_is_not_provisioned_by_it() -> None:
    local = await weavers()

    _, value = await ask(local, group_subject("weavers", "cleo", "ada", "nobody"))

    assert [outcome(each) for each in value[1:]] == [
        ("Other", "Skipped", "EntrySynchronizationSkipped"),
        ("Create", "Success", None),
        ("Other", "Skipped", "EntrySynchronizationSkipped"),
    ]
    assert set(local.users()) == {mail_of("ada")}


async def test_a_group_without_members_provisions_nobody() -> None:
    local = await weavers()

    key, value = await ask(local, {"objectId": id_of("weavers"), "objectTypeName": "Group"})

    assert outcome(value) == ("Other", "Skipped", "EntityTypeNotSupported")
    assert key["result"] == "Skipped"
    assert not local.users()


class Blind:
    """Directories whose source leaves open who is a member of what."""

    def __init__(self, directories: Directories) -> None:
        self._directories = directories

    def __getattr__(self, name: str) -> object:
        return getattr(self._directories, name)

    def source(self, configuration: Configuration) -> "Blind":
        assert configuration.id == CONFIGURATION
        return self

    async def examine(self, source_ids: Sequence[str], **_: object) -> dict[str, Examination]:
        return {each: Examination(source_id=each, presence=Presence.UNKNOWN) for each in source_ids}


async def test_where_membership_cannot_be_read_nobody_is_provisioned() -> None:
    local = await weavers()
    local.engine = replace(local.engine, directories=Blind(local.engine.directories))  # type: ignore[arg-type]

    _, value = await ask(local, group_subject("weavers", "ada"))

    assert outcome(value[1]) == ("Other", "Failure", "Timeout")
    assert not local.users()


async def test_whoever_has_nothing_to_lose_needs_no_proof_that_they_are_out_of_scope() -> None:
    """By an empty list of assignments nobody is proved to be out of scope: whose object is gone already waited on."""
    users = [person("ada"), person("bert")]
    local = LocalEngine(assigned_world(users, [], assignment("ada"), assignment("bert")))
    await local.begin()
    local.change({"op": "unassign", "principalId": ADA})
    await local.run_cycle()
    assert mail_of("ada") not in local.users()
    local.change({"op": "unassign", "principalId": id_of("bert")})

    value = await provision(local)

    assert outcome(value) == ("Other", "Skipped", "EntrySynchronizationSkipped")
    assert (await local.rows(ADA)).pending is None


@pytest.mark.parametrize("effects", range(1, 5))
async def test_what_was_asked_for_is_done_though_its_process_died_early(effects: int) -> None:
    """One day may pass until an idle configuration is looked at; whoever asked does not wait for that."""
    local = await begun(person("ada"), cycles=4)
    assert (await local.state()).attention.idle
    local.change({"op": "updateUser", "id": ADA, "set": {"jobTitle": "Dyer"}})
    local.clock.time += timedelta(hours=1)

    with suppress(ProcessDied):
        await provision_on_demand(local.assembled(Doom(effects)), CONFIGURATION, [ADA], "an operator")
    await local.run_for(timedelta(minutes=25))

    assert (await local.workload()).due == 0
    assert not (await local.rows(ADA)).pending


async def test_what_is_written_by_a_process_that_stood_still_before_and_died_after_is_found() -> None:
    local = await begun(person("ada"), cycles=4)
    await announce(local.engine, CONFIGURATION)
    await local.run_for(timedelta(minutes=30))

    await local.engine.entries.exchange(await local.state(), [(None, row(local, ADA))])
    await local.run_for(timedelta(minutes=10))

    assert not (await local.rows(ADA)).pending
