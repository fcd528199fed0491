"""Which people of the source does a filter let through? The names are those of Graph's filter.

https://learn.microsoft.com/graph/api/resources/synchronization-filter and
https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
"""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.configuration.as_written import AsWritten


class AttributeType(StrEnum):
    """Graph's attributeType: https://learn.microsoft.com/graph/api/resources/synchronization-attributedefinition."""

    STRING = "String"
    INTEGER = "Integer"
    REFERENCE = "Reference"
    BINARY = "Binary"
    BOOLEAN = "Boolean"
    DATE_TIME = "DateTime"


class FilterOperator(StrEnum):
    """How a clause compares; after the empty line those that Entra does not have."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT EQUALS"
    IS_TRUE = "IS TRUE"
    IS_FALSE = "IS FALSE"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"
    REGEX_MATCH = "REGEX MATCH"
    NOT_REGEX_MATCH = "NOT REGEX MATCH"
    GREATER_THAN = "Greater_Than"
    GREATER_THAN_OR_EQUALS = "Greater_Than_OR_EQUALS"
    INCLUDES = "Includes"
    ENDS_WITH = "ENDS_WITH"
    IN_LIST = "&"
    NOT_IN_LIST = "!&"

    LESS_THAN = "Less_Than"
    LESS_THAN_OR_EQUALS = "Less_Than_OR_EQUALS"
    IS_MEMBER_OF = "IS MEMBER OF"
    IS_NOT_MEMBER_OF = "IS NOT MEMBER OF"


class Arity(StrEnum):
    """Does the operator compare with a value of the clause, or with none?"""

    BINARY = "Binary"
    UNARY = "Unary"


class ValueComparison(StrEnum):
    """Graph's scopeOperatorMultiValuedComparisonType: have all values of an attribute to fit, or any?"""

    ALL = "All"
    ANY = "Any"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSchema:
    """What an operator takes: Graph's filterOperatorSchema."""

    operator: FilterOperator
    types: tuple[AttributeType, ...]
    arity: Arity = Arity.BINARY
    comparison: ValueComparison = ValueComparison.ANY
    of_entra: bool = True
    several_values: bool = False
    """May the clause list more than one value? Any of them then does."""


_TEXT = (AttributeType.STRING, AttributeType.INTEGER)
_ANY = (AttributeType.INTEGER, AttributeType.STRING, AttributeType.BINARY, AttributeType.BOOLEAN)
# Entra takes whole numbers only. Text that is a whole number, and times, are ours.
_ORDERED = (AttributeType.INTEGER, AttributeType.STRING, AttributeType.DATE_TIME)
_ALL = ValueComparison.ALL

OPERATORS = (
    OperatorSchema(operator=FilterOperator.EQUALS, types=(*_TEXT, AttributeType.DATE_TIME)),
    OperatorSchema(operator=FilterOperator.NOT_EQUALS, types=(*_TEXT, AttributeType.DATE_TIME), comparison=_ALL),
    OperatorSchema(operator=FilterOperator.IS_TRUE, types=(AttributeType.BOOLEAN,), arity=Arity.UNARY),
    OperatorSchema(operator=FilterOperator.IS_FALSE, types=(AttributeType.BOOLEAN,), arity=Arity.UNARY),
    OperatorSchema(operator=FilterOperator.IS_NULL, types=(*_ANY, AttributeType.DATE_TIME), arity=Arity.UNARY),
    OperatorSchema(operator=FilterOperator.IS_NOT_NULL, types=(*_ANY, AttributeType.DATE_TIME), arity=Arity.UNARY),
    OperatorSchema(operator=FilterOperator.REGEX_MATCH, types=_TEXT),
    OperatorSchema(operator=FilterOperator.NOT_REGEX_MATCH, types=_TEXT, comparison=_ALL),
    OperatorSchema(operator=FilterOperator.GREATER_THAN, types=_ORDERED),
    OperatorSchema(operator=FilterOperator.GREATER_THAN_OR_EQUALS, types=_ORDERED),
    OperatorSchema(operator=FilterOperator.INCLUDES, types=(AttributeType.STRING,)),
    OperatorSchema(operator=FilterOperator.ENDS_WITH, types=(AttributeType.STRING,)),
    OperatorSchema(operator=FilterOperator.IN_LIST, types=(AttributeType.STRING,), several_values=True),
    OperatorSchema(
        operator=FilterOperator.NOT_IN_LIST, types=(AttributeType.STRING,), comparison=_ALL, several_values=True
    ),
    OperatorSchema(operator=FilterOperator.LESS_THAN, types=_ORDERED, of_entra=False),
    OperatorSchema(operator=FilterOperator.LESS_THAN_OR_EQUALS, types=_ORDERED, of_entra=False),
    OperatorSchema(
        operator=FilterOperator.IS_MEMBER_OF, types=(AttributeType.REFERENCE,), of_entra=False, several_values=True
    ),
    OperatorSchema(
        operator=FilterOperator.IS_NOT_MEMBER_OF,
        types=(AttributeType.REFERENCE,),
        comparison=_ALL,
        of_entra=False,
        several_values=True,
    ),
)

MEMBER_OF = "memberOf"
"""The attribute that IS MEMBER OF compares: the ids of the groups that a person is a direct member of."""


def operator_named(name: str) -> OperatorSchema | None:
    """Return the operator. Pages and portal differ in capitals and in `_` for a space, so neither matters."""
    return _BY_NAME.get(_folded(name))


def _folded(name: str) -> str:
    return name.replace("_", " ").upper()


_BY_NAME = {_folded(each.operator): each for each in OPERATORS}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOperand:
    """The values that a clause compares with."""

    values: tuple[str, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterClause:
    """One comparison; `operator` is the name as it was written."""

    source_operand: str = ""
    operator: str = ""
    target_operand: FilterOperand | None = None
    as_written: AsWritten = field(default_factory=AsWritten)

    @property
    def values(self) -> tuple[str, ...]:
        return self.target_operand.values if self.target_operand else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterGroup:
    """What the portal calls a scoping filter: all of its clauses have to hold."""

    name: str = ""
    clauses: tuple[FilterClause, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopingFilter:
    """Three lists of groups; of each list that is not empty one group has to hold.

    Whoever leaves `groups` leaves the scope and is removed. Whoever does not fit `input_filter_groups` or
    `category_filter_groups` is not looked at: nothing is written for them and nothing is removed.
    """

    groups: tuple[FilterGroup, ...] = ()
    input_filter_groups: tuple[FilterGroup, ...] = ()
    category_filter_groups: tuple[FilterGroup, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)
