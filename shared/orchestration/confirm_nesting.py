"""Nested groups: who would go because no group within an assigned one is seen to hold them, and is that so?

Two ways have to agree. Graph's own answer to "all groups of this person" is one; the other is a walk of our own from
the person's direct groups upwards, group by group. A short answer of the one is contradicted by the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.cycles.nesting import reachable
from shared.orchestration.entitled import Entitled
from shared.orchestration.entry_pass import Job
from shared.orchestration.ports import Examination

MOST_WALKED = 1_000
"""A walk that comes by more groups than these ends without a result: the entry waits, and is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Who is found to be entitled after all, and of whom it could not be told."""

    entitled: frozenset[str] = frozenset()
    unclear: frozenset[str] = frozenset()


def is_nested_in(examination: Examination, entitled: Entitled) -> bool:
    """Does Graph say that the person is in an assigned group, by whatever way?"""
    return not entitled.groups.isdisjoint(examination.nested_in or ())


async def walk_upwards(job: Job, leavers: Iterable[str], seen: Mapping[str, Examination], entitled: Entitled) -> Walk:
    """Follow the direct groups of each leaver upwards, to the assigned groups or to their ends."""
    starts = {each: seen[each].group_ids or frozenset() for each in leavers}
    outer = dict[str, frozenset[str] | None]()
    edge = frozenset[str]().union(*starts.values())
    while edge and len(outer) + len(edge) <= MOST_WALKED:
        outer |= await job.source.groups_of(edge)
        edge = frozenset[str]().union(*(outer[group] or () for group in edge)) - outer.keys()
    known = {group: above for group, above in outer.items() if above is not None}
    ways = {each: reachable(start, known) for each, start in starts.items()}
    found = {each for each, way in ways.items() if not entitled.groups.isdisjoint(way)}
    unclear = {each for each, way in ways.items() if not way <= known.keys()}
    return Walk(entitled=frozenset(found), unclear=frozenset(unclear - found))
