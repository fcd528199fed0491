"""What does one pass over a chunk of entries carry along, step by step?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from shared.configuration.configuration import Configuration
from shared.cycles.pending import Pending, PendingState, Verdict, WorkKind
from shared.cycles.state import ConfigurationState, holds_removals
from shared.cycles.work import Intent, IntentAction, Work
from shared.orchestration.engine import Engine
from shared.orchestration.ports import SourceDirectory, TargetDirectory, TenantStanding
from shared.provisioning.change import Change
from shared.provisioning.change_planning import Rules, Sight
from shared.provisioning.entry import SourceEntry
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import (
    ErrorInformation,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    ProvisioningStep,
)
from shared.provisioning.scoping import ScopingDecision

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What all passes of a chunk share."""

    engine: Engine
    state: ConfigurationState
    configuration: Configuration
    source: SourceDirectory
    target: TargetDirectory
    rules: Rules
    owner: str
    started: datetime
    standing: TenantStanding = field(default_factory=TenantStanding)
    """What kept the target from being written to when the chunk began."""
    initiated_by: str = ""
    """The person who asked for it on demand; empty for a cycle's work."""

    @property
    def on_demand(self) -> bool:
        return bool(self.initiated_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a pass ends; `status` None means that nothing is logged or counted, because the entry only waits."""

    action: ProvisioningAction = ProvisioningAction.OTHER
    status: ProvisioningStatus | None = None
    link: Link | None = None
    next: Pending | None = None
    error: ErrorInformation | None = None
    modified: tuple[ModifiedProperty, ...] = ()
    keep_intent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPass:
    """One entry on its way; each step returns it with more known, or ended."""

    source_id: str
    pending: Pending
    work: Work
    link: Link | None
    started: datetime
    """The log record's id derives from it: a pass that repeats one whose worker died has that one's time."""
    unclear: bool = False
    """An earlier pass has left an intent: what it was about to write may have happened."""
    source: SourceEntry | None = None
    scoping: ScopingDecision | None = None
    sight: Sight | None = None
    looked_up: datetime | None = None
    change: Change | None = None
    steps: tuple[ProvisioningStep, ...] = ()
    ending: Ending | None = None
    referring: str | None = None
    """What is known of the object's manager while it is open whether that is the one it shall have; else None."""

    @property
    def intent(self) -> Intent | None:
        return self.work.intent

    @property
    def may_have_written(self) -> bool:
        """May values of the object have been written by a pass of which nobody knows the end?"""
        return self.intent is not None and self.intent.action is not IntentAction.REFERENCE

    @property
    def in_scope(self) -> bool:
        """Is it decided that the person is in scope?"""
        return self.scoping is not None and self.scoping.in_scope

    @property
    def person(self) -> SourceEntry:
        """Return the source object; raises ValueError before it was read."""
        return _known(self.source)

    @property
    def decided(self) -> Change:
        """Return the change; raises ValueError before it was planned."""
        return _known(self.change)

    @property
    def seen(self) -> Sight:
        """Return what was seen in the target; raises ValueError before it was looked up."""
        return _known(self.sight)

    @property
    def begun(self) -> Intent:
        """Return the intent; raises ValueError before it was saved."""
        return _known(self.work.intent)

    def end(self, ending: Ending, *steps: ProvisioningStep) -> "EntryPass":
        return replace(self, ending=ending, steps=(*self.steps, *steps))

    def step(self, *steps: ProvisioningStep) -> "EntryPass":
        return replace(self, steps=(*self.steps, *steps))


def _known(value: _Value | None) -> _Value:
    if value is None:
        raise ValueError("the step that finds this out has not been taken")
    return value


def removal_released(job: Job, pending: Pending, kind: WorkKind) -> bool:
    """May this be done, a removal or a disable: has it passed the guard?

    A verdict is about one of the two only. For the other one the guard has not counted whom it was about, whatever
    the stamp of the row says. A person who asks on demand has decided for themselves.
    """
    about_this = (pending.kind is WorkKind.DISABLE) is (kind is WorkKind.DISABLE)
    if about_this and pending.verdict is Verdict.APPROVED:
        return True
    if holds_removals(job.state):
        return False
    if kind is WorkKind.DISABLE and pending.disable_rejected_by and not job.on_demand:
        return False
    counted = pending.state is PendingState.STAGED and 0 < pending.staged_cycle <= job.state.released_cycle
    return job.on_demand or (counted and pending.verdict is Verdict.NONE)


def split(passes: Sequence[EntryPass]) -> tuple[list[EntryPass], list[EntryPass]]:
    """Return those still on their way, and those that have ended."""
    return [each for each in passes if each.ending is None], [each for each in passes if each.ending is not None]
