"""An operator declares a configuration: which version of the document counts from now on?

A document is stored before any state row names it, so a state never points to a document that is not there. A document
that nobody came to name (a crash, a faster writer) keeps its version; the next writer takes a higher one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from shared.configuration.configuration import Configuration
from shared.configuration.document import serialize
from shared.configuration.problems import ConfigurationError, Problem
from shared.configuration.versioning import document_digest, mapping_digest
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict, DocumentOrigin
from shared.orchestration.update_state import update_state

SHARDS = 8
_MOST_ORPHANS = 100


class VersionMismatch(Exception):
    """The configuration is not at the version that the caller wants to replace."""


class BeingRemoved(Exception):
    """A configuration of this name is being removed; wait until all its rows are gone, or take another name."""


def any_version(version: int) -> bool:
    """Accept whatever stands there, or nothing (version 0)."""
    return version >= 0


async def apply_configuration(
    engine: Engine, configuration: Configuration, *, expected: Callable[[int], bool] = any_version, by: str = ""
) -> ConfigurationState:
    """Make the document the current version; one that says the same as the current one changes nothing.

    Raises ConfigurationError if it moves the configuration to other tenants or names another cloud than the app's,
    VersionMismatch if the version that
    stands there (0: none) is not `expected`, Conflict if others change it all the time.
    """

    _check_reachable(engine, configuration)

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        _check_version_of(state, expected)
        return await _next_version(engine, configuration, state, by)

    for _ in range(2):  # once more if somebody else created it just now: states are never deleted
        state = await update_state(engine, configuration.id, change)
        if state is not None:
            return state
        _check_version(0, expected)
        try:
            return await _create(engine, configuration, by)
        except Conflict:
            continue
    raise Conflict(f"The configuration {configuration.id!r} does not come to rest.")


async def _create(engine: Engine, configuration: Configuration, by: str) -> ConfigurationState:
    version = await _store(engine, configuration, 0, by)
    state = ConfigurationState(configuration_id=configuration.id, version=version, active=False, shards=SHARDS)
    return await engine.configurations.create(state)


async def _next_version(
    engine: Engine, configuration: Configuration, state: ConfigurationState, by: str
) -> ConfigurationState | None:
    current = await engine.configurations.configuration(configuration.id, state.version)
    if current is not None:
        _check_unmoved(current, configuration)
        if document_digest(current) == document_digest(configuration):
            return None
    everybody = current is None or mapping_digest(current) != mapping_digest(configuration)
    version = await _store(engine, configuration, state.version, by)
    return replace(state, version=version, full_next=state.full_next or everybody)


async def _store(engine: Engine, configuration: Configuration, current: int, by: str) -> int:
    """Store the document under the next version that is free, or that holds the same bytes already."""
    document = serialize(configuration)
    origin = DocumentOrigin(replaces=current, added=engine.clock.now(), added_by=by)
    for version in range(current + 1, current + 1 + _MOST_ORPHANS):
        try:
            await engine.configurations.add_document(configuration.id, version, document, origin)
        except Conflict:
            continue
        return version
    raise Conflict(f"The configuration {configuration.id!r} has {_MOST_ORPHANS} documents that no state names.")


def _check_version_of(state: ConfigurationState, expected: Callable[[int], bool]) -> None:
    if state.removed is not None:
        raise BeingRemoved(state.configuration_id)
    _check_version(state.version, expected)


def _check_version(version: int, expected: Callable[[int], bool]) -> None:
    if not expected(version):
        raise VersionMismatch(f"the current version is {version}")


def _check_reachable(engine: Engine, configuration: Configuration) -> None:
    """Both tenants are in one cloud (the document's own rules say so): is it the one that this app works in?"""
    cloud = configuration.target.cloud
    if cloud is not engine.cloud:
        message = f"is {cloud}, but this app works in {engine.cloud}; deploy one into that cloud (TENANTSYNC_CLOUD)"
        raise ConfigurationError((Problem(path="/target/cloud", message=message),))


def _check_unmoved(current: Configuration, desired: Configuration) -> None:
    problems = tuple(_moves(current, desired))
    if problems:
        raise ConfigurationError(problems)


def _moves(current: Configuration, desired: Configuration) -> Iterator[Problem]:
    """Links point from one tenant into another: in other tenants they would stand for nobody, or for strangers."""
    for path, before, after in (
        ("/source/tenantId", current.source.tenant_id, desired.source.tenant_id),
        ("/source/servicePrincipalId", current.source.service_principal_id, desired.source.service_principal_id),
        ("/target/tenantId", current.target.tenant_id, desired.target.tenant_id),
    ):
        if before != after:
            message = f"is {before} and cannot be changed to {after}; declare a new configuration with another id"
            yield Problem(path=path, message=message)
