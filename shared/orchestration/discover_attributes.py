"""Which attributes could a mapping use? Those that are defined, those of Graph's users, and the tenant's extensions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.configuration.synchronization_schema import (
    AttributeDefinition,
    DirectoryDefinition,
    ObjectDefinition,
    SynchronizationSchema,
    directory_named,
)
from shared.configuration.templates import SOURCE_DIRECTORY, TARGET_DIRECTORY, USER, default_schema
from shared.configuration.user_mapping import user_mappings
from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job
from shared.orchestration.ports import ExtensionProperty


async def discover_attributes(engine: Engine, job: Job, directory: str) -> DirectoryDefinition | None:
    """Return the definition of the directory with this id or name; None if the schema has no such one.

    What the schema says of an attribute stays as it says it. Raises what reading from Graph raises.
    """
    schema = job.configuration.schema or default_schema()
    found = directory_named(schema, directory)
    if found is None:
        return None
    is_source = _is_source(schema, found)
    known = _standard(SOURCE_DIRECTORY if is_source else TARGET_DIRECTORY)
    extensions: Sequence[ExtensionProperty] = ()
    if is_source:
        extensions = await engine.directories.source(job.configuration).extension_properties()
    return _completed(found, [*known, *map(_extension, extensions)], engine.clock.now())


def _is_source(schema: SynchronizationSchema, directory: DirectoryDefinition) -> bool:
    return any(rule.source_directory_name == directory.name for rule, _ in user_mappings(schema))


def _standard(directory_name: str) -> tuple[AttributeDefinition, ...]:
    definition = default_schema().definition(directory_name, USER)
    return () if definition is None else definition.attributes


def _extension(extension: ExtensionProperty) -> AttributeDefinition:
    return AttributeDefinition(
        name=extension.name, type=extension.type, multivalued=extension.multivalued, mutability="ReadOnly"
    )


def _completed(
    directory: DirectoryDefinition, found: Iterable[AttributeDefinition], now: datetime
) -> DirectoryDefinition:
    users = next((each for each in directory.objects if each.name.casefold() == USER.casefold()), None)
    before = users or ObjectDefinition(name=USER)
    known = {each.name for each in before.attributes}
    new = tuple(each for each in found if each.name not in known)
    completed = replace(before, attributes=(*before.attributes, *new))
    others = tuple(each for each in directory.objects if each is not users)
    return replace(directory, objects=(completed, *others), discovery_date_time=f"{now:%Y-%m-%dT%H:%M:%SZ}")
