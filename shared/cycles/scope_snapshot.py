"""Who is entitled by assignment, and who is a member of the groups that the scoping filter names, as last read?

The delta links of the groups stand in the same bytes: a link that is newer than its members would lose changes.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import msgspec

_LEVEL = 1
"""Ids are nearly random: harder work takes four times as long and saves four bytes in a hundred."""


class Chain(msgspec.Struct, frozen=True):
    """One groups delta chain: up to 50 groups in one filter, and the delta link to go on from."""

    groups: tuple[str, ...]
    link: str = ""


class _Stored(msgspec.Struct, frozen=True):
    users: list[str]
    groups: dict[str, list[str]]
    chains: tuple[Chain, ...]
    version: int = 1
    # missing where an older version of the app wrote it; that one overlooks it, and takes none of them as entitled
    named: dict[str, list[str]] = {}
    # missing where no nested groups are read: then all groups are assigned ones
    assigned: list[str] | None = None
    inner: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSnapshot:
    """Directly assigned users, and the user members of each group that is read."""

    users: frozenset[str] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The members of the assigned groups, and of those within them where nested groups are read: they are entitled."""
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The members of groups that only the scoping filter names: they are not."""
    chains: tuple[Chain, ...] = ()
    assigned: frozenset[str] = frozenset()
    """The groups that are assigned themselves."""
    inner: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The groups directly within each group; empty where nested groups are not read."""

    def everybody(self) -> frozenset[str]:
        """Return all who are entitled."""
        return self.users.union(*self.groups.values())

    @property
    def members(self) -> dict[str, frozenset[str]]:
        """The members of all groups, whatever they are read for."""
        return {**self.named, **self.groups}

    def with_members(
        self, members: Mapping[str, Iterable[str]], inner: Mapping[str, Iterable[str]] = MappingProxyType({})
    ) -> "ScopeSnapshot":
        """Return the scope with these members of its groups, users and groups; other groups keep theirs."""
        groups = {group: frozenset(members[group]) for group in members if group in self.groups}
        named = {group: frozenset(members[group]) for group in members if group in self.named}
        within = {group: frozenset(inner[group]) for group in inner}
        return replace(
            self, groups={**self.groups, **groups}, named={**self.named, **named}, inner={**self.inner, **within}
        )

    def memberships(self, source_id: str, asked: Iterable[str]) -> frozenset[str]:
        """Return those of the groups `asked` for that the person is a member of."""
        nobody = frozenset[str]()
        found = ((group, self.groups.get(group) or self.named.get(group, nobody)) for group in asked)
        return frozenset(group for group, members in found if source_id in members)


def pack(scope: ScopeSnapshot) -> bytes:
    """Return the snapshot as compressed JSON."""
    groups, named, inner = (
        {group: sorted(members) for group, members in each.items()} for each in (scope.groups, scope.named, scope.inner)
    )
    stored = _Stored(
        users=sorted(scope.users),
        groups=groups,
        chains=scope.chains,
        named=named,
        assigned=sorted(scope.assigned),
        inner=inner,
    )
    return zlib.compress(msgspec.json.encode(stored), _LEVEL)


def unpack(content: bytes | bytearray) -> ScopeSnapshot:
    """Return the snapshot; raises ValueError if the bytes are not one."""
    try:
        stored = msgspec.json.decode(zlib.decompress(content), type=_Stored)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"not a scope snapshot: {error}") from error
    groups, named, inner = (
        {group: frozenset(members) for group, members in each.items()}
        for each in (stored.groups, stored.named, stored.inner)
    )
    return ScopeSnapshot(
        users=frozenset(stored.users),
        groups=groups,
        named=named,
        chains=stored.chains,
        assigned=frozenset(groups if stored.assigned is None else stored.assigned),
        inner=inner,
    )


def changed_by_assignment(before: ScopeSnapshot, users: Iterable[str], groups: Iterable[str]) -> frozenset[str]:
    """Return the people whose entitlement may differ because assignments came or went.

    Members of a group that is newly assigned are known if the filter names it. Else reading the group names them.
    """
    known = before.members
    members = (known[group] for group in set(before.groups).symmetric_difference(groups) if group in known)
    return (before.users ^ frozenset(users)).union(*members)


CHAIN_LENGTH = 50
"""Graph takes 50 ids in the filter of a delta query: https://learn.microsoft.com/graph/api/group-delta"""


def chains_for(before: tuple[Chain, ...], groups: Iterable[str]) -> tuple[Chain, ...]:
    """Return the chains to read: those that still have a wanted group, and new ones for groups in none of them.

    A group that is not wanted any more leaves its chain, although the delta link still names its changes: wanted
    once more it needs a new chain, because a delta from an older link does not name those who were in it all along.
    """
    wanted = set(groups)
    left = (Chain(groups=tuple(filter(wanted.__contains__, chain.groups)), link=chain.link) for chain in before)
    kept = tuple(chain for chain in left if chain.groups)
    fresh = sorted(wanted.difference(*(chain.groups for chain in kept)))
    new = (Chain(groups=tuple(fresh[start : start + CHAIN_LENGTH])) for start in range(0, len(fresh), CHAIN_LENGTH))
    return (*kept, *new)
