"""Where are the schemas that tests read, and how does one change them?"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.configuration.schema_json import write_schema
from shared.configuration.templates import default_schema

USERS = "/synchronizationRules/0/objectMappings/1"
MAPPINGS = f"{USERS}/attributeMappings"


def entra_export() -> dict[str, Any]:
    """What the portal exports, made by hand (see README.md)."""
    exported: dict[str, Any] = json.loads((Path(__file__).parent / "entra_export.json").read_text("utf-8"))
    return exported


def template() -> dict[str, Any]:
    return write_schema(default_schema())


def put(value: Mapping[str, Any], pointer: str, new: object) -> dict[str, Any]:
    """The same JSON with another value in one place; a dash at the end appends to a list."""
    changed: dict[str, Any] = json.loads(json.dumps(value))
    *way, last = pointer.removeprefix("/").split("/")
    place: Any = changed
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if last == "-":
        place.append(new)
    else:
        place[int(last) if isinstance(place, list) else last] = new
    return changed


def differing(one: object, other: object, path: str = "") -> Iterator[str]:
    """The places where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            if name not in one or name not in other:
                yield f"{path}/{name}"
            else:
                yield from differing(one[name], other[name], f"{path}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from differing(first, second, f"{path}/{number}")
    elif json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
        yield path
