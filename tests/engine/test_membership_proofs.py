"""Laws 3 and 4 for a filter that asks for memberships: an empty or short read of a group removes nobody by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import httpx
import pytest

from shared.cycles.doubt import Doubt
from shared.cycles.pending import Verdict
from shared.cycles.state import JobStatus, QuarantineReason
from shared.orchestration.decide_held import decide_held, held_removals
from shared.orchestration.ports import Directories, Examination, GroupsPage, Presence, SourceDirectory
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.orchestration.reading import SCOPE
from tests.engine.hazards import Meddler
from tests.engine.local_engine import LocalEngine
from tests.engine.lying_source import empty_groups
from tests.engine.odd_directories import OddDirectories, Passing
from tests.engine.small_world import CONFIGURATION, Document, group, id_of, mail_of, people, person, small_world
from tests.engine.test_membership_filter import (
    agreed_after,
    begun,
    company,
    filtered,
    inside,
    join,
    leave,
    names,
    outside,
    read_everybody,
    told_of,
)

POPULATION = 60


def emptied(group_name: str, *members: str) -> list[Document]:
    return [leave(group_name, name) for name in members]


async def large_company() -> LocalEngine:
    """Sixty weavers whom the filter lets through, and nobody else."""
    weavers = group("weavers", *(f"person{number}" for number in range(POPULATION)))
    everybody = [*people(POPULATION), person("ada")]
    local = LocalEngine(
        small_world(everybody, source={"groups": (weavers,)}, configurations=[filtered(inside("weavers"))])
    )
    await local.begin()
    assert len(local.users()) == POPULATION
    return local


async def test_a_group_that_is_emptied_is_held_by_the_guard_until_somebody_approves() -> None:
    local = await large_company()

    local.change(*emptied("weavers", *(f"person{number}" for number in range(POPULATION))))
    await local.run_cycle()
    local.assert_agreement()
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.users()) == POPULATION

    held = await held_removals(local.engine, await local.state())
    assert len(held.rows) == POPULATION
    await decide_held(local.engine, await local.state(), held.digest, Verdict.APPROVED, "ada")
    await local.run_cycle()
    assert not local.users()
    assert (await local.state()).quarantine is None


async def test_a_group_that_is_deleted_is_held_by_the_guard() -> None:
    local = await large_company()

    local.change({"op": "deleteGroup", "groupId": id_of("weavers")})
    await local.run_cycle()

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.users()) == POPULATION


async def test_the_last_members_of_all_groups_stay_until_somebody_is_seen_in_one() -> None:
    local = await begun(inside("weavers"))

    local.change(*emptied("weavers", "bert", "cleo"))
    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == {"bert", "cleo"}
    assert await told_of(local, "bert") == {Doubt.NOBODY_KNOWN}

    local.change(join("weavers", "emil"))
    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == {"emil"}
    local.assert_agreement()


async def test_the_last_member_goes_while_another_is_seen_in_a_group_of_the_filter() -> None:
    local = await begun(inside("weavers", "spinners"))

    assert await agreed_after(local, *emptied("weavers", "bert", "cleo")) == {"emil"}


async def test_who_goes_by_a_membership_needs_nobody_elses() -> None:
    local = await begun(outside("weavers", "dyers", "spinners"))

    assert await agreed_after(local, *emptied("weavers", "bert", "cleo"), join("spinners", "ada")) == {"bert", "cleo"}


async def test_a_short_read_of_a_group_removes_nobody_and_status_says_so() -> None:
    meddler = Meddler(empty_groups)
    local = LocalEngine(company(inside("weavers")), surroundings=meddler)
    await local.begin()
    await read_everybody(local)

    meddler.on = True
    await local.run_cycle()
    assert names(local) == {"bert", "cleo"}
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.code == Doubt.INCOMPLETE_READ

    meddler.on = False
    local.change({"op": "resyncDelta"})
    await local.run_cycle()
    assert (await local.state()).status is JobStatus.ACTIVE
    local.assert_agreement()
    assert not local.deleted_users()


async def test_a_short_read_of_an_excluded_group_creates_nobody() -> None:
    meddler = Meddler(empty_groups)
    local = LocalEngine(company(outside("weavers")), surroundings=meddler)
    await local.begin()
    await read_everybody(local)
    writes = local.writes()

    meddler.on = True
    await local.run_cycle()

    assert local.writes() == writes


async def test_a_short_read_of_a_large_group_counts_toward_the_guard() -> None:
    meddler = Meddler(empty_groups)
    local = await large_company()
    local.work_by(meddler)
    await read_everybody(local)

    meddler.on = True
    await local.run_cycle()
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES

    meddler.on = False
    local.change({"op": "resyncDelta"})
    await local.run_cycle()
    await local.run_cycle()
    assert (await local.state()).status is JobStatus.ACTIVE
    assert len(local.users()) == POPULATION


Odd = Callable[[Directories], OddDirectories]


class NoMemberships(OddDirectories):
    """A credential that has lost a permission: no group shows a member, and no person a group."""

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        class Blind(Passing):
            async def groups_page(self, group_ids: Sequence[str], link: str) -> GroupsPage:
                page = await source.groups_page(group_ids, link)
                return replace(page, changes=tuple(replace(each, removed=True) for each in page.changes))

            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                return {id_: replace(each, group_ids=frozenset()) for id_, each in seen.items()}

        return Blind(source)  # type: ignore[return-value]


class HiddenMemberships(OddDirectories):
    """The groups name their members, and no person names a group."""

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        class Hiding(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                return {id_: replace(each, group_ids=frozenset()) for id_, each in seen.items()}

        return Hiding(source)  # type: ignore[return-value]


class UnknownMemberships(OddDirectories):
    """Whoever is asked for their groups gives no answer."""

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        class Silent(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                if not scope:
                    return await source.examine(source_ids, scope=scope, known_users=known_users)
                return {id_: Examination(source_id=id_, presence=Presence.UNKNOWN) for id_ in source_ids}

        return Silent(source)  # type: ignore[return-value]


@pytest.mark.parametrize("odd", [NoMemberships, HiddenMemberships, UnknownMemberships])
@pytest.mark.parametrize("everybody_is_read", [True, False])
async def test_a_source_that_shows_no_memberships_removes_nobody(odd: Odd, *, everybody_is_read: bool) -> None:
    local = await begun(inside("weavers", "dyers"))
    local.engine = local.worker = replace(local.engine, directories=odd(local.engine.directories))

    if everybody_is_read:
        await read_everybody(local)
    local.change(*emptied("weavers", "bert", "cleo"))
    await local.run_cycle()
    await local.run_cycle()

    assert names(local) == {"bert", "cleo", "dora"}
    assert not local.deleted_users()


class Replaying(OddDirectories):
    """Each round of the groups names every membership twice, and once as if it had not changed."""

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        replayed_first = self.replayed_first

        class Twice(Passing):
            async def groups_page(self, group_ids: Sequence[str], link: str) -> GroupsPage:
                page = await source.groups_page(group_ids, link)
                replayed = tuple(replace(each, removed=not each.removed) for each in page.changes if each.is_user)
                both = (*replayed, *page.changes) if replayed_first else (*page.changes, *replayed)
                return replace(page, changes=both)

        return Twice(source)  # type: ignore[return-value]

    replayed_first = True


@pytest.mark.parametrize("replayed_first", [True, False])
async def test_a_round_that_names_a_member_as_added_and_as_removed_is_settled_by_a_direct_read(
    *, replayed_first: bool
) -> None:
    local = await begun(inside("weavers"))
    replaying = Replaying(local.engine.directories)
    replaying.replayed_first = replayed_first
    local.engine = local.worker = replace(local.engine, directories=replaying)

    assert await agreed_after(local, join("weavers", "ada"), leave("weavers", "bert")) == {"ada", "cleo"}
    moved = [{"op": "updateUser", "id": id_of(name), "set": {"city": "Gera"}} for name in ("ada", "bert")]
    assert await agreed_after(local, *moved) == {"ada", "cleo"}


class Lagging(OddDirectories):
    """A replica that shows a person's groups as they are the second time only."""

    def __init__(self, directories: Directories) -> None:
        super().__init__(directories)
        self._asked = set[str]()

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        asked = self._asked

        class Late(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                first = set(source_ids) - asked if scope else set[str]()
                asked.update(first)
                return {
                    id_: replace(each, group_ids=frozenset()) if id_ in first else each for id_, each in seen.items()
                }

        return Late(source)  # type: ignore[return-value]


async def test_who_joined_comes_in_the_same_cycle_though_a_replica_lags() -> None:
    local = await begun(inside("weavers"))
    local.engine = local.worker = replace(local.engine, directories=Lagging(local.engine.directories))

    assert await agreed_after(local, join("weavers", "ada")) == {"ada", "bert", "cleo"}


async def test_on_demand_a_member_comes_and_who_has_left_goes() -> None:
    local = await begun(inside("weavers"))
    local.change(join("weavers", "ada"), leave("weavers", "bert"))

    assert await on_demand(local, "ada", "bert") == ["success", "success"]
    assert names(local) == {"ada", "cleo"}


async def test_on_demand_the_last_member_of_all_groups_does_not_go() -> None:
    local = await begun(inside("weavers"))
    local.change(*emptied("weavers", "bert", "cleo"))

    await on_demand(local, "bert")
    assert names(local) == {"bert", "cleo"}


async def on_demand(local: LocalEngine, *asked: str) -> list[str]:
    results = await provision_on_demand(local.engine, CONFIGURATION, list(map(id_of, asked)), "operator")
    assert results is not None
    return [each.status.value for each in results]


async def test_on_demand_who_is_in_none_of_the_groups_is_skipped() -> None:
    local = await begun(inside("weavers"))

    assert await on_demand(local, "emil") == ["skipped"]
    assert mail_of("emil") not in local.users()


@pytest.mark.parametrize("clauses", [(), (inside("weavers"),)])
async def test_without_such_a_clause_nobody_asks_for_groups(clauses: tuple[Document, ...]) -> None:
    asked = list[str]()

    def look(request: httpx.Request) -> None:
        asked.extend(each for each in ("groups", "memberOf", "appRole") if each in f"{request.url} {request.content!r}")

    meddler = Meddler(look)
    meddler.on = True
    local = LocalEngine(company(*clauses), surroundings=meddler)

    await local.begin()
    await agreed_after(local, {"op": "deleteUser", "id": id_of("bert")}, {"op": "createUser", "user": person("fritz")})

    scope = await local.engine.snapshots.load(CONFIGURATION, SCOPE, (await local.state()).last_completed)
    assert bool(asked) is bool(clauses)
    assert (scope is not None) is bool(clauses)
