"""Which groups decide who is in scope, how large are they, and which of them contain themselves?"""

from dataclasses import dataclass

from shared.cycles.nesting import Nesting, nesting_of
from shared.cycles.scope_snapshot import ScopeSnapshot, unpack
from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job
from shared.orchestration.reading import SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """The groups as the last completed cycle read them; `cycle` 0: none has read any."""

    cycle: int
    nesting: Nesting


async def report_groups(engine: Engine, job: Job) -> GroupReport:
    """Return the report; reading it asks nothing of Graph."""
    number = job.state.last_completed
    stored = await engine.snapshots.load(job.configuration.id, SCOPE, number) if number else None
    if stored is None:
        return GroupReport(cycle=0, nesting=nesting_of(ScopeSnapshot()))
    return GroupReport(cycle=number, nesting=nesting_of(unpack(stored)))
