"""What does one page of a delta query say?

https://learn.microsoft.com/graph/delta-query-overview: pages come in any order, the same object may come twice, and
exactly one of the two links is there. Anything else is refused: a page half understood would be a person lost.
"""

from collections.abc import Iterator, Sequence

from shared.adapters.graph.answer import Record, attributes, optional_text, record, records, selected, text
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.people_page import decoded_people
from shared.configuration.directory_schema import MANAGER
from shared.orchestration.ports import GroupsPage, MemberChange, ObjectsPage, Removed, UnexpectedAnswer, UsersPage
from shared.provisioning.entry import SourceEntry, TargetObject

_MOST_GROUPS = 50
_REMOVED = "@removed"
_USER = "#microsoft.graph.user"
_GROUP = "#microsoft.graph.group"


async def users_page(client: GraphClient, link: str, select: Sequence[str]) -> UsersPage:
    """Return one page of users/delta; raises ResyncRequired if the link is void."""
    call = client.calls.users_delta(selected(select))
    page = decoded_people(await client.content(client.follow(call, link) if link else call), select)
    next_link, delta_link = _checked(client, page.next_link, page.delta_link)
    return UsersPage(entries=page.entries, next_link=next_link, delta_link=delta_link)


async def objects_page(client: GraphClient, link: str, select: Sequence[str]) -> ObjectsPage:
    """Return one page of the target's users/delta; without a link the one that only begins the chain."""
    call = client.calls.users_delta_from_now(selected(select))
    page = decoded_people(await client.content(client.follow(call, link) if link else call), select)
    next_link, delta_link = _checked(client, page.next_link, page.delta_link)
    return ObjectsPage(entries=tuple(map(_object, page.entries)), next_link=next_link, delta_link=delta_link)


def _object(entry: SourceEntry | Removed) -> TargetObject | Removed:
    if isinstance(entry, Removed):
        return entry
    values = {name: value for name, value in entry.attributes.items() if name != MANAGER}
    return TargetObject(id=entry.id, attributes=values, created=None, manager=entry.manager)


async def groups_page(client: GraphClient, group_ids: Sequence[str], link: str) -> GroupsPage:
    """Return one page of groups/delta with the members of these groups; raises ResyncRequired if the link is void."""
    if not 0 < len(group_ids) <= _MOST_GROUPS:
        raise ValueError(f"A delta query of {len(group_ids)} groups; it takes 1 to {_MOST_GROUPS}.")
    call = client.calls.groups_delta(group_ids)
    body = record((await client.read(client.follow(call, link) if link else call)).body)
    groups = records(body)
    next_link, delta_link = _links(client, body)
    return GroupsPage(
        changes=tuple(change for group in groups if not _is_removed(group) for change in _changes(group)),
        removed_groups=tuple(text(group, "id") for group in groups if _is_removed(group)),
        next_link=next_link,
        delta_link=delta_link,
    )


def source_entry(user: Record, select: Sequence[str]) -> SourceEntry:
    """Return the person as the engine knows it; a manager is read expanded."""
    found = attributes(user, [name for name in select if name not in {"id", MANAGER}])
    if MANAGER in select:
        found = {**found, MANAGER: manager_id(user)}
    return SourceEntry(id=text(user, "id"), attributes=found)


def manager_id(user: Record) -> str:
    """Return the id of the manager of a user that was read expanded; empty without one."""
    manager = user.get(MANAGER)
    return "" if manager is None else text(record(manager), "id")


def _changes(group: Record) -> Iterator[MemberChange]:
    # a group without members has no such property
    for member in records({"value": group.get("members@delta", [])}):
        removed = _is_removed(member)
        # a removed member may come without its type; then it is looked at, which does no harm
        kind = optional_text(member, "@odata.type") if removed else text(member, "@odata.type")
        yield MemberChange(
            group_id=text(group, "id"),
            member_id=text(member, "id"),
            is_user=kind in {"", _USER},
            is_group=kind == _GROUP,
            removed=removed,
        )


def _is_removed(item: Record) -> bool:
    if _REMOVED not in item:
        return False
    record(item[_REMOVED])
    return True


def _links(client: GraphClient, body: Record) -> tuple[str, str]:
    return _checked(client, optional_text(body, "@odata.nextLink"), optional_text(body, "@odata.deltaLink"))


def _checked(client: GraphClient, next_link: str, delta_link: str) -> tuple[str, str]:
    if bool(next_link) == bool(delta_link):
        raise UnexpectedAnswer("Graph answered a delta page with both or neither of nextLink and deltaLink.")
    client.check(next_link or delta_link)
    return next_link, delta_link
