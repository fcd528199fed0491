"""What does the value of a clause mean: a type, a number, a time, a pattern?"""

import re
from datetime import UTC, datetime

from shared.configuration.directory_schema import is_extension, user_attribute
from shared.configuration.entra_attribute_names import Reading, graph_property
from shared.configuration.scoping_filter import AttributeType
from shared.configuration.user_mapping import UserMapping


def operand_type(name: str, users: UserMapping) -> AttributeType:
    """Return the type of a source attribute: Graph's, or what the schema says of an extension."""
    meant = graph_property(name)
    if meant.reading is Reading.DISABLED:
        return AttributeType.BOOLEAN
    definition = users.source_definition(name)
    if is_extension(name) and definition is not None and definition.type in set(AttributeType):
        return AttributeType(definition.type)
    known = user_attribute(meant.name)
    return AttributeType.STRING if known is None else known.type


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is, or None."""
    return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,19}\s*", text) else None


def moment(text: str) -> datetime | None:
    """Return the time that a text is in ISO 8601, without an offset in UTC; or None."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
