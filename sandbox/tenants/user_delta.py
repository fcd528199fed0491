"""Which users changed since a link was given out, page by page?

https://learn.microsoft.com/graph/delta-query-users. A round is a walk along the change log from where the last one
ended; an object that changes while the round is read moves to the end of the log and is met again.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.tenants.context import Context, selected
from sandbox.tenants.delta import delta_answer, opening_cursor, page_size, replayed
from sandbox.tenants.exchange import Answer
from sandbox.tenants.links import DeltaCursor
from sandbox.tenants.managers import USER_TYPE, manager_of
from sandbox.tenants.people import Person, Presence, key_of
from sandbox.tenants.properties import USER_PROPERTIES, unpacked

MANAGER = "manager"


def users_delta(context: Context) -> Answer:
    select = selected(context.request, {*USER_PROPERTIES, *context.tenant.extension_properties, MANAGER})
    cursor = opening_cursor(context, "users", select)
    horizon = context.tenant.people.replication.horizon(context.now) or len(context.tenant.people.log) + 1
    size = page_size(context)
    rows = _replays(context, cursor, size)
    position = cursor.position
    while position < horizon - 1 and len(rows) < size:
        position += 1
        person = context.tenant.people.log.at(position)
        # An entry is stale when a newer one of the same user follows, unless this round cannot see that far.
        if position == person.sequence or person.sequence >= horizon:
            row = _row(context, person, cursor)
            rows.extend([row] if row is not None else [])
    return delta_answer(context, cursor, rows, position, last=horizon - 1)


def _replays(context: Context, cursor: DeltaCursor, size: int) -> list[dict[str, Any]]:
    """Objects of earlier pages and rounds once more: the same page, "replays"."""
    log = context.tenant.people.log
    people = (log.at(number) for number in replayed(context, cursor.position, size))
    rows = (_row(context, person, cursor, again=True) for person in people)
    return [row for row in rows if row is not None]


def _row(context: Context, person: Person, cursor: DeltaCursor, *, again: bool = False) -> dict[str, Any] | None:
    """The user as this round shows it, None if it has nothing to show."""
    if person.presence is not Presence.ACTIVE:
        return _removal(context, person, cursor)
    people = context.tenant.people
    stored = people.replication.in_delta(key_of(person.id), person.stored, context.now)
    if stored is None:
        return None
    since = 0 if again else cursor.since
    changed = people.log.changed_since(person, since) if since else None
    if changed is not None and changed.isdisjoint(cursor.select):
        return None  # "a change to an unselected property does not surface"
    document = unpacked(stored)
    manager = _manager(context, person, document, changed) if MANAGER in cursor.select else {}
    properties = [name for name in cursor.select if name != MANAGER]
    if changed is not None and "return=minimal" in context.request.preferences:
        return {**_minimal(person.id, document, changed & set(properties)), **manager}
    shown = {name: document[name] for name in properties if name in document}
    if not context.tenant.nulls_in_delta:
        shown = {name: value for name, value in shown.items() if value is not None}
    return {**shown, **manager, "id": person.id}


def _manager(
    context: Context, person: Person, document: Mapping[str, Any], changed: frozenset[str] | None
) -> dict[str, Any]:
    """manager@delta: whoever is the manager, and, where that changed since the last round, who no longer is.

    A round that continues another says nothing of a manager who stayed.
    """
    people = context.tenant.people
    if changed is not None and MANAGER not in changed:
        return {}
    now, before = people.find(manager_of(document)), people.managers.former(person.id) if changed is not None else ""
    items: list[dict[str, Any]] = []
    if before and (now is None or before != now.id):
        items.append({"@odata.type": USER_TYPE, "id": before, "@removed": {"reason": "deleted"}})
    if now is not None:
        items.append({"@odata.type": USER_TYPE, "id": now.id})
    return {f"{MANAGER}@delta": items} if items else {}


def _minimal(person_id: str, document: Mapping[str, Any], changed: frozenset[str]) -> dict[str, Any]:
    """Prefer: return=minimal shows what changed only, and null for what was cleared."""
    return {**{name: document.get(name) for name in sorted(changed)}, "id": person_id}


def _removal(context: Context, person: Person, cursor: DeltaCursor) -> dict[str, Any] | None:
    """`changed` is a soft delete that can be undone, `deleted` is for good. Legal in a first round too."""
    may_be_known = cursor.since > 0 or person.sequence > cursor.began
    if not may_be_known and not context.faults.happens(
        context.switches.removed_in_first_round, "removed in first round"
    ):
        return None
    reason = "changed" if person.presence is Presence.DELETED else "deleted"
    return {"id": person.id, "@removed": {"reason": reason}}
