"""Can every clause of a scoping filter be decided?"""

import re
from collections.abc import Iterator

from shared.configuration.clause_values import moment, operand_type, whole_number
from shared.configuration.mapping_rules import attribute_problems
from shared.configuration.problems import Problem
from shared.configuration.scoping_filter import (
    MEMBER_OF,
    OPERATORS,
    Arity,
    AttributeType,
    FilterClause,
    FilterGroup,
    FilterOperator,
    OperatorSchema,
    operator_named,
)
from shared.configuration.user_mapping import UserMapping, groups_named
from shared.expressions import PatternRefused, RegularExpression

_ORDERED = frozenset(
    {
        FilterOperator.GREATER_THAN,
        FilterOperator.GREATER_THAN_OR_EQUALS,
        FilterOperator.LESS_THAN,
        FilterOperator.LESS_THAN_OR_EQUALS,
    }
)
_PATTERNS = frozenset({FilterOperator.REGEX_MATCH, FilterOperator.NOT_REGEX_MATCH})
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

MOST_GROUPS = 100
"""So many groups may all clauses of a filter name together: every 50 are one more delta chain to read in each cycle."""


def filter_problems(users: UserMapping, path: str) -> Iterator[Problem]:
    """Judge the filter of the mapping of people."""
    scope = users.mapping.scope
    if scope is None:
        return
    lists = {
        "groups": scope.groups,
        "inputFilterGroups": scope.input_filter_groups,
        "categoryFilterGroups": scope.category_filter_groups,
    }
    for member, groups in lists.items():
        for number, group in enumerate(groups):
            yield from _group_problems(users, group, f"{path}/{member}/{number}")
    named = len(groups_named(users.mapping))
    if named > MOST_GROUPS:
        message = (
            f"names {named} groups in all its clauses with {MEMBER_OF} together, and at most {MOST_GROUPS} are read: "
            "every cycle costs a request for each 50 of them, and one more for each further page of what changed"
        )
        yield Problem(path=path, message=message)


def _group_problems(users: UserMapping, group: FilterGroup, path: str) -> Iterator[Problem]:
    if not group.clauses:
        yield Problem(path=path, message="has no clauses, so it would let everybody through; remove the group")
    for number, clause in enumerate(group.clauses):
        yield from _clause_problems(users, clause, f"{path}/clauses/{number}")


def _clause_problems(users: UserMapping, clause: FilterClause, path: str) -> Iterator[Problem]:
    found = operator_named(clause.operator)
    if found is None:
        known = ", ".join(each.operator for each in OPERATORS)
        yield Problem(path=f"{path}/operatorName", message=f"is no operator; there are {known}")
        return
    membership = AttributeType.REFERENCE in found.types
    if membership is not (clause.source_operand == MEMBER_OF):
        message = f"IS MEMBER OF and IS NOT MEMBER OF go with {MEMBER_OF}, and with nothing else"
        yield Problem(path=f"{path}/operatorName", message=message)
        return
    if membership:
        yield from _membership_problems(clause, f"{path}/targetOperand/values")
        return
    yield from attribute_problems(users, clause.source_operand, f"{path}/sourceOperandName")
    type_ = operand_type(clause.source_operand, users)
    if type_ not in found.types:
        allowed = ", ".join(found.types)
        message = f"takes attributes of type {allowed}, and {clause.source_operand} is {type_}"
        yield Problem(path=f"{path}/operatorName", message=message)
    yield from _value_problems(clause, found, type_, f"{path}/targetOperand/values")


def _membership_problems(clause: FilterClause, path: str) -> Iterator[Problem]:
    if not clause.values:
        yield Problem(path=path, message="names no group; write the object id of at least one")
    for number, value in enumerate(clause.values):
        if not _GUID.fullmatch(value):
            message = "is no object id of a group, such as 00000000-0000-0000-0000-000000000000"
            yield Problem(path=f"{path}/{number}", message=message)


def _value_problems(clause: FilterClause, found: OperatorSchema, type_: AttributeType, path: str) -> Iterator[Problem]:
    if found.arity is Arity.UNARY:
        if any(clause.values):
            yield Problem(path=path, message=f"has a value, and {found.operator} compares with none; leave it empty")
        return
    if not clause.values or (len(clause.values) > 1 and not found.several_values):
        message = f"has {len(clause.values)} values, and {found.operator} compares with one"
        yield Problem(path=path, message=message)
        return
    for number, value in enumerate(clause.values):
        problem = _value_problem(value, found, type_)
        if problem is not None:
            yield Problem(path=f"{path}/{number}", message=problem)


def _value_problem(value: str, found: OperatorSchema, type_: AttributeType) -> str | None:
    if found.operator in _PATTERNS:
        try:
            RegularExpression(value)
        except PatternRefused as error:
            return f"is no regular expression: {error}"
        return None
    if type_ is AttributeType.DATE_TIME:
        return None if moment(value) else "is no time; write ISO 8601 such as 2026-01-31 or 2026-01-31T08:00:00Z"
    if type_ is AttributeType.INTEGER or found.operator in _ORDERED:
        return None if whole_number(value) is not None else "is no whole number"
    return None
