"""What must never have happened in between, whatever the end looks like? Second objects, and removals without a reason.

The judge compares ends. An object that was removed wrongly and restored, or removed and made anew, looks right then;
the objects of the target, deleted ones included, and the record of Graph's requests still tell.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.judge import Directory, Disagreement, Kind, Rules, User, people_in_scope


class Witness:
    """Remembers who has been out of scope, and whose address is whose."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._was_out: set[str] = set()
        self._person_of: dict[str, str] = {}

    def saw_source(self, before: Directory, after: Directory) -> None:
        """Life has changed the source, at one moment."""
        for source in (before, after):
            everybody = (*source.users.values(), *source.deleted.values())
            self._person_of.update((address, user.id) for user in everybody for address in user.addresses)
            self._was_out |= {user.id for user in everybody} - self._in_scope(source)

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that somebody in the source has had."""
        return frozenset(self._person_of)

    def _in_scope(self, source: Directory) -> set[str]:
        return set(people_in_scope(source, self._rules.scope, self._rules.service_principal_id))

    def problems(self, target: Directory, own: Iterable[str], deleted_ids: Iterable[str]) -> Iterator[Disagreement]:
        """What the target at the end tells of the way there; own objects are not the engine's."""
        foreign = frozenset(own)
        yield from _second_objects(target, foreign)
        everybody = {**target.deleted, **target.users}
        for target_id in sorted(set(deleted_ids)):
            user = everybody.get(target_id)
            if user is None or target_id in foreign or not self._was_rightly_deleted(user):
                yield _wrongly_deleted(target_id, user)

    def _was_rightly_deleted(self, user: User) -> bool:
        people = {self._person_of[address] for address in user.addresses if address in self._person_of}
        return bool(people & self._was_out)


def deleted_by_graph(record: Path, tenant_id: str) -> Iterator[str]:
    """Users of the tenant whom a request was to delete, whatever came of it."""
    for text in record.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        segments = urlsplit(line["url"]).path.strip("/").split("/")
        if line["method"] == "DELETE" and line["tenant"] == tenant_id and segments[-2:-1] == ["users"]:
            yield segments[-1]


def _second_objects(target: Directory, own: frozenset[str]) -> Iterator[Disagreement]:
    holders: defaultdict[str, list[User]] = defaultdict(list)
    for user in (*target.users.values(), *target.deleted.values()):
        for address in user.addresses:
            holders[address].append(user)
    for users in holders.values():
        made = [user for user in users if user.id not in own]
        if made and len(users) > 1:
            others = ", ".join(sorted(user.id for user in users if user is not made[-1]))
            yield _problem(Kind.DOUBLED, made[-1], "the only object with its addresses", f"beside {others}")


def _wrongly_deleted(target_id: str, user: User | None) -> Disagreement:
    if user is not None:
        return _problem(Kind.WRONGLY_REMOVED, user, "never deleted: nobody of the address left scope", "to be deleted")
    return Disagreement(
        kind=Kind.WRONGLY_REMOVED,
        subject="An object",
        source_id=None,
        target_id=target_id,
        attribute=None,
        expected="left alone",
        found="to be deleted",
    )


def _problem(kind: Kind, user: User, expected: str, found: str) -> Disagreement:
    return Disagreement(
        kind=kind,
        subject=user.name,
        source_id=None,
        target_id=user.id,
        attribute=None,
        expected=expected,
        found=found,
    )
