"""Does a person pass the scoping filter? Clauses are joined by AND, groups by OR.

| the attribute | the clause |
|---|---|
| has no value | does not hold, but for IS NULL |
| has several values | holds if one of them fits; NOT EQUALS, NOT REGEX MATCH and !& hold if all of them do |

Text is compared exactly, capitals included. A match that takes too long, and a membership that is not known, leave a
clause undecided: then the whole is decided only if it is the same either way. The order of clauses changes nothing.
https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
"""

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from shared.configuration.clause_values import moment, operand_type, whole_number
from shared.configuration.scoping_filter import (
    AttributeType,
    FilterClause,
    FilterGroup,
    FilterOperator,
    OperatorSchema,
    ValueComparison,
    operator_named,
)
from shared.configuration.user_mapping import UserMapping, groups_named
from shared.expressions import RegularExpression, TooMuch
from shared.provisioning.compiled_attribute import Reader, reader
from shared.provisioning.entry import AttributeValue, SourceEntry

Holds = bool | None
"""True, false, or None: it cannot be told."""

_Test = Callable[[SourceEntry], Holds]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterDecision:
    """What came of a filter, clause by clause."""

    passed: Holds
    """Does one of the groups hold?"""
    read: Holds
    """Is the person looked at at all, by the input and category filters?"""
    clauses: tuple[tuple[str, Holds], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledClause:
    """A clause as the log writes it, and its test."""

    text: str
    test: _Test


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledFilter:
    """A scoping filter that has been checked; an empty list of groups lets everybody through."""

    groups: tuple[tuple[CompiledClause, ...], ...] = ()
    input_groups: tuple[tuple[CompiledClause, ...], ...] = ()
    category_groups: tuple[tuple[CompiledClause, ...], ...] = ()
    group_ids: frozenset[str] = frozenset()
    """The groups, in lower case, of which it asks whether somebody is a member."""

    @property
    def lets_everybody_through(self) -> bool:
        return not (self.groups or self.input_groups or self.category_groups)

    def decide(self, source: SourceEntry) -> FilterDecision:
        """Return the decision about a person; every clause is evaluated, for the log."""
        results: list[tuple[str, Holds]] = []
        passed = _any_group(self.groups, source, results)
        read = _all((_any_group(self.input_groups, source, results), _any_group(self.category_groups, source, results)))
        return FilterDecision(passed=passed, read=read, clauses=tuple(results))

    def misses_memberships(self, source: SourceEntry) -> bool:
        """Does it hang on the person's being in none of its groups? That is seen of nothing but what is not there."""
        if not self.group_ids or not self.group_ids.isdisjoint(source.group_ids or ()):
            return False
        decision = self.decide(source.in_groups(None))
        return decision.passed is None or decision.read is None


EVERYBODY = CompiledFilter()


def compiled_filter(users: UserMapping) -> CompiledFilter:
    """Return the filter of a mapping that has been checked."""
    scope = users.mapping.scope
    if scope is None:
        return EVERYBODY

    def groups(found: tuple[FilterGroup, ...]) -> tuple[tuple[CompiledClause, ...], ...]:
        return tuple(tuple(_clause(group, each, users) for each in group.clauses) for group in found)

    return CompiledFilter(
        groups=groups(scope.groups),
        input_groups=groups(scope.input_filter_groups),
        category_groups=groups(scope.category_filter_groups),
        group_ids=groups_named(users.mapping),
    )


def result_text(clauses: Iterable[tuple[str, Holds]]) -> str:
    """Return the clauses as Entra's log shows them: JSON text with a truth for each."""
    return json.dumps(dict(clauses), ensure_ascii=False)


def _any_group(
    groups: tuple[tuple[CompiledClause, ...], ...], source: SourceEntry, results: list[tuple[str, Holds]]
) -> Holds:
    if not groups:
        return True
    held = list[Holds]()
    for group in groups:
        found = [(clause.text, clause.test(source)) for clause in group]
        results += found
        held.append(_all(holds for _, holds in found))
    return _any(held)


def _all(held: Iterable[Holds]) -> Holds:
    """Return what AND gives: one that does not hold decides, whatever cannot be told."""
    seen = set(held)
    if False in seen:
        return False
    return None if None in seen else True


def _any(held: Iterable[Holds]) -> Holds:
    seen = set(held)
    if True in seen:
        return True
    return None if None in seen else False


def _clause(group: FilterGroup, clause: FilterClause, users: UserMapping) -> CompiledClause:
    found = operator_named(clause.operator)
    if found is None:
        raise ValueError(f"{clause.operator!r} is no operator")
    values = "; ".join(clause.values)
    shown = f" '{values}'" if clause.values else ""
    text = f"{group.name}.{clause.source_operand} {clause.operator}{shown}"
    return CompiledClause(text=text, test=_test(clause, found, operand_type(clause.source_operand, users)))


def _test(clause: FilterClause, found: OperatorSchema, type_: AttributeType) -> _Test:
    read = reader(clause.source_operand)
    match found.operator:
        case FilterOperator.IS_NULL:
            return lambda source: _is_null(read(source))
        case FilterOperator.IS_NOT_NULL:
            return lambda source: not _is_null(read(source))
        case FilterOperator.IS_MEMBER_OF | FilterOperator.IS_NOT_MEMBER_OF:
            return _membership(clause, member=found.operator is FilterOperator.IS_MEMBER_OF)
        case _:
            return _comparison(read, found, _fit(clause, found.operator, type_))


_Scalar = str | bool | int
_Fit = Callable[[_Scalar], Holds]


def _comparison(read: Reader, found: OperatorSchema, fits: _Fit) -> _Test:
    combined = _all if found.comparison is ValueComparison.ALL else _any

    def test(source: SourceEntry) -> Holds:
        value = read(source)
        if _is_null(value):
            return False
        values = value if isinstance(value, tuple) else (value,)
        return combined(fits(each) for each in values if each is not None and each != "")

    return test


def _membership(clause: FilterClause, *, member: bool) -> _Test:
    wanted = {each.lower() for each in clause.values}

    def test(source: SourceEntry) -> Holds:
        if source.group_ids is None:
            return None
        return member is not wanted.isdisjoint(source.group_ids)

    return test


def _fit(clause: FilterClause, name: FilterOperator, type_: AttributeType) -> _Fit:
    match name:
        case FilterOperator.IS_TRUE:
            return lambda value: value is True
        case FilterOperator.IS_FALSE:
            return lambda value: value is False
        case FilterOperator.REGEX_MATCH:
            return _matching(clause.values[0])
        case FilterOperator.NOT_REGEX_MATCH:
            matches = _matching(clause.values[0])
            return lambda value: None if (found := matches(value)) is None else not found
        case FilterOperator.INCLUDES:
            return lambda value: clause.values[0] in _text(value)
        case FilterOperator.ENDS_WITH:
            return lambda value: _text(value).endswith(clause.values[0])
        case FilterOperator.IN_LIST:
            return lambda value: any(_text(value) in each for each in clause.values)
        case FilterOperator.NOT_IN_LIST:
            return lambda value: not any(_text(value) in each for each in clause.values)
        case _:
            return _ordered(clause.values[0], name, type_)


_ORDERS: dict[FilterOperator, Callable[[Any, Any], bool]] = {
    FilterOperator.EQUALS: operator.eq,
    FilterOperator.NOT_EQUALS: operator.ne,
    FilterOperator.GREATER_THAN: operator.gt,
    FilterOperator.GREATER_THAN_OR_EQUALS: operator.ge,
    FilterOperator.LESS_THAN: operator.lt,
    FilterOperator.LESS_THAN_OR_EQUALS: operator.le,
}


def _ordered(wanted: str, name: FilterOperator, type_: AttributeType) -> _Fit:
    compare = _ORDERS[name]
    comparable = _comparable(name, type_)
    reference = comparable(wanted)

    def fits(value: _Scalar) -> bool:
        found = comparable(_text(value))
        return found is not None and compare(found, reference)

    return fits


def _comparable(name: FilterOperator, type_: AttributeType) -> Callable[[str], object]:
    """Return what a text is compared as: a time, a whole number, or the text itself."""
    if type_ is AttributeType.DATE_TIME:
        return moment
    if type_ is AttributeType.INTEGER or name not in {FilterOperator.EQUALS, FilterOperator.NOT_EQUALS}:
        return whole_number
    return lambda text: text


def _matching(pattern: str) -> _Fit:
    compiled = RegularExpression(pattern)

    def fits(value: _Scalar) -> Holds:
        try:
            return compiled.matches(_text(value))
        except TooMuch:
            return None

    return fits


def _is_null(value: AttributeValue) -> bool:
    return value is None or value in {"", ()}


def _text(value: _Scalar) -> str:
    return str(value)
