"""What does a use case have at hand? All ports in one value, built once by `shared.wiring`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.configuration.configuration import Cloud
from shared.orchestration.entitled import Entitlements
from shared.orchestration.mappings import Mappings
from shared.orchestration.ports import (
    AuditLog,
    BudgetStore,
    ClaimStore,
    Clock,
    ConfigurationStore,
    CycleStore,
    Directories,
    EntryStore,
    MessageQueue,
    ProvisioningLogIndex,
    SnapshotStore,
    Telemetry,
    WatermarkStore,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The ports, and a source of names for leases."""

    clock: Clock
    configurations: ConfigurationStore
    cycles: CycleStore
    entries: EntryStore
    claims: ClaimStore
    budgets: BudgetStore
    snapshots: SnapshotStore
    watermarks: WatermarkStore
    log_index: ProvisioningLogIndex
    audits: AuditLog
    directories: Directories
    import_queue: MessageQueue
    provisioning_queue: MessageQueue
    telemetry: Telemetry
    new_owner: Callable[[], str]
    """Returns a name that no other pass has; a lease is held under it."""
    cloud: Cloud = Cloud.GLOBAL
    """The one cloud that this app gets tokens for, and whose Graph it calls."""
    random: Callable[[int], int]
    """Returns a random whole number from 0 up to, not including, its argument; for the mapping's expressions."""
    new_guid: Callable[[], str]
    """Returns a new GUID, for the mapping's expressions."""
    mappings: Mappings = field(default_factory=Mappings)
    """The mappings that this process has compiled."""
    entitlements: Entitlements = field(default_factory=Entitlements)
    """What chunks of this process share of the assignments."""
