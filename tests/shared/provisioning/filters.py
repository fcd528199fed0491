"""How do tests write a scoping filter? A clause is a text: attribute, operator, values."""

from collections.abc import Sequence

from shared.configuration.attribute_mapping import ObjectMapping
from shared.configuration.scoping_filter import FilterClause, FilterGroup, FilterOperand, ScopingFilter
from shared.configuration.user_mapping import UserMapping
from shared.provisioning.scoping_filters import CompiledFilter, compiled_filter

Groups = Sequence[Sequence[str]]


def clause(text: str) -> FilterClause:
    """`city EQUALS 'Ulm'`, `city IS NULL`, `city & 'Ulm,Jena' 'Gera'`."""
    said, *quoted = text.split(" '")
    operand, operator = said.split(" ", 1)
    values = tuple(each.removesuffix("'") for each in quoted)
    return FilterClause(source_operand=operand, operator=operator, target_operand=FilterOperand(values=values))


def groups_of(prefix: str, groups: Groups) -> tuple[FilterGroup, ...]:
    return tuple(
        FilterGroup(name=f"{prefix}{number}", clauses=tuple(map(clause, texts))) for number, texts in enumerate(groups)
    )


def filter_of(groups: Groups = (), *, input_groups: Groups = (), category_groups: Groups = ()) -> CompiledFilter:
    scope = ScopingFilter(
        groups=groups_of("group ", groups),
        input_filter_groups=groups_of("input ", input_groups),
        category_filter_groups=groups_of("category ", category_groups),
    )
    return compiled_filter(UserMapping(mapping=ObjectMapping(scope=scope)))
