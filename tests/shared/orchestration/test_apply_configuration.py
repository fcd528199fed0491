"""Which version of a document counts after it was applied?"""

import asyncio
from dataclasses import replace

import pytest

from shared.configuration.configuration import Cloud
from shared.configuration.document import serialize
from shared.configuration.problems import ConfigurationError
from shared.orchestration.apply_configuration import VersionMismatch, apply_configuration
from tests.shared.fakes import configuration, memory_engine

GUID = "6f2504e0-4f89-41d3-9a0c-0305e82c3301"


async def test_a_new_configuration_has_version_one_and_is_not_started() -> None:
    engine = memory_engine()

    state = await apply_configuration(engine, configuration())

    assert (state.version, state.active, state.shards, state.full_next) == (1, False, 8, True)
    assert await engine.configurations.document(state.configuration_id, 1) == serialize(configuration())


async def test_the_same_meaning_again_changes_nothing() -> None:
    engine = memory_engine()
    first = await apply_configuration(engine, configuration())

    again = await apply_configuration(engine, configuration({"/interval": "PT40M"}))

    assert again == first


@pytest.mark.parametrize(
    ("changes", "full_next"),
    [
        ({"/scope": {"kind": "assigned"}}, True),
        ({"/interval": "PT20M"}, False),
        ({"/displayName": "Another name"}, False),
        ({"/adoption": "none"}, True),
    ],
)
async def test_a_change_is_a_new_version_and_everybody_is_read_if_it_decides_who_is_provisioned(
    changes: dict[str, object], full_next: bool
) -> None:
    engine = memory_engine()
    state = await apply_configuration(engine, configuration())
    await engine.configurations.save(replace(state, full_next=False, active=True))

    changed = await apply_configuration(engine, configuration(changes))

    assert (changed.version, changed.full_next, changed.active) == (2, full_next, True)


async def test_a_full_cycle_that_is_due_anyway_stays_due() -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    changed = await apply_configuration(engine, configuration({"/interval": "PT20M"}))

    assert changed.full_next


@pytest.mark.parametrize("path", ["/source/tenantId", "/source/servicePrincipalId", "/target/tenantId"])
async def test_a_configuration_cannot_be_moved_to_other_tenants(path: str) -> None:
    engine = memory_engine()
    first = await apply_configuration(engine, configuration())

    with pytest.raises(ConfigurationError) as raised:
        await apply_configuration(engine, configuration({path: GUID}))

    assert [problem.path for problem in raised.value.problems] == [path]
    assert "new configuration" in raised.value.problems[0].message
    assert await engine.configurations.state(first.configuration_id) == first


async def test_of_two_writers_both_documents_are_kept_and_the_later_version_counts() -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    documents = [configuration({"/interval": "PT20M"}), configuration({"/interval": "PT30M"})]

    states = await asyncio.gather(*(apply_configuration(engine, each) for each in documents))

    latest = max(states, key=lambda state: state.version)
    current = await engine.configurations.configuration("contoso-fabrikam", latest.version)
    assert await engine.configurations.state("contoso-fabrikam") == latest
    assert current == documents[states.index(latest)]
    assert len({state.version for state in states}) == 2


async def test_two_who_create_at_once_leave_one_configuration() -> None:
    engine = memory_engine()
    documents = [configuration({"/interval": "PT20M"}), configuration({"/interval": "PT30M"})]

    states = await asyncio.gather(*(apply_configuration(engine, each) for each in documents))

    current = await engine.configurations.state("contoso-fabrikam")
    assert current == max(states, key=lambda state: state.version)


async def test_a_document_that_a_crash_left_without_a_state_is_in_nobodys_way() -> None:
    engine = memory_engine()
    await engine.configurations.add_document("contoso-fabrikam", 1, b"written before the crash")

    state = await apply_configuration(engine, configuration())

    assert state.version == 2
    assert await engine.configurations.configuration("contoso-fabrikam", 2) == configuration()


async def test_a_version_that_is_not_expected_is_not_replaced() -> None:
    engine = memory_engine()
    first = await apply_configuration(engine, configuration())

    with pytest.raises(VersionMismatch):
        await apply_configuration(engine, configuration({"/interval": "PT20M"}), expected={7}.__contains__)

    assert await engine.configurations.state(first.configuration_id) == first


async def test_nothing_is_created_where_a_version_is_expected() -> None:
    engine = memory_engine()

    with pytest.raises(VersionMismatch):
        await apply_configuration(engine, configuration(), expected=bool)

    assert await engine.configurations.state("contoso-fabrikam") is None


@pytest.mark.parametrize(("app", "document"), [(Cloud.GLOBAL, "usGov"), (Cloud.CHINA, "global")])
async def test_tenants_of_another_cloud_than_the_apps_are_refused(app: Cloud, document: str) -> None:
    engine = replace(memory_engine(), cloud=app)

    with pytest.raises(ConfigurationError, match=f"is {document}, but this app works in {app}"):
        await apply_configuration(engine, configuration({"/source/cloud": document, "/target/cloud": document}))

    assert [state async for state in engine.configurations.states()] == []


async def test_tenants_of_the_apps_own_cloud_are_taken() -> None:
    engine = replace(memory_engine(), cloud=Cloud.CHINA)

    state = await apply_configuration(engine, configuration({"/source/cloud": "china", "/target/cloud": "china"}))

    assert state.version == 1
