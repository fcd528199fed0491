"""What do tests of the language evaluate in? A moment, a chance and a target that never change."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from itertools import count

from shared.expressions import Environment, Result, compiled, from_json, parse

NOW = datetime(2024, 2, 29, 13, 5, 9, tzinfo=UTC)
GUID = "00aa00aa-bb11-cc22-dd33-44ee44ee44ee"


def surroundings(existing: Collection[str] = (), default_domain: str | None = None) -> Environment:
    """Chance counts: 0, 1, 2 ... within each bound."""
    numbers = count()
    return Environment(
        now=NOW,
        random=lambda bound: next(numbers) % bound,
        new_guid=lambda: GUID,
        exists=lambda value: value in existing,
        default_domain=default_domain,
    )


def evaluated(
    expression: str, inputs: Mapping[str, object] | None = None, environment: Environment | None = None
) -> Result:
    attributes = {name: from_json(value) for name, value in (inputs or {}).items()}
    return compiled(parse(expression)).evaluate(attributes, environment or surroundings())
