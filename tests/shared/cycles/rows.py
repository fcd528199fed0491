"""What do the rows look like that the tests of cycles start from?"""

from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from tests.shared.provisioning.people import NOW


def pending(
    *, state: PendingState = PendingState.WAITING, kind: WorkKind = WorkKind.UPDATE, attempts: int = 0
) -> Pending:
    return Pending(
        source_id="s-ada",
        kind=kind,
        state=state,
        due=NOW,
        cycle=3,
        configuration_version=1,
        source=None,
        attempts=attempts,
    )


def configuration_state(*, active: bool = False, ever_started: bool = False) -> ConfigurationState:
    return ConfigurationState(configuration_id="c", version=1, active=active, ever_started=ever_started)
