"""What do the reads of groups and their members answer?"""

from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.context import Context, last_shown, listing, selected
from sandbox.tenants.delta import delta_answer, opening_cursor, page_size, replayed
from sandbox.tenants.exchange import Answer
from sandbox.tenants.filters import Equal, leaves, parse_filter
from sandbox.tenants.groups import Group, MembershipEvent
from sandbox.tenants.links import DeltaCursor
from sandbox.tenants.tenant import Tenant

#: https://learn.microsoft.com/graph/api/group-delta: at most 50 ids in the filter.
MOST_IDS = 50
_PROPERTIES = frozenset({"id", "displayName", "description"})


def group_view(group: Group, names: tuple[str, ...]) -> dict[str, Any]:
    values = {"id": group.id, "displayName": group.display_name, "description": group.description}
    return {name: values[name] for name in dict.fromkeys((*names, "id"))}


def groups_delta(context: Context) -> Answer:
    """https://learn.microsoft.com/graph/delta-query-groups: members come in slices, over several pages of one group."""
    select = selected(context.request, _PROPERTIES | {"members"})
    cursor = opening_cursor(context, "groups", select, _filtered_ids(context))
    log = context.tenant.groups.log
    size, links = page_size(context), context.switches.members_per_page
    page: dict[str, dict[str, Any]] = {}
    for number in replayed(context, cursor.position, size):
        _show(context, page, number, cursor)
    position = cursor.position
    while position < len(log) and len(page) < size and links > 0:
        position += 1
        links -= _show(context, page, position, cursor)
    return delta_answer(context, cursor, list(page.values()), position, last=len(log))


def list_groups_of_group(context: Context) -> Answer:
    """Direct memberships only: https://learn.microsoft.com/graph/api/group-list-memberof"""
    group = context.tenant.groups.find(context.id)
    if group is None:
        raise errors.not_found(context.id)
    return memberships(context, context.tenant.groups.of(group.id))


def memberships(context: Context, groups: tuple[Group, ...]) -> Answer:
    """A page of the groups that somebody or something is in."""
    names = selected(context.request, _PROPERTIES) or ("id", "displayName", "description")
    last = last_shown(context)
    ordered = sorted((group for group in groups if group.sequence > last), key=lambda group: group.sequence)
    rows = [
        (group.sequence, {"@odata.type": "#microsoft.graph.group", **group_view(group, names)})
        for group in ordered[: context.top() + 1]
    ]
    return listing(context, "directoryObjects", rows)


def _show(context: Context, page: dict[str, dict[str, Any]], number: int, cursor: DeltaCursor) -> int:
    """Put one event of the log on the page, if it is the newest of its kind; how many members that added."""
    event = context.tenant.groups.log[number - 1]
    group = event.group
    if group.id.lower() not in cursor.ids or not _is_newest(event, number):
        return 0
    may_be_known = cursor.since > 0 or number > cursor.began
    if group.gone:
        if may_be_known:
            page[group.id] = {"id": group.id, "@removed": {"reason": "deleted"}}
        return 0
    names = tuple(name for name in cursor.select if name != "members")
    row = page.setdefault(group.id, group_view(group, names))
    if event.member is None or "members" not in cursor.select:
        return 0
    left = group.events[event.member] < 0
    if left and not may_be_known:
        return 0
    # "deleted" whether the membership or the user went away: the same page
    removal = {"@removed": {"reason": "deleted"}} if left else {}
    row.setdefault("members@delta", []).append({**_typed(context.tenant, event.member), **removal})
    return 1


def _is_newest(event: MembershipEvent, number: int) -> bool:
    if event.member is None:
        return event.group.sequence == number
    return abs(event.group.events.get(event.member, 0)) == number


def _filtered_ids(context: Context) -> tuple[str, ...]:
    text = context.request.options.get("$filter")
    if text is None:
        if any(context.request.options.get(name) for name in ("$skiptoken", "$deltatoken")):
            return ()
        raise errors.unsupported_query("The product reads the groups in scope only: $filter with id eq is required.")
    clauses = list(leaves(parse_filter(text, frozenset({"id"}), most=MOST_IDS)))
    ids = [clause.value for clause in clauses if isinstance(clause, Equal) and not clause.every]
    if len(ids) < len(clauses) or not all(isinstance(each, str) for each in ids) or " and " in text:
        raise errors.unsupported_query("Only id eq '..' or id eq '..' is supported by delta.")
    return tuple(map(str, ids))


def _typed(tenant: Tenant, member_id: str) -> dict[str, str]:
    kind = "group" if tenant.groups.ever_had(member_id) else "user"
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": member_id}
