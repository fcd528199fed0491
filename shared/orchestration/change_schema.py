"""An operator brings a schema of one's own, or goes back to the default: which configuration does that make?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.configuration.document import SCHEMA_PATH, parse, serialize
from shared.configuration.problems import ConfigurationError, Problem
from shared.configuration.schema_json import write_schema
from shared.configuration.synchronization_schema import directory_named
from shared.configuration.templates import USER, default_schema
from shared.cycles.state import ConfigurationState
from shared.orchestration.apply_configuration import any_version
from shared.orchestration.change_configuration import Author, change_configuration
from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job


class AttributeDefined(Exception):
    """The directory has an attribute of this name already."""


async def change_schema(
    engine: Engine,
    job: Job,
    schema: Mapping[str, object] | None,
    author: Author,
    *,
    expected: Callable[[int], bool] = any_version,
) -> ConfigurationState:
    """Make the schema (None: the default) part of the configuration's next version.

    Raises ConfigurationError with the paths of the schema itself, and what `change_configuration` raises.
    """
    if schema is None:
        return await change_configuration(engine, replace(job.configuration, schema=None), author, expected=expected)
    document = {**json.loads(serialize(job.configuration)), "schema": schema}
    try:
        configuration = parse(document)
    except ConfigurationError as error:
        raise ConfigurationError(tuple(map(_within_schema, error.problems))) from error
    return await change_configuration(engine, configuration, author, expected=expected)


async def add_attribute(
    engine: Engine,
    job: Job,
    directory: str,
    attribute: Mapping[str, object],
    author: Author,
    *,
    expected: Callable[[int], bool] = any_version,
) -> ConfigurationState | None:
    """Define one more attribute of the users of a directory; returns None if the schema has no such directory.

    Raises AttributeDefined if it is defined already, and what `change_schema` raises.
    """
    schema = job.configuration.schema or default_schema()
    found = directory_named(schema, directory)
    if found is None:
        return None
    value = write_schema(schema)
    users = next(each for each in _objects(value, found.name) if each["name"].casefold() == USER.casefold())
    attributes = users.setdefault("attributes", [])
    if any(each["name"] == attribute.get("name") for each in attributes):
        raise AttributeDefined
    attributes.append(attribute)
    return await change_schema(engine, job, value, author, expected=expected)


def _objects(schema: Mapping[str, Any], directory: str) -> list[dict[str, Any]]:
    definition = next(each for each in schema["directories"] if each["name"] == directory)
    objects: list[dict[str, Any]] = definition.setdefault("objects", [])
    if not any(each["name"].casefold() == USER.casefold() for each in objects):
        objects.append({"name": USER, "attributes": []})
    return objects


def _within_schema(problem: Problem) -> Problem:
    return replace(problem, path=problem.path.removeprefix(SCHEMA_PATH))
