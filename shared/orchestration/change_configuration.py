"""An operator changes a configuration: what is written down of it, and how does one go back to an older version?"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.configuration.configuration import Configuration
from shared.configuration.document import parse, serialize
from shared.configuration.document_diff import Difference, document_diff
from shared.configuration.versioning import document_digest, mapping_digest
from shared.cycles.audit import Activity, AuditedValue
from shared.cycles.state import ConfigurationState
from shared.orchestration.apply_configuration import VersionMismatch, any_version, apply_configuration
from shared.orchestration.audit import Act, audited
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict, DocumentOrigin

_TRIES = 4
_LONGEST_TEXT = 2000
_MOST_TEXT = 100_000


class NoSuchVersion(Exception):
    """The configuration never had that version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something, and why."""

    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that was once current."""

    number: int
    origin: DocumentOrigin


async def change_configuration(
    engine: Engine,
    configuration: Configuration,
    author: Author,
    *,
    expected: Callable[[int], bool] = any_version,
    details: Mapping[str, str] | None = None,
) -> ConfigurationState:
    """Make the document the current version, written down with what it changes. Raises as `apply_configuration`."""
    for _ in range(_TRIES):
        state = await engine.configurations.state(configuration.id)
        version = 0 if state is None else state.version
        if not expected(version):
            raise VersionMismatch(f"the current version is {version}")
        current = await engine.configurations.configuration(configuration.id, version)
        if state is not None and current is not None and document_digest(current) == document_digest(configuration):
            return await apply_configuration(engine, configuration, expected=expected)
        act = _act(configuration, current, author, {"ReplacedVersion": str(version), **(details or {})})
        try:
            return await audited(engine, act, _effect(engine, configuration, version, author), told=_told)
        except VersionMismatch:
            continue  # somebody was faster: what is before it is another one now
    raise Conflict(f"The configuration {configuration.id!r} does not come to rest.")


async def roll_back(
    engine: Engine,
    configuration_id: str,
    number: int,
    author: Author,
    *,
    expected: Callable[[int], bool] = any_version,
) -> tuple[ConfigurationState, Configuration]:
    """Make a new version with the content of an older one. Raises NoSuchVersion, and as `apply_configuration`."""
    document = await version_document(engine, configuration_id, number)
    configuration = parse(document)  # what was valid then need not be for this version of the app
    details = {"RolledBackToVersion": str(number)}
    state = await change_configuration(engine, configuration, author, expected=expected, details=details)
    return state, configuration


async def versions(engine: Engine, state: ConfigurationState, count: int) -> Sequence[Version]:
    """Return the newest versions that were once current, the current one first."""
    found: list[Version] = []
    number = state.version
    while number > 0 and len(found) < count:
        origin = await engine.configurations.origin(state.configuration_id, number)
        if origin is None:
            break
        found.append(Version(number=number, origin=origin))
        number = min(origin.replaces, number - 1)
    return found


async def version_document(engine: Engine, configuration_id: str, number: int) -> bytes:
    """Return the document of a version. Raises NoSuchVersion."""
    document = await engine.configurations.document(configuration_id, number) if number > 0 else None
    if document is None:
        raise NoSuchVersion
    return document


async def difference(engine: Engine, configuration_id: str, before: int, after: int) -> Sequence[Difference]:
    """Return what is different in a version from another. Raises NoSuchVersion."""
    old = await version_document(engine, configuration_id, before)
    return document_diff(old, await version_document(engine, configuration_id, after))


def _effect(
    engine: Engine, configuration: Configuration, version: int, author: Author
) -> Callable[[], Awaitable[ConfigurationState]]:
    return lambda: apply_configuration(
        engine, configuration, expected=lambda standing: standing == version, by=author.by
    )


def _act(
    configuration: Configuration, current: Configuration | None, author: Author, details: Mapping[str, str]
) -> Act:
    before = None if current is None else serialize(current)
    found = document_diff(before, serialize(configuration))
    changes = tuple(_fitting(found))
    left_out = {"ChangesLeftOut": str(len(found) - len(changes))} if len(changes) < len(found) else {}
    return Act(
        activity=_activity(current, configuration),
        configuration_id=configuration.id,
        display_name=configuration.display_name,
        initiated_by=author.by,
        reason=author.reason,
        changes=changes,
        details={**details, **left_out},
    )


def _fitting(found: Sequence[Difference]) -> Iterator[AuditedValue]:
    """Yield what a row takes; all of it stands in the two versions."""
    left = _MOST_TEXT
    for each in found:
        before, after = (None if text is None else text[:_LONGEST_TEXT] for text in (each.before, each.after))
        left -= len(each.path) + len(before or "") + len(after or "")
        if left < 0:
            return
        yield AuditedValue(name=each.path, before=before, after=after)


def _activity(current: Configuration | None, desired: Configuration) -> Activity:
    if current is None:
        return Activity.ADD
    same = mapping_digest(current) == mapping_digest(desired)
    return Activity.UPDATE_SETTING if same else Activity.UPDATE_MAPPING


def _told(state: ConfigurationState) -> Mapping[str, str]:
    return {"Version": str(state.version)}
