"""Are memberships seen at all? Only then does anybody go because they are in none of the groups that count.

An empty answer is not proof: a credential that has lost a permission sees no members, and no memberships either.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from shared.cycles.scope_snapshot import CHAIN_LENGTH
from shared.orchestration.entitled import Entitled
from shared.orchestration.entry_pass import Job
from shared.orchestration.ports import Examination

MEMBERS = 3
"""One member would do; a few, because members leave too."""

MOST_PAGES: Final = 40
"""So many pages of groups are looked through for a member at most, where groups hold groups."""

Groups = Callable[[Examination], frozenset[str]]


async def unseen_memberships(job: Job, leavers: Iterable[str], seen: Mapping[str, Examination]) -> frozenset[str]:
    """Return those who would go because they are in none of the filter's groups, if nobody is seen in any."""
    asked = job.rules.scope_filter.group_ids
    doubtful = frozenset(each for each in leavers if _misses(job, seen[each]))
    if not doubtful or _shows(seen.values(), asked, _direct) or await _members_are_seen(job, asked, _direct):
        return frozenset()
    return doubtful


async def unseen_nesting(
    job: Job, leavers: frozenset[str], seen: Mapping[str, Examination], entitled: Entitled
) -> frozenset[str]:
    """Return those who would go because they are in no assigned group, nor within one, if nobody is seen in any.

    Where no group is assigned at all, none is missed.
    """
    asked = entitled.groups
    if not leavers or not asked or _shows(seen.values(), asked, _all) or await _members_are_seen(job, asked, _all):
        return frozenset()
    return leavers


def _misses(job: Job, examination: Examination) -> bool:
    person = examination.person
    return person is not None and job.rules.scope_filter.misses_memberships(person)


def _direct(examination: Examination) -> frozenset[str]:
    return examination.group_ids or frozenset()


def _all(examination: Examination) -> frozenset[str]:
    return examination.nested_in or frozenset()


def _shows(seen: Iterable[Examination], asked: frozenset[str], groups: Groups) -> bool:
    return any(not asked.isdisjoint(groups(each)) for each in seen if each.person is not None)


async def _members_are_seen(job: Job, asked: frozenset[str], groups: Groups) -> bool:
    """Ask the groups for members, and those for their groups: do the two agree of anybody?

    Where nested groups count, the groups within a page are looked through before those that are left.
    """
    left, known = deque(sorted(asked)), set(asked)
    for _ in range(MOST_PAGES):
        if not left:
            return False
        page = await job.source.groups_page([left.popleft() for _ in range(min(CHAIN_LENGTH, len(left)))], "")
        members = [each.member_id for each in page.changes if each.is_user and not each.removed][:MEMBERS]
        if members:
            return _shows((await job.source.examine(members, scope=True, known_users=())).values(), asked, groups)
        if groups is _all:
            inner = dict.fromkeys(each.member_id for each in page.changes if each.is_group and not each.removed)
            left.extendleft(each for each in inner if each not in known)
            known |= inner.keys()
    return False
