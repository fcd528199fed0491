"""How many entries ended how in one cycle?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one closed entry adds to the counters of a cycle."""

    cycle: int
    action: ProvisioningAction
    status: ProvisioningStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Entries by action and status."""

    values: Mapping[tuple[ProvisioningAction, ProvisioningStatus], int] = field(default_factory=dict)

    def of(self, action: ProvisioningAction, status: ProvisioningStatus) -> int:
        return self.values.get((action, status), 0)
