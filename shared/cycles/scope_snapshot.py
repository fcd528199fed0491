"""Who is entitled by assignment: the assigned users, and the members of the assigned groups, as last read?

The delta links of the groups stand in the same bytes: a link that is newer than its members would lose changes.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec


class Chain(msgspec.Struct, frozen=True):
    """One groups delta chain: up to 50 groups in one filter, and the delta link to go on from."""

    groups: tuple[str, ...]
    link: str = ""


class _Stored(msgspec.Struct, frozen=True):
    users: list[str]
    groups: dict[str, list[str]]
    chains: tuple[Chain, ...]
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSnapshot:
    """Directly assigned users, and the user members of each assigned group."""

    users: frozenset[str] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    chains: tuple[Chain, ...] = ()

    def everybody(self) -> frozenset[str]:
        """Return all who are entitled."""
        return self.users.union(*self.groups.values())


def pack(scope: ScopeSnapshot) -> bytes:
    """Return the snapshot as compressed JSON."""
    groups = {group: sorted(members) for group, members in scope.groups.items()}
    return zlib.compress(msgspec.json.encode(_Stored(users=sorted(scope.users), groups=groups, chains=scope.chains)))


def unpack(content: bytes) -> ScopeSnapshot:
    """Return the snapshot; raises ValueError if the bytes are not one."""
    try:
        stored = msgspec.json.decode(zlib.decompress(content), type=_Stored)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"not a scope snapshot: {error}") from error
    groups = {group: frozenset(members) for group, members in stored.groups.items()}
    return ScopeSnapshot(users=frozenset(stored.users), groups=groups, chains=stored.chains)


def changed_by_assignment(before: ScopeSnapshot, users: Iterable[str], groups: Iterable[str]) -> frozenset[str]:
    """Return the people whose entitlement may differ because assignments came or went.

    Members of a group that is newly assigned are not known yet: reading the group names them.
    """
    gone = set(before.groups).difference(groups)
    members = (member for group in gone for member in before.groups[group])
    return (before.users ^ frozenset(users)).union(members)


CHAIN_LENGTH = 50
"""Graph takes 50 ids in the filter of a delta query: https://learn.microsoft.com/graph/api/group-delta"""


def chains_for(before: tuple[Chain, ...], groups: Iterable[str]) -> tuple[Chain, ...]:
    """Return the chains to read: those that still have an assigned group, and new ones for groups in none of them.

    A group that is not assigned any more leaves its chain, although the delta link still names its changes: assigned
    once more it needs a new chain, because a delta from an older link does not name those who were in it all along.
    """
    wanted = set(groups)
    left = (Chain(groups=tuple(filter(wanted.__contains__, chain.groups)), link=chain.link) for chain in before)
    kept = tuple(chain for chain in left if chain.groups)
    fresh = sorted(wanted.difference(*(chain.groups for chain in kept)))
    new = (Chain(groups=tuple(fresh[start : start + CHAIN_LENGTH])) for start in range(0, len(fresh), CHAIN_LENGTH))
    return (*kept, *new)
