"""Are memberships seen at all? Only then does anybody go because they are in none of the filter's groups.

An empty answer is not proof: a credential that has lost a permission sees no members, and no memberships either.
"""

from collections.abc import Iterable, Mapping

from shared.cycles.scope_snapshot import CHAIN_LENGTH
from shared.orchestration.entry_pass import Job
from shared.orchestration.ports import Examination

MEMBERS = 3
"""One member would do; a few, because members leave too."""


async def unseen_memberships(job: Job, leavers: Iterable[str], seen: Mapping[str, Examination]) -> frozenset[str]:
    """Return those who would go because they are in none of the filter's groups, if nobody is seen in any."""
    asked = job.rules.scope_filter.group_ids
    doubtful = frozenset(each for each in leavers if _misses(job, seen[each]))
    if not doubtful or _shows(seen.values(), asked) or await _members_are_seen(job, asked):
        return frozenset()
    return doubtful


def _misses(job: Job, examination: Examination) -> bool:
    person = examination.person
    return person is not None and job.rules.scope_filter.misses_memberships(person)


def _shows(seen: Iterable[Examination], asked: frozenset[str]) -> bool:
    return any(not asked.isdisjoint(person.group_ids or ()) for each in seen if (person := each.person) is not None)


async def _members_are_seen(job: Job, asked: frozenset[str]) -> bool:
    """Ask the groups for members, and those for their groups: do the two agree of anybody?"""
    groups = sorted(asked)
    for start in range(0, len(groups), CHAIN_LENGTH):
        page = await job.source.groups_page(groups[start : start + CHAIN_LENGTH], "")
        members = [each.member_id for each in page.changes if each.is_user and not each.removed][:MEMBERS]
        if members:
            return _shows((await job.source.examine(members, scope=True, known_users=())).values(), asked)
    return False
