"""Law 3 with nested groups: no single short read removes anybody whom a group within an assigned one entitles."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from shared.cycles.cycle import CycleKind, CycleState
from shared.cycles.doubt import Doubt
from shared.cycles.state import JobStatus, QuarantineReason
from shared.orchestration import confirm_nesting, read_groups
from shared.orchestration.ports import Directories, Examination, GroupsPage, MemberChange, SourceDirectory
from tests.engine.local_engine import LocalEngine
from tests.engine.odd_directories import OddDirectories, Passing
from tests.engine.small_world import assignment, group, id_of, people, person, small_world
from tests.engine.test_assigned_scope import add, names, remove
from tests.engine.test_membership_filter import read_everybody, told_of
from tests.engine.test_nested_groups import NAMES, NESTED, after, nest, take_out, three_deep, world

NOBODY = frozenset[str]()
EVERYBODY = {"ada", "bert", "cleo", "dora", "gus"}

Seen = Callable[[Examination], Examination]
Shown = Callable[[GroupsPage], GroupsPage]


class Lies(OddDirectories):
    """A source of which one or the other way of reading may answer something else."""

    def __init__(self, directories: Directories) -> None:
        super().__init__(directories)
        self.person: Seen = lambda seen: seen
        self.page: Shown = lambda page: page
        self.above: Callable[[str, frozenset[str] | None], frozenset[str] | None] = lambda _, above: above

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        lies = self

        class Lying(Passing):
            async def groups_page(self, group_ids: Sequence[str], link: str) -> GroupsPage:
                return lies.page(await source.groups_page(group_ids, link))

            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                return {id_: lies.person(each) for id_, each in seen.items()}

            async def groups_of(self, group_ids: Collection[str]) -> Mapping[str, frozenset[str] | None]:
                found = await source.groups_of(group_ids)
                return {group_id: lies.above(group_id, above) for group_id, above in found.items()}

        return Lying(source)  # type: ignore[return-value]


async def begun(local: LocalEngine | None = None) -> tuple[LocalEngine, Lies]:
    """A world in which everybody is provisioned who is within the group `all`, and its lies, which are none yet."""
    local = local or three_deep()
    lies = Lies(local.engine.directories)
    local.engine = local.worker = replace(local.engine, directories=lies)
    await local.begin()
    return local, lies


def only_direct(seen: Examination) -> Examination:
    """Graph's list of all groups leaves out those above the direct ones."""
    return seen if seen.nested_in is None else replace(seen, nested_in=seen.group_ids)


def no_memberships(seen: Examination) -> Examination:
    return seen if seen.group_ids is None else replace(seen, group_ids=NOBODY, nested_in=NOBODY)


def shown_as_taken_out(inner: str, outer: str) -> Shown:
    """Every page says that the one group is no member of the other any more."""
    lie = MemberChange(group_id=id_of(outer), member_id=id_of(inner), is_user=False, is_group=True, removed=True)
    return lambda page: replace(page, changes=(*(each for each in page.changes if each.member_id != id_of(inner)), lie))


async def test_a_group_that_only_a_page_says_is_taken_out_loses_nobody() -> None:
    local, lies = await begun()
    lies.page = shown_as_taken_out("crafts", "all")

    await local.run_cycle()
    await local.run_cycle()

    assert names(local) == EVERYBODY
    assert not local.deleted_users()


async def test_a_short_list_of_all_groups_beside_such_a_page_is_contradicted_by_the_walk() -> None:
    local, lies = await begun()
    lies.page, lies.person = shown_as_taken_out("crafts", "all"), only_direct

    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == EVERYBODY
    assert not local.deleted_users()
    assert await told_of(local, "cleo") == {Doubt.NOBODY_KNOWN}

    lies.page, lies.person = (lambda page: page), (lambda seen: seen)
    await read_everybody(local)
    await local.run_cycle()
    local.assert_agreement()
    assert names(local) == EVERYBODY
    assert not local.deleted_users()


async def test_a_full_cycle_that_leaves_a_large_nested_group_out_is_held_doubted_and_mended_by_the_next() -> None:
    many = [f"person{number}" for number in range(60)]
    parts = {
        "groups": (group("all", nested=["crafts"]), group("crafts", *many)),
        "app_role_assignments": (assignment("all", "Group"),),
    }
    local, lies = await begun(LocalEngine(small_world(people(60), source=parts, scope=NESTED)))
    await read_everybody(local)

    lies.page = shown_as_taken_out("crafts", "all")
    await local.run_cycle()
    assert (await local.cycle()).doubt is Doubt.INCOMPLETE_READ
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.users()) == 60

    lies.page = lambda page: page
    await local.run_cycle()
    assert (await local.cycle()).kind is CycleKind.INITIAL
    await local.run_cycle()
    assert (await local.state()).status is JobStatus.ACTIVE
    assert len(local.users()) == 60


async def test_a_walk_that_cannot_be_finished_removes_nobody() -> None:
    local, lies = await begun()
    local.change(take_out("crafts", "all"))
    lies.above = lambda group_id, above: None if group_id == id_of("crafts") else above

    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == EVERYBODY

    lies.above = lambda _, above: above
    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == {"ada", "gus"}


async def test_a_walk_through_more_groups_than_are_read_removes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    local, _ = await begun()
    monkeypatch.setattr(confirm_nesting, "MOST_WALKED", 1)
    local.change(take_out("crafts", "all"))

    await local.run_cycle()

    assert {"cleo", "dora"} <= names(local)


@pytest.mark.parametrize("everybody_is_read", [True, False])
async def test_a_source_that_shows_no_memberships_removes_nobody(*, everybody_is_read: bool) -> None:
    local, lies = await begun()
    lies.person = no_memberships
    lies.page = lambda page: replace(page, changes=tuple(replace(each, removed=True) for each in page.changes))

    if everybody_is_read:
        await read_everybody(local)
    local.change(remove("crafts", "bert"), remove("weavers", "cleo"))
    await local.run_cycle()
    await local.run_cycle()

    assert names(local) == EVERYBODY
    assert not local.deleted_users()


async def test_the_last_people_of_all_groups_stay_until_somebody_is_seen_in_one() -> None:
    local, _ = await begun(world(group("all", nested=["crafts"]), group("crafts", "bert")))
    local.change(remove("crafts", "bert"))
    await local.run_cycle()
    await local.run_cycle()
    assert names(local) == {"bert", "gus"}
    assert await told_of(local, "bert") == {Doubt.NOBODY_KNOWN}

    local.change(add("crafts", "emil"))
    await local.run_cycle()
    await local.run_cycle()
    local.assert_agreement()
    assert names(local) == {"emil", "gus"}


async def test_where_the_assigned_groups_hold_only_groups_somebody_within_them_is_the_control() -> None:
    local, _ = await begun(
        world(group("all", nested=["crafts"]), group("crafts", nested=["weavers"]), group("weavers", "cleo", "dora"))
    )

    assert await after(local, remove("weavers", "cleo")) == {"dora", "gus"}


@pytest.mark.parametrize("replayed_first", [True, False])
async def test_a_round_that_names_a_group_as_added_and_as_removed_is_settled_by_a_direct_read(
    *, replayed_first: bool
) -> None:
    local, lies = await begun()

    def twice(page: GroupsPage) -> GroupsPage:
        other = tuple(replace(each, removed=not each.removed) for each in page.changes)
        return replace(page, changes=(*other, *page.changes) if replayed_first else (*page.changes, *other))

    lies.page = twice

    assert await after(local, nest("spinners", "crafts"), take_out("weavers", "crafts")) == {
        "ada",
        "bert",
        "emil",
        "gus",
    }
    moved = [{"op": "updateUser", "id": id_of(name), "set": {"city": "Gera"}} for name in NAMES]
    assert await after(local, *moved) == {"ada", "bert", "emil", "gus"}


async def test_a_removed_member_without_its_type_is_known_as_the_group_that_it_was() -> None:
    local, lies = await begun()
    lies.page = lambda page: replace(
        page,
        changes=tuple(replace(each, is_user=True, is_group=False) if each.removed else each for each in page.changes),
    )

    assert await after(local, take_out("weavers", "crafts")) == {"ada", "bert", "gus"}


async def test_who_joined_comes_in_the_same_cycle_though_the_list_of_all_groups_lags() -> None:
    local, lies = await begun()
    asked = set[str]()

    def late(seen: Examination) -> Examination:
        known = seen.source_id in asked
        asked.add(seen.source_id)
        return seen if known else only_direct(seen)

    lies.person = late

    assert await after(local, add("weavers", "emil")) == {*EVERYBODY, "emil"}


async def test_more_groups_than_are_read_fail_the_cycle_which_names_the_limit_and_nobody_is_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local, _ = await begun()
    writes = local.writes()
    monkeypatch.setattr(read_groups, "MOST_GROUPS", 3)

    local.change(nest("spinners", "weavers"), remove("weavers", "cleo"))
    await local.run_cycle()
    cycle = await local.cycle()
    assert cycle.state is CycleState.FAILED
    assert cycle.error_code == "TooManyGroups"
    assert "are 4 or more; at most 3 are read" in cycle.error_message
    assert (await local.state()).status is JobStatus.QUARANTINE
    assert "emil" not in names(local)

    monkeypatch.setattr(read_groups, "MOST_GROUPS", 4)
    await local.run_cycle()
    await local.run_cycle()
    local.assert_agreement()
    assert names(local) == {"ada", "bert", "dora", "emil", "gus"}
    assert local.writes() > writes


async def test_somebody_in_no_group_at_all_is_out_of_scope_with_a_reason() -> None:
    local, _ = await begun()
    local.change({"op": "createUser", "user": person("nora")})

    await local.run_cycle()

    assert (await local.cycle()).skipped["notAssigned"] == 1
