"""Do the directories read and write to the end where there is more than Graph answers or takes at once?"""

from dataclasses import replace

import pytest

from shared.orchestration.ports import Presence, SourceDirectory, TargetQuery, Write, WriteKind, WriteStatus
from tests.shared.adapters.graph.fake_graph import SOURCE
from tests.shared.adapters.graph.test_against_tenants import GROUP, all_users, person, simulated, user_id

MANY = 1_050
EVERYBODY = {user_id(number) for number in range(MANY)}


async def test_more_than_a_thousand_people_members_and_assignments_are_read_to_their_end() -> None:
    async with simulated(MANY) as setting:
        members = [{"op": "addMember", "groupId": GROUP, "memberId": each} for each in sorted(EVERYBODY)[1:]]
        assigned = [{"op": "assign", "principalId": each} for each in sorted(EVERYBODY)]
        setting.simulation.change(SOURCE, [*members, *assigned])

        people, _ = await all_users(setting.source)
        named = await all_members(setting.source)
        principals, link = set[str](), ""
        while True:
            page = await setting.source.assignments_page(link)
            principals |= {each.principal_id for each in page.assignments}
            if not (link := page.next_link):
                break

    assert {entry.id for entry in people} == EVERYBODY
    assert named == EVERYBODY
    assert principals == EVERYBODY | {GROUP}


async def all_members(source: SourceDirectory) -> set[str]:
    named, link = set[str](), ""
    while True:
        page = await source.groups_page([GROUP], link)
        named |= {change.member_id for change in page.changes}
        if page.delta_link:
            return named
        link = page.next_link


async def test_somebody_in_more_groups_than_a_page_holds_is_examined_to_the_end() -> None:
    async with simulated(2) as setting:
        groups = [f"88888888-0000-0000-0000-{number:012}" for number in range(230)]
        made = [{"op": "createGroup", "group": {"id": each, "displayName": each}} for each in groups]
        joined = [{"op": "addMember", "groupId": each, "memberId": user_id(1)} for each in groups]
        setting.simulation.change(SOURCE, [*made, *joined])

        seen = await setting.source.examine([user_id(1)], scope=True, known_users=[user_id(0)])

    assert seen[user_id(1)].presence is Presence.PRESENT
    assert seen[user_id(1)].group_ids == frozenset(groups)


@pytest.mark.parametrize("count", [19, 20, 21, 65])
async def test_more_than_a_batch_holds_is_examined_looked_up_and_written_in_several(count: int) -> None:
    async with simulated(count) as setting:
        ids = [user_id(number) for number in range(count)]
        seen = await setting.source.examine(ids, scope=True, known_users=[ids[0]])
        writes = [
            Write(
                source_id=user_id(number),
                kind=WriteKind.INVITE,
                attributes={"mail": person(number)["mail"], "displayName": f"Person {number}"},
            )
            for number in range(count)
        ]
        written = await setting.write_all(writes)
        queries = [TargetQuery(source_id=each.source_id, mail=str(each.attributes["mail"])) for each in writes]
        found = await setting.target.look_up(
            [*queries, replace(queries[0], source_id="nobody", mail="no@body.example")]
        )

    assert {each.presence for each in seen.values()} == {Presence.PRESENT}
    assert {result.status for result in written.values()} == {WriteStatus.DONE}
    assert {key: [holder.id for holder in each.holders] for key, each in found.found.items()} == {
        **{key: [result.target_id] for key, result in written.items()},
        "nobody": [],
    }
