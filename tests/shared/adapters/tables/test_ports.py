"""Are the stores what the ports ask for? The type checker answers; running it only shows that they can be built."""

from collections.abc import Callable

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.audits import TableAuditLog
from shared.adapters.tables.budgets import TableBudgetStore
from shared.adapters.tables.claims import TableClaimStore
from shared.adapters.tables.configurations import TableConfigurationStore
from shared.adapters.tables.cycles import TableCycleStore
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.rows import Rows
from shared.adapters.tables.snapshots import TableSnapshotStore
from shared.adapters.tables.watermarks import TableWatermarkStore
from shared.configuration.document import parse
from shared.orchestration import ports


def test_every_port_of_state_has_its_store(memory: Callable[[], Rows], clock: ManualClock) -> None:
    configurations: ports.ConfigurationStore = TableConfigurationStore(memory(), parse)
    cycles: ports.CycleStore = TableCycleStore(memory())
    entries: ports.EntryStore = TableEntryStore(memory(), clock, "slot")
    claims: ports.ClaimStore = TableClaimStore(memory())
    budgets: ports.BudgetStore = TableBudgetStore(memory())
    snapshots: ports.SnapshotStore = TableSnapshotStore(memory())
    watermarks: ports.WatermarkStore = TableWatermarkStore(memory())
    index: ports.ProvisioningLogIndex = TableProvisioningLogIndex(memory(), memory(), clock)
    audits: ports.AuditLog = TableAuditLog(memory())

    stores = (configurations, cycles, entries, claims, budgets, snapshots, watermarks, index, audits)
    assert len({type(store) for store in stores}) == 9
