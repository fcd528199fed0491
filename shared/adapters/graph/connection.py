"""What belongs to one tenant, from one event loop? (Importing this loads the SDK.)"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx

from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.credentials import tenant_credential
from shared.adapters.graph.inspection import Inspection
from shared.adapters.graph.mail import GraphMailbox
from shared.adapters.graph.observing import GraphObserver
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.adapters.graph.organization import Organization
from shared.adapters.graph.source_directory import GraphSourceDirectory
from shared.adapters.graph.target_directory import GraphTargetDirectory, TargetConnection
from shared.adapters.graph.target_writes import TargetWrites
from shared.adapters.graph.throttling import WriteGate
from shared.configuration.configuration import Configuration
from shared.configuration.user_mapping import source_attributes, target_attributes
from shared.orchestration.ports import BudgetStore, Clock, Mailbox, SourceDirectory, TargetDirectory, Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all connections share."""

    options: GraphOptions
    budgets: BudgetStore
    clock: Clock
    random: Random
    telemetry: Telemetry
    transport: httpx.AsyncBaseTransport | None = None


class _LastAttributes:
    """The attributes of the configuration that asked last: one slice asks many times."""

    def __init__(self, attributes_of: Callable[[Configuration], tuple[str, ...]]) -> None:
        self._attributes_of = attributes_of
        self._last: tuple[Configuration, tuple[str, ...]] | None = None

    def of(self, configuration: Configuration) -> tuple[str, ...]:
        if self._last is None or self._last[0] is not configuration:
            self._last = configuration, self._attributes_of(configuration)
        return self._last[1]


class Connection:
    """A tenant's client, what it says of itself, and the gate of its writes: shared by all its configurations."""

    def __init__(self, tenant_id: str, around: Surroundings) -> None:
        credential = tenant_credential(tenant_id, around.options)
        observer = GraphObserver(around.telemetry, tenant_id)
        self._client = GraphClient(around.options, credential, around.clock, around.random, around.transport, observer)
        self._tenant_id = tenant_id
        self._sandbox = around.options.credential_kind is CredentialKind.SANDBOX
        self._organization = Organization(self._client, tenant_id)
        self._gate = WriteGate(tenant_id, around.budgets, around.clock, around.random)
        self._source_attributes = _LastAttributes(source_attributes)
        self._target_attributes = _LastAttributes(target_attributes)

    def source(self, configuration: Configuration) -> SourceDirectory:
        select = self._source_attributes.of(configuration)
        nested = configuration.scope.reads_nesting
        return GraphSourceDirectory(self._client, self._organization, configuration.source, select, nested=nested)

    def target(self, configuration: Configuration) -> TargetDirectory:
        source_id = configuration.source.tenant_id
        writes = TargetWrites(self._client, self._gate, source_id, configuration.target.invite_redirect_url)
        connected = TargetConnection(client=self._client, organization=self._organization, gate=self._gate)
        return GraphTargetDirectory(connected, writes, source_id, self._target_attributes.of(configuration))

    def inspection(self) -> Inspection:
        return Inspection(self._client, self._tenant_id, sandbox=self._sandbox)

    def mailbox(self) -> Mailbox:
        return GraphMailbox(self._client)

    async def aclose(self) -> None:
        await self._client.aclose()


def open_connection(tenant_id: str, around: Surroundings) -> Connection:
    """Connect to a tenant; nobody is called yet."""
    # httpx logs each URL at level INFO, and the URLs of delta links hold tokens
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return Connection(tenant_id, around)
