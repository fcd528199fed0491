"""What was there before? The record that lets a setup be taken back, in JSON and without secrets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.configuration.configuration import Cloud
from shared.setup.desired import Setup
from shared.setup.permissions import Side
from shared.setup.plan import Plan, PolicyChange
from shared.setup.resource import Kind, Observed, Resource, Values, adds_nothing, includes

VERSION: Final = 1


class UnreadableRecord(Exception):
    """The file is not the record of a setup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one side's setup has changed, oldest first. It is written before the changes are made."""

    setup: Setup
    changes: tuple[PolicyChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Somebody has changed since what was set up; taking it back would destroy their change."""

    resource: Resource
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The changes to take back, newest first; or, where anything was edited, none of them."""

    changes: tuple[PolicyChange, ...] = ()
    edited: tuple[Edited, ...] = ()


def remember(record: Record, setup: Setup, plan: Plan) -> Record:
    """Add a plan to the record; what was there before the first setup stays what is gone back to."""
    known = {each.resource: each for each in record.changes}
    for change in plan.changes:
        first = known.get(change.resource)
        known[change.resource] = change if first is None else replace(change, before=first.before)
    return Record(setup=setup, changes=tuple(known.values()))


def undo_of(record: Record, observed: Observed) -> Undo:
    """Return how to go back, or what was edited since.

    | found now | then |
    |---|---|
    | what the setup left | back to the values from before |
    | the values from before | nothing: it is undone already |
    | anything else | refuse, and change nothing at all |
    """
    edited = tuple(_edits(record, observed))
    if edited:
        return Undo(edited=edited)
    changes = (each for each in reversed(record.changes) if not _is_as_before(each, observed.get(each.resource)))
    return Undo(changes=tuple(changes))


def to_json(record: Record) -> str:
    """Write the record for a file that a person may read."""
    setup = record.setup
    document = {
        "version": VERSION,
        "side": setup.side,
        "tenantId": setup.tenant_id,
        "otherTenantId": setup.other_tenant_id,
        "otherName": setup.other_name,
        "appId": setup.app_id,
        "managedIdentity": setup.managed_identity,
        "cloud": setup.cloud,
        "changes": [
            {"kind": each.resource.kind, "key": each.resource.key, "before": each.before, "after": each.after}
            for each in record.changes
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Record:
    """Read a record. Raises UnreadableRecord."""
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            raise UnreadableRecord(f"The record has version {document['version']}; this program knows {VERSION}.")
        setup = Setup(
            side=Side(document["side"]),
            tenant_id=_text(document["tenantId"]),
            other_tenant_id=_text(document["otherTenantId"]),
            other_name=_text(document["otherName"]),
            app_id=_text(document["appId"]),
            managed_identity=_text(document["managedIdentity"]),
            cloud=Cloud(document.get("cloud", Cloud.GLOBAL)),
        )
        return Record(setup=setup, changes=tuple(_changed(each) for each in document["changes"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableRecord(f"The file is not the record of a setup ({type(error).__name__}: {error}).") from error


def _changed(document: Mapping[str, object]) -> PolicyChange:
    before, after = document["before"], document["after"]
    if not isinstance(after, dict) or not (before is None or isinstance(before, dict)):
        raise TypeError("values are objects")
    resource = Resource(kind=Kind(_text(document["kind"])), key=_text(document["key"]))
    return PolicyChange(resource=resource, before=before, after=after)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is missing")
    return value


def _edits(record: Record, observed: Observed) -> Iterator[Edited]:
    for change in record.changes:
        current = observed.get(change.resource)
        if not _is_as_before(change, current) and not _is_as_left(change, current):
            yield Edited(resource=change.resource, message="it is neither as the setup left it nor as it was before")
    made = {each.resource for each in record.changes if each.before is None}
    for owner, parts in _OWNERS.items():
        if any(each.kind is owner for each in made):
            foreign = [each for each in observed if each.kind in parts and each not in made]
            for each in foreign:
                yield Edited(resource=each, message=f"it was added since, and would go with the {owner}")


_OWNERS: Final = {
    Kind.SERVICE_PRINCIPAL: frozenset({Kind.CONSENT, Kind.ASSIGNMENT}),
    Kind.APPLICATION: frozenset({Kind.FEDERATED_CREDENTIAL}),
    Kind.PARTNER: frozenset({Kind.IDENTITY_SYNCHRONIZATION}),
}
"""What goes with an object when it is removed."""


def _is_as_before(change: PolicyChange, current: Values | None) -> bool:
    if change.before is None or current is None:
        return change.before is None and current is None
    return includes(current, change.before)


def _is_as_left(change: PolicyChange, current: Values | None) -> bool:
    if current is None:
        return False
    if change.before is None and change.resource.kind in {Kind.PARTNER, Kind.IDENTITY_SYNCHRONIZATION}:
        # it would be removed as a whole, so nothing of it may be somebody else's
        return adds_nothing({**current, "tenantId": None}, change.after)
    return includes(current, change.after)
