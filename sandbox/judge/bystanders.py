"""What happened to the objects of the target that stand for nobody in scope?"""

from collections.abc import Iterator, Mapping

from sandbox.judge.case import Case
from sandbox.judge.directory import User
from sandbox.judge.disagreement import Disagreement, Kind
from sandbox.judge.guard import Removal, removal_of_leavers
from sandbox.judge.history import Pair
from sandbox.judge.mapping import DIRECT_ATTRIBUTES


def leaver_problems(case: Case) -> Iterator[Disagreement]:
    """Of those who left scope: what was created for them is soft-deleted, what was adopted is kept as it is."""
    removal = removal_of_leavers(case)
    for pair in case.leaving:
        if pair.adopted:
            yield from _untouched(case, case.previous.users[pair.target_id], "kept as it was: it had been adopted")
        elif removal is not Removal.EITHER:
            yield from _removed(case, pair, removal)


def bystander_problems(case: Case, ours: frozenset[str]) -> Iterator[Disagreement]:
    """Of everybody else: nobody is changed, deleted, restored or new."""
    leaving = {pair.target_id for pair in case.leaving}
    mine = ours | case.others | leaving
    for user in case.previous.users.values():
        if user.id not in mine:
            yield from _untouched(case, user, "left alone: it is not ours")
    for user in case.previous.deleted.values():
        yield from _still_deleted(case, user, ours | case.others)
    new = [user for user in case.appeared.values() if user.id not in mine]
    twins = _holders_of(case, ours) if new else {}
    for user in new:
        kind, found = _as_what(user, twins)
        yield _problem(kind, user, "nobody: no one in scope stands behind it", found)


def _removed(case: Case, pair: Pair, removal: Removal) -> Iterator[Disagreement]:
    user = case.previous.users[pair.target_id]
    if removal is Removal.HELD:
        if user.id not in case.current.users:
            yield _problem(Kind.WRONGLY_REMOVED, user, "kept: so many removals at once are held", "deleted")
    elif user.id in case.current.users:
        yield _problem(Kind.LEFT_BEHIND, user, "deleted: the person is no longer in scope", "still there")
    elif user.id not in case.current.deleted:
        yield _problem(Kind.WRONGLY_REMOVED, user, "among the deleted items", "gone for good")


def _untouched(case: Case, user: User, why: str) -> Iterator[Disagreement]:
    found = case.current.users.get(user.id)
    if found is None:
        where = "deleted" if user.id in case.current.deleted else "gone for good"
        yield _problem(Kind.WRONGLY_REMOVED, user, why, where)
    elif found.manager not in {"", user.manager}:
        yield _problem(Kind.TOUCHED, user, why, f"has another manager, {found.manager}")
    elif found.digest != user.digest:
        yield _problem(Kind.TOUCHED, user, why, f"changed: {_what_changed(user, found)}")


def _still_deleted(case: Case, user: User, ours: frozenset[str]) -> Iterator[Disagreement]:
    if user.id in case.current.users:
        if user.id not in ours:
            yield _problem(Kind.TOUCHED, user, "among the deleted items", "restored")
    elif user.id not in case.current.deleted and not case.is_purged(user.id):
        yield _problem(Kind.WRONGLY_REMOVED, user, "among the deleted items", "gone for good")


def _holders_of(case: Case, ours: frozenset[str]) -> dict[str, str]:
    """Our objects by their addresses."""
    there = (case.current.users[key] for key in sorted(ours) if key in case.current.users)
    return {address: user.id for user in there for address in user.addresses}


def _as_what(user: User, holders: Mapping[str, str]) -> tuple[Kind, str]:
    twins = sorted({holders[address] for address in user.addresses if address in holders})
    return (Kind.DOUBLED, f"a second object beside {twins[0]}") if twins else (Kind.UNEXPECTED, "a new object")


def _what_changed(before: User, after: User) -> str:
    values = zip(DIRECT_ATTRIBUTES, before.values, after.values, strict=True)
    changed = [f"{name} {was!r} -> {now!r}" for name, was, now in values if was != now]
    if before.user_type != after.user_type:
        changed.append(f"userType {before.user_type!r} -> {after.user_type!r}")
    if before.show_in_address_list != after.show_in_address_list:
        changed.append(f"showInAddressList {before.show_in_address_list!r} -> {after.show_in_address_list!r}")
    return ", ".join(changed) or "a property outside the mapping"


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
