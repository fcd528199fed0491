"""What do tests of single use cases run on? The engine's stores in memory, and time that a test sets."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from shared.adapters.memory.queue import MemoryQueues
from shared.adapters.memory.rows import MemoryTables
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Mailbox, PolicySight, SourceDirectory, TargetDirectory
from shared.setup.sights import SourceSight, TargetSight
from shared.wiring import assemble
from tests.engine.local_engine import JumpingClock
from tests.shared.configuration.documents import document


class NoDirectories:
    """For use cases that must not ask either tenant for anything."""

    def source(self, configuration: Configuration) -> SourceDirectory:
        raise AssertionError(f"the source of {configuration.id} was asked for")

    def target(self, configuration: Configuration) -> TargetDirectory:
        raise AssertionError(f"the target of {configuration.id} was asked for")

    async def inspect_source(self, configuration: Configuration) -> SourceSight:
        """Nothing can be seen."""
        return SourceSight()

    async def inspect_target(self, configuration: Configuration) -> TargetSight:
        return TargetSight()

    async def policies(self, configuration: Configuration) -> tuple[PolicySight, PolicySight]:
        return PolicySight(), PolicySight()

    def mailbox(self, configuration: Configuration) -> Mailbox:
        raise AssertionError(f"the mailboxes of {configuration.id} were asked for")


def memory_engine() -> Engine:
    """Return an engine without tenants."""
    clock, ids = JumpingClock(), count(1)
    queues = MemoryQueues(clock)
    return assemble(
        rows=MemoryTables().rows,
        clock=clock,
        directories=NoDirectories(),
        import_queue=queues.queue("import"),
        provisioning_queue=queues.queue("provisioning"),
        new_id=lambda: f"owner-{next(ids)}",
    )


def configuration(changes: Mapping[str, Any] | None = None) -> Configuration:
    """Return the smallest configuration with values put at JSON pointers."""
    return parse(document(dict(changes or {})))
