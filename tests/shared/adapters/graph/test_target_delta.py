"""Do the adapter and the simulated tenants mean the same by the changes of the target's users?"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.configuration.configuration import DriftRules
from shared.orchestration.ports import Removed, ResyncRequired, TargetDirectory, TargetQuery, UnexpectedAnswer
from shared.provisioning.entry import TargetObject
from tests.shared.adapters.graph.fake_graph import TARGET
from tests.shared.adapters.graph.test_against_tenants import CONFIGURATION, Setting, simulated

LOOKED_AT = replace(CONFIGURATION, drift=DriftRules())


def target_of(setting: Setting) -> TargetDirectory:
    return setting.directories.target(LOOKED_AT)


async def begun(setting: Setting) -> str:
    """A chain begins, and names nobody."""
    page = await target_of(setting).objects_page("")
    assert (page.entries, page.next_link) == ((), "")
    return page.delta_link


async def changes(setting: Setting, link: str) -> tuple[list[TargetObject | Removed], str]:
    entries: list[TargetObject | Removed] = []
    while True:
        page = await target_of(setting).objects_page(link)
        entries += page.entries
        if page.delta_link:
            return entries, page.delta_link
        link = page.next_link


def only(entries: Sequence[TargetObject | Removed]) -> TargetObject:
    (entry,) = entries
    assert isinstance(entry, TargetObject)
    return entry


async def test_a_chain_names_who_changes_after_it_began_and_whole() -> None:
    async with simulated() as setting:
        before, other = await setting.invite(0), await setting.invite(1)
        link = await begun(setting)

        setting.simulation.change(TARGET, [{"op": "updateUser", "id": other, "set": {"city": "Gera"}}])
        found, link = await changes(setting, link)
        nothing, _ = await changes(setting, link)

        entry = only(found)
        assert entry.id == other != before
        assert entry.attributes["city"] == "Gera"
        assert entry.attributes["displayName"] == "Person 1"
        assert entry.attributes["accountEnabled"] is True
        assert "#ext#" in (entry.text("userPrincipalName") or "").casefold()
        assert entry.manager is None
        assert nothing == []


async def test_who_is_deleted_or_purged_is_named_as_removed() -> None:
    async with simulated() as setting:
        deleted, purged = await setting.invite(0), await setting.invite(1)
        link = await begun(setting)

        setting.simulation.change(TARGET, [{"op": "deleteUser", "id": deleted}, {"op": "purgeUser", "id": purged}])
        found, _ = await changes(setting, link)

        assert sorted(each.id for each in found if isinstance(each, Removed)) == sorted([deleted, purged])
        assert len(found) == 2


async def test_a_manager_is_told_where_it_changed_and_with_each_look() -> None:
    async with simulated() as setting:
        person, boss = await setting.invite(0), await setting.invite(1)
        link = await begun(setting)

        setting.simulation.change(TARGET, [{"op": "updateUser", "id": person, "set": {"manager": {"id": boss}}}])
        given, link = await changes(setting, link)
        setting.simulation.change(TARGET, [{"op": "updateUser", "id": person, "set": {"manager": None}}])
        taken, _ = await changes(setting, link)
        queries = [TargetQuery(source_id=each, target_id=each) for each in (person, boss)]
        looked = (await target_of(setting).look_up(queries)).found

        assert only(given).manager == boss
        assert only(taken).manager == ""
        assert [found.linked and found.linked.manager for found in looked.values()] == ["", ""]


async def test_without_drift_no_look_asks_for_the_manager() -> None:
    async with simulated() as setting:
        person = await setting.invite(0)

        found = (await setting.target.look_up([TargetQuery(source_id="s", target_id=person)])).found["s"]

        assert found.linked is not None
        assert found.linked.manager is None


@pytest.mark.parametrize("how", ["expireDeltaTokens", "resyncDelta"])
async def test_a_void_link_is_told_as_such(how: str) -> None:
    async with simulated() as setting:
        link = await begun(setting)
        setting.simulation.change(TARGET, [{"op": how}])

        with pytest.raises(ResyncRequired):
            await target_of(setting).objects_page(link)
        assert await begun(setting)


async def test_a_link_to_another_host_is_not_followed() -> None:
    async with simulated() as setting:
        with pytest.raises(UnexpectedAnswer):
            await target_of(setting).objects_page("https://elsewhere.example/v1.0/users/delta?$deltatoken=x")
