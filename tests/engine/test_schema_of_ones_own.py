"""A configuration with a schema of its own: who is in scope, what flows, and what a broken filter cannot do."""

import json
from dataclasses import replace
from typing import Any

from shared.configuration.document import parse
from shared.configuration.schema_json import write_schema
from shared.configuration.templates import default_schema
from shared.cycles.state import QuarantineReason
from shared.orchestration.apply_configuration import apply_configuration
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import SOURCE, Document, document, guest, id_of, mail_of, people, person, small_world

EXTENSION = "extension_0123456789abcdef0123456789abcdef_level"
POPULATION = 60


def schema(*mappings: Document, scope: Document | None = None) -> Document:
    """The default template with mappings added or replaced, and with another filter."""
    template = write_schema(default_schema())
    users = template["synchronizationRules"][0]["objectMappings"][0]
    for mapping in mappings:
        others = [
            each for each in users["attributeMappings"] if each["targetAttributeName"] != mapping["targetAttributeName"]
        ]
        users["attributeMappings"] = [*others, mapping]
    if scope is not None:
        users["scope"] = scope
    template["directories"] = []
    return template


def function(target: str, text: str, **more: object) -> Document:
    return {"targetAttributeName": target, "source": {"type": "Function", "expression": text}, **more}


def clause(operand: str, operator: str, *values: str) -> Document:
    return {"sourceOperandName": operand, "operatorName": operator, "targetOperand": {"values": list(values)}}


def groups(*clauses: Document, member: str = "groups") -> Document:
    return {member: [{"name": "a filter", "clauses": list(clauses)}]}


WEAVERS = [person("ada"), person("bea")]
IN_WEAVING = groups(clause("department", "EQUALS", "Weaving"))


def move(name: str, **changes: object) -> Document:
    return {"op": "updateUser", "id": id_of(name), "set": changes}


async def begun(users: list[Document], *, target: dict[str, Any] | None = None, **changes: object) -> LocalEngine:
    """Run the initial cycle; the judge knows the default mapping only, so it is not asked."""
    local = LocalEngine(small_world(users, target=target, configurations=[document(**changes)]))
    await local.start()
    await local.run_cycle()
    return local


async def change_schema(local: LocalEngine, new: Document) -> None:
    await apply_configuration(local.engine, parse(document(schema=new)))


async def test_who_leaves_the_filter_is_removed_and_who_comes_back_is_restored() -> None:
    local = await begun(
        [person("ada"), person("bea"), person("cleo", department="Dyeing")], schema=schema(scope=IN_WEAVING)
    )
    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}

    local.change(move("ada", department="Dyeing"))
    await local.run_cycle()
    assert set(local.users()) == {mail_of("bea")}

    local.change(move("ada", department="Weaving"), move("cleo", department="Weaving"))
    await local.run_cycle()
    assert set(local.users()) == {mail_of("ada"), mail_of("bea"), mail_of("cleo")}
    assert not local.deleted_users()

    told = [record for record in await local.index() if record.source.id == id_of("ada")]
    scoping = [step.details for record in told for step in record.steps if step.name == "EntrySynchronizationScoping"]
    said = {json.loads(each["ScopeEvaluationResult"])["a filter.department EQUALS 'Weaving'"] for each in scoping}
    assert said == {True, False}


async def test_a_broken_filter_removes_nobody() -> None:
    local = await begun(people(POPULATION))
    writes = local.writes()

    await change_schema(local, schema(scope=groups(clause("department", "EQUALS", "weaving"))))
    await local.run_cycle()

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert (local.writes(), len(local.users())) == (writes, POPULATION)


async def test_a_repaired_filter_lets_everything_go_on() -> None:
    local = await begun(people(POPULATION))
    await change_schema(local, schema(scope=groups(clause("department", "EQUALS", "weaving"))))
    await local.run_cycle()

    await change_schema(local, schema(scope=IN_WEAVING))
    await local.run_cycle()
    await local.run_cycle()

    assert (await local.state()).quarantine is None
    assert len(local.users()) == POPULATION
    assert not local.deleted_users()


async def test_a_narrower_filter_is_no_short_read() -> None:
    local = await begun([person("ada"), person("bea"), person("cleo", department="Dyeing")])

    await change_schema(local, schema(scope=IN_WEAVING))
    await local.run_cycle()

    assert (await local.state()).quarantine is None
    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}


async def test_who_leaves_an_input_filter_stays_as_they_are() -> None:
    wanted = groups(clause("department", "EQUALS", "Weaving"), member="inputFilterGroups")
    local = await begun(
        [person("ada"), person("bea"), person("cleo", department="Dyeing")], schema=schema(scope=wanted)
    )
    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}

    local.change(move("ada", department="Dyeing", city="Gera"))
    await local.run_cycle()
    await change_schema(local, schema(function("city", "ToUpper([city])"), scope=wanted))
    await local.run_cycle()

    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}
    assert local.users()[mail_of("ada")].get("city") is None


async def test_a_filter_that_cannot_be_decided_removes_nobody() -> None:
    slow = groups(clause("streetAddress", "REGEX MATCH", "^a"))
    local = await begun([person("ada", streetAddress="a"), person("bea", streetAddress="a")], schema=schema(scope=slow))

    local.change(move("ada", streetAddress="a" * 5_000))
    await local.run_cycle()
    await local.run_cycle()

    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}
    told = [record.error.code for record in await local.index() if record.error and record.source.id == id_of("ada")]
    assert set(told) == {"ScopingFilterUndecided"}


async def test_who_was_not_named_and_cannot_be_decided_holds_nobody_up() -> None:
    slow = groups(clause("streetAddress", "REGEX MATCH", "^a"))
    local = await begun([person("ada", streetAddress="a"), person("bea", streetAddress="a")], schema=schema(scope=slow))
    local.change(move("ada", streetAddress="a" * 5_000))
    await local.engine.configurations.save(replace(await local.state(), full_next=True))
    local.simulation.set_faults("none", tenant_id=SOURCE, switches={"empty_delta": 1.0})

    await local.run_cycle()

    assert set(local.users()) == {mail_of("ada"), mail_of("bea")}
    told = [record.error.code for record in await local.index() if record.error and record.source.id == id_of("ada")]
    assert set(told) == {"ScopingFilterUndecided"}


async def test_expressions_and_extensions_flow_and_a_further_cycle_writes_nothing() -> None:
    mappings = (
        function("city", 'Join("-", [city], [companyName])', flowNullValues=True),
        function("extensionAttribute3", "ToUpper([department])"),
        function(EXTENSION, "[extensionAttribute7]"),
        function("employeeId", "RandomString(8, 1, 1, 1, 1, )"),
    )
    ada = person("ada", city="Ulm", companyName="Loom", onPremisesExtensionAttributes={"extensionAttribute7": "seven"})
    local = await begun([ada], schema=schema(*mappings), target={"extension_properties": (EXTENSION,)})

    found = local.users()[mail_of("ada")]
    assert (found["city"], found[EXTENSION]) == ("Ulm-Loom", "seven")
    assert found["onPremisesExtensionAttributes"] == {"extensionAttribute3": "WEAVING"}
    assert len(found["employeeId"]) == 8

    writes = local.writes()
    await local.run_cycle()
    assert local.writes() == writes

    local.change(move("ada", onPremisesExtensionAttributes={"extensionAttribute7": "eight"}))
    await local.run_cycle()
    assert local.users()[mail_of("ada")][EXTENSION] == "eight"


async def test_a_changed_mapping_reaches_everybody() -> None:
    local = await begun([person("ada", city="Ulm"), person("bea", city="Jena")])

    await change_schema(local, schema(function("city", '[city] & "!"')))
    await local.run_cycle()

    assert {user["city"] for user in local.users().values()} == {"Ulm!", "Jena!"}


async def test_a_schema_of_ones_own_clears_nothing_unless_it_says_so() -> None:
    silent = {"targetAttributeName": "city", "source": {"type": "Attribute", "name": "city", "expression": "[city]"}}
    local = await begun([person("ada", city="Ulm")], schema=schema(silent))

    local.change(move("ada", city=None, state="Hesse"))
    await local.run_cycle()

    assert (local.users()[mail_of("ada")]["city"], local.users()[mail_of("ada")]["state"]) == ("Ulm", "Hesse")


async def test_a_value_that_cannot_be_computed_is_an_escrow_and_holds_nobody_else() -> None:
    broken = function("city", 'IIF(IsPresent([city]), [city], Error("no city"))')
    local = await begun([person("ada"), person("bea", city="Ulm")], schema=schema(broken))

    assert set(local.users()) == {mail_of("bea")}
    (told,) = [record.error for record in await local.index() if record.source.id == id_of("ada")]
    assert told is not None
    assert (told.code, "no city" in told.reason) == ("AttributeFlowFailed", True)


async def test_unique_values_are_unique_among_those_who_come_at_once() -> None:
    unique = function(
        "mailNickname",
        'SelectUniqueValue([surname], [surname] & "2", [surname] & "3")',
        flowType="ObjectAddOnly",
    )
    users = [person(name, surname="Webster") for name in ("ada", "bea")]
    taken = guest("somebody", "x@elsewhere.example", mailNickname="webster")
    local = await begun(users, schema=schema(unique), target={"users": (taken,)})
    await local.run_cycle()

    ours = {mail_of("ada"), mail_of("bea")}
    assert {user["mailNickname"] for mail, user in local.users().items() if mail in ours} == {"Webster2", "Webster3"}


async def test_people_are_matched_by_the_attributes_that_the_mapping_says_in_its_order() -> None:
    by_number = {
        "targetAttributeName": "employeeId",
        "source": {"type": "Attribute", "name": "employeeId", "expression": "[employeeId]"},
        "matchingPriority": 2,
    }
    older = guest("before", "other@lindenhof.example", employeeId="77", createdDateTime="2024-09-01T08:00:00Z")
    ada = person("ada", employeeId="77")
    local = await begun([ada], schema=schema(by_number), adoption="automatic", target={"users": (older,)})

    assert set(local.users()) == {mail_of("ada")}
    assert local.users()[mail_of("ada")]["id"] == older["id"]
