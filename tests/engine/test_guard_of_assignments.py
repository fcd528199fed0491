"""Law 4: who leaves by an assignment or a group counts like who leaves the company, also over a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.orchestration.ports import Directories, Examination, Presence, SourceDirectory
from tests.engine.local_engine import LocalEngine
from tests.engine.odd_directories import OddDirectories, Passing
from tests.engine.small_world import Document, document, group, id_of, mail_of, people, small_world
from tests.engine.small_world import assignment as assigned

COMPANY, EACH_CYCLE, LIMIT = 20, 4, 6


def by_group(name: str) -> Document:
    return {"op": "removeMember", "groupId": id_of("weavers"), "memberId": id_of(name)}


def by_assignment(name: str) -> Document:
    return {"op": "unassign", "principalId": id_of(name)}


def names(count: int, first: int = 0) -> list[str]:
    return [f"person{number}" for number in range(first, first + count)]


async def company(*, grouped: bool) -> LocalEngine:
    members = names(COMPANY)
    own = ["person20"] if grouped else [*members, "person20"]
    assignments = [*map(assigned, own), *([assigned("weavers", "Group")] if grouped else [])]
    parts = {"app_role_assignments": tuple(assignments), "groups": (group("weavers", *members),)}
    described = document(scope={"kind": "assigned"}, guards={"removals": {"count": LIMIT}})
    local = LocalEngine(small_world(people(COMPANY + 1), source=parts, configurations=[described]))
    await local.begin()
    return local


@pytest.mark.parametrize("leave", [by_group, by_assignment])
async def test_leavers_of_several_cycles_add_up_over_a_day(leave: Callable[[str], Document]) -> None:
    local = await company(grouped=leave is by_group)

    for cycle in range(3):
        local.change(*map(leave, names(EACH_CYCLE, EACH_CYCLE * cycle)))
        await local.run_cycle()

    assert len(local.deleted_users()) == EACH_CYCLE
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert f"from {LIMIT} on" in quarantine.message


async def test_who_cannot_be_evaluated_keeps_nobody_else_from_being_removed() -> None:
    local = await company(grouped=True)
    blind = BlindTo(local.engine.directories, id_of("person1"))
    local.engine = local.worker = replace(local.engine, directories=blind)

    local.change(*map(by_group, names(2)))
    await local.run_for(timedelta(hours=1))

    assert mail_of("person0") not in local.users()
    assert mail_of("person1") in local.users()


class BlindTo(OddDirectories):
    """Of one person every direct read fails."""

    def __init__(self, directories: Directories, source_id: str) -> None:
        super().__init__(directories)
        self._source_id = source_id

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        unseen = self._source_id

        class Blind(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                nothing = Examination(source_id=unseen, presence=Presence.UNKNOWN)
                return {id_: nothing if id_ == unseen else each for id_, each in seen.items()}

        return Blind(source)  # type: ignore[return-value]
