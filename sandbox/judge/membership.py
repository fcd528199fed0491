"""Whom does a scoping filter let through by the groups that they are direct members of?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.judge.directory import Directory

#: The words of docs/mappings.md: Entra has no such operators.
_INSIDE = {"IS MEMBER OF": True, "IS NOT MEMBER OF": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One clause: being in one of the groups, or (not `inside`) in none of them."""

    groups: frozenset[str]
    inside: bool = True


#: Of the inner ones all have to hold, of the outer ones one; an empty filter lets everybody through.
Filter = tuple[tuple[Membership, ...], ...]


def read_filter(schema: Mapping[str, Any] | None) -> Filter:
    """The filter over the people of a document's schema; the judge knows clauses over memberOf only."""
    return tuple(
        tuple(_membership(clause) for clause in group["clauses"])
        for mapping in _mappings(schema or {})
        for group in (mapping.get("scope") or {}).get("groups", ())
    )


def let_through(source: Directory, asked: Filter) -> frozenset[str]:
    """The ids of the users whom the filter lets through."""
    everybody = frozenset(source.users)
    if not asked:
        return everybody
    passing = (everybody.intersection(*(_holding(source, each) for each in clauses)) for clauses in asked)
    return frozenset[str]().union(*passing)


def has_members(source: Directory, asked: Filter) -> bool:
    """Is anybody in one of the groups that are asked for?"""
    return any(source.members.get(name) for group in asked for clause in group for name in clause.groups)


def _holding(source: Directory, clause: Membership) -> frozenset[str]:
    members = frozenset[str]().union(*(source.members.get(group, ()) for group in clause.groups))
    return members if clause.inside else frozenset(source.users) - members


def _mappings(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for rule in schema.get("synchronizationRules", ()):
        for mapping in rule["objectMappings"]:
            if mapping.get("enabled", True) and mapping["sourceObjectName"].casefold() == "user":
                yield mapping


def _membership(clause: Mapping[str, Any]) -> Membership:
    operator, operand = clause["operatorName"], clause["sourceOperandName"]
    if operand != "memberOf":
        raise NotImplementedError(f"the judge knows no clauses over {operand}")
    values = clause["targetOperand"]["values"]
    return Membership(groups=frozenset(map(str.lower, values)), inside=_INSIDE[operator])
