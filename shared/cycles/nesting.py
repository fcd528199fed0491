"""Which groups are within which, how deep, and where does a group contain itself?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.cycles.scope_snapshot import ScopeSnapshot

Edges = Mapping[str, frozenset[str]]
"""The groups that are direct members of each group."""


def reachable(groups: Iterable[str], inner: Edges) -> frozenset[str]:
    """Return these groups and all that are within them, at any depth; a cycle ends where it began."""
    return frozenset(depths(groups, inner))


def depths(groups: Iterable[str], inner: Edges) -> dict[str, int]:
    """Return how many steps each group is away from the nearest of these; 0 for themselves."""
    found, level = dict.fromkeys(sorted(groups), 0), 0
    edge = list(found)
    while edge:
        level += 1
        edge = sorted({each for group in edge for each in inner.get(group, ())} - found.keys())
        found |= dict.fromkeys(edge, level)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupInScope:
    """One group whose direct members are entitled."""

    id: str
    assigned: bool
    depth: int
    """Steps from the nearest assigned group; 0 for an assigned one."""
    members: int
    """Its direct members who are users."""
    groups: tuple[str, ...]
    """The groups directly within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """The groups of a scope, and which of them contain themselves."""

    groups: tuple[GroupInScope, ...]
    cycles: tuple[tuple[str, ...], ...]
    """Groups that are all within each other; several cycles through the same groups are one."""
    people: int
    """How many are entitled, by an assignment of their own or by any group."""

    @property
    def depth(self) -> int:
        return max((group.depth for group in self.groups), default=0)


def nesting_of(scope: ScopeSnapshot) -> Nesting:
    """Return the report of a scope as it was read: assigned groups first, then by depth."""
    found = depths(scope.assigned, scope.inner)
    groups = (
        GroupInScope(
            id=group,
            assigned=group in scope.assigned,
            depth=depth,
            members=len(scope.groups.get(group, ())),
            groups=tuple(sorted(scope.inner.get(group, ()))),
        )
        for group, depth in found.items()
    )
    return Nesting(groups=tuple(groups), cycles=cycles_among(list(found), scope.inner), people=len(scope.everybody()))


def cycles_among(groups: Sequence[str], inner: Edges) -> tuple[tuple[str, ...], ...]:
    """Return the sets of groups that contain each other, and single ones that contain themselves, in order.

    Kosaraju's two walks, without recursion: a chain of groups may be longer than Python's stack.
    """
    outer: dict[str, set[str]] = {}
    for group in groups:
        for each in inner.get(group, ()):
            outer.setdefault(each, set()).add(group)
    seen, cycles = set[str](), list[tuple[str, ...]]()
    for group in reversed(_finished(groups, inner)):
        together = _walked(group, outer, seen)
        if len(together) > 1 or (together and group in inner.get(group, ())):
            cycles.append(tuple(sorted(together)))
    return tuple(sorted(cycles))


def _finished(groups: Sequence[str], inner: Edges) -> list[str]:
    """Return the groups in the order in which a walk in depth leaves them."""
    seen, finished = set[str](), list[str]()
    for start in groups:
        stack = [(start, False)]
        while stack:
            group, leaving = stack.pop()
            if leaving:
                finished.append(group)
            elif group not in seen:
                seen.add(group)
                stack.append((group, True))
                stack.extend((each, False) for each in sorted(inner.get(group, ())))
    return finished


def _walked(start: str, outer: Mapping[str, Iterable[str]], seen: set[str]) -> list[str]:
    """Return whoever is reached from `start` and was not seen before, who are seen from now on."""
    found, stack = list[str](), [start]
    while stack:
        group = stack.pop()
        if group not in seen:
            seen.add(group)
            found.append(group)
            stack.extend(outer.get(group, ()))
    return found
