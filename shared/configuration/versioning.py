"""Are two configurations the same, and do they treat people the same?"""

import hashlib
import json
from dataclasses import asdict, replace

from shared.configuration.as_written import AsWritten
from shared.configuration.attribute_mapping import AttributeMapping
from shared.configuration.configuration import Configuration
from shared.configuration.document import serialize
from shared.configuration.scoping_filter import FilterGroup
from shared.configuration.user_mapping import UserMapping, user_mapping


def document_digest(configuration: Configuration) -> str:
    """Identify the document by its meaning: spelling, order and left-out defaults make no difference."""
    return hashlib.sha256(serialize(configuration)).hexdigest()


def mapping_digest(configuration: Configuration) -> str:
    """Identify what decides who is provisioned where and with which values; when it changes, everybody is re-evaluated.

    Interval, guards, notifications and names are outside: they change how, not what.
    """
    outcome = {
        "source": asdict(configuration.source),
        "target": configuration.target.tenant_id,
        "scope": asdict(configuration.scope),
        "adoption": configuration.adoption.value,
        "removal": asdict(configuration.removal),
        "drift": configuration.drift and asdict(configuration.drift),
        "mapping": _mapping(user_mapping(configuration)),
    }
    return hashlib.sha256(json.dumps(outcome, sort_keys=True).encode()).hexdigest()


def _mapping(users: UserMapping) -> dict[str, object]:
    """Return what the mapping means, however it was written."""
    scope, manager = users.mapping.scope, users.manager()
    lists = (scope.groups, scope.input_filter_groups, scope.category_filter_groups) if scope else ((), (), ())
    return {
        "attributes": [_attribute(users, each) for each in users.acting()],
        "manager": None if manager is None else users.nulls_flow(manager),
        "scope": [[_group(each) for each in groups] for groups in lists],
    }


def _attribute(users: UserMapping, mapping: AttributeMapping) -> list[object]:
    definition = users.target_definition(mapping.target_attribute)
    end = None if definition is None else [definition.type, definition.multivalued, definition.case_exact]
    meaning = asdict(replace(mapping, as_written=AsWritten(), export_missing_references=False))
    # without it a direct source and a constant of the same text would be alike
    kind = type(mapping.source).__name__
    return [meaning, kind, users.nulls_flow(mapping), users.entra and end]


def _group(group: FilterGroup) -> list[object]:
    return [[each.source_operand, each.operator, list(each.values)] for each in group.clauses]
