"""Which attributes can a document give a policy for drift, and which can it not leave to the target?"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from shared.configuration.directory_schema import MANAGER
from shared.configuration.entra_attribute_names import graph_property
from shared.configuration.problems import Problem, child_path
from shared.configuration.schema_json import read_schema
from shared.configuration.templates import default_schema
from shared.configuration.user_mapping import UserMapping, mapping_of, user_mappings

_LISTS: Final = ("enforce", "report", "targetOwned")

_NEVER_OWNED: Final = {
    "accountEnabled": "who may sign in follows from the source; for blocks in the target there is departures",
    "mail": "people are found by their address",
    MANAGER: "a manager is never written on create only; take it out of the mapping instead",
}


def drift_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    """Judge the lists of names once their shape, and that of the schema, is right."""
    drift = document.get("drift") if isinstance(document, dict) else None
    if not isinstance(drift, dict) or any(each.startswith(("/drift", "/schema")) for each in unfit):
        return
    users = _mapping(document.get("schema")) if isinstance(document, dict) else None
    written = None if users is None else _written(users)
    named = dict[str, str]()
    for place, name in _names(drift):
        first = named.setdefault(name, place)
        if first != place:
            yield Problem(path=place, message=f"is named at {first} already; an attribute has one policy")
        elif written is not None and name not in written:
            yield Problem(path=place, message=f"is written by no mapping; known are {', '.join(sorted(written))}")
        elif name in _NEVER_OWNED and place.startswith("/drift/targetOwned/"):
            yield Problem(path=place, message=f"cannot be the target's: {_NEVER_OWNED[name]}")


def _names(drift: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in _LISTS:
        for index, name in enumerate(drift.get(kind, ())):
            yield child_path(f"/drift/{kind}", index), name


def _mapping(schema: object) -> UserMapping | None:
    """Return the mapping in force; None where the schema has none, which is told at its own place."""
    read = read_schema(schema) if isinstance(schema, dict) else default_schema()
    return mapping_of(read) if next(user_mappings(read), None) is not None else None


def _written(users: UserMapping) -> frozenset[str]:
    names = {graph_property(each.target_attribute).name for each in users.acting()}
    return frozenset(names if users.manager() is None else {*names, MANAGER})
