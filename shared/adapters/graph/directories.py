"""Which directories does a configuration read and write?"""

import asyncio
from random import Random
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from shared.adapters.graph.options import GraphOptions
from shared.adapters.memory.telemetry import SilentTelemetry
from shared.configuration.configuration import Configuration
from shared.orchestration.ports import (
    BudgetStore,
    Clock,
    Mailbox,
    PolicySight,
    SourceDirectory,
    TargetDirectory,
    Telemetry,
)
from shared.setup.sights import SourceSight, TargetSight

if TYPE_CHECKING:
    import httpx

    from shared.adapters.graph.connection import Connection


class GraphDirectories:
    """Directories over Microsoft Graph: one connection for each tenant and event loop, kept until `aclose`."""

    def __init__(
        self,
        options: GraphOptions,
        budgets: BudgetStore,
        clock: Clock,
        random: Random,
        transport: "httpx.AsyncBaseTransport | None" = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._options = options
        self._budgets = budgets
        self._clock = clock
        self._random = random
        self._transport = transport
        self._telemetry = telemetry or SilentTelemetry()
        # a client and a lock belong to the loop that they were first used in
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Connection]] = WeakKeyDictionary()

    def source(self, configuration: Configuration) -> SourceDirectory:
        return self._connection(configuration.source.tenant_id).source(configuration)

    def target(self, configuration: Configuration) -> TargetDirectory:
        return self._connection(configuration.target.tenant_id).target(configuration)

    async def inspect_source(self, configuration: Configuration) -> SourceSight:
        connection = self._connection(configuration.source.tenant_id)
        return await connection.inspection().source(configuration.source, configuration.target.tenant_id)

    async def inspect_target(self, configuration: Configuration) -> TargetSight:
        connection = self._connection(configuration.target.tenant_id)
        return await connection.inspection().target(configuration.source.tenant_id)

    async def policies(self, configuration: Configuration) -> tuple[PolicySight, PolicySight]:
        source_id, target_id = configuration.source.tenant_id, configuration.target.tenant_id
        source = await self._connection(source_id).inspection().policy(target_id, synchronization=False)
        target = await self._connection(target_id).inspection().policy(source_id, synchronization=True)
        return source, target

    def mailbox(self, configuration: Configuration) -> Mailbox:
        return self._connection(configuration.target.tenant_id).mailbox()

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        for connection in self._connections.pop(asyncio.get_running_loop(), {}).values():
            await connection.aclose()

    def _connection(self, tenant_id: str) -> "Connection":
        connections = self._connections.setdefault(asyncio.get_running_loop(), {})
        if tenant_id not in connections:
            connections[tenant_id] = self._open(tenant_id)
        return connections[tenant_id]

    def _open(self, tenant_id: str) -> "Connection":
        # here and not above: the worker imports every module to find its functions, and the SDK takes its time
        from shared.adapters.graph.connection import Surroundings, open_connection  # noqa: PLC0415

        around = Surroundings(
            options=self._options,
            budgets=self._budgets,
            clock=self._clock,
            random=self._random,
            telemetry=self._telemetry,
            transport=self._transport,
        )
        return open_connection(tenant_id, around)
