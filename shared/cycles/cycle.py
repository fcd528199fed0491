"""Where does one cycle of one configuration stand?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.cycles.doubt import Doubt
from shared.cycles.statement import Statement


class CycleKind(StrEnum):
    """INITIAL evaluates everybody; INCREMENTAL what changed."""

    INITIAL = "initial"
    INCREMENTAL = "incremental"


class CycleState(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class CyclePhase(StrEnum):
    """The phases in their order; SNAPSHOT and ABSENT do something in initial cycles only, TARGET where drift counts."""

    SNAPSHOT = "snapshot"
    ASSIGNMENTS = "assignments"
    GROUPS = "groups"
    USERS = "users"
    ABSENT = "absent"
    TARGET = "target"
    SETTLE = "settle"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where reading goes on: the chain or shard, and the link of the next page (empty: from its start)."""

    position: int = 0
    link: str = ""
    restarted: bool = False
    """The chain was started again from nothing after its token was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The row of one cycle; the sequence number grows with each saved cursor."""

    configuration_id: str
    number: int
    kind: CycleKind
    state: CycleState
    phase: CyclePhase
    cursor: Cursor
    sequence: int
    heartbeat: datetime
    started: datetime
    configuration_version: int
    completed: datetime | None = None
    imported: int = 0
    """People that reading named in this cycle."""
    in_scope: int = 0
    """People in scope that reading named in this cycle."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """People that reading named and that need nothing because they are out of scope, counted by reason."""
    known_users: tuple[str, ...] = ()
    """A few source users that this cycle saw last, or one before it: the positive control of a proof of absence."""
    staged: int = 0
    """Staged removals and disables that were counted when the cycle settled."""
    held: int = 0
    """Removals of them that the guard held: those people are provisioned still."""
    doubt: Doubt = Doubt.NONE
    """Why this cycle may not have read everything."""
    links_at: int = 0
    """The number of the snapshot of the links that counts; 0 while there is none."""
    scope_at: int = 0
    """The number of the snapshot of the entitled people that counts; 0 while there is none."""
    drifted: int = 0
    """Objects of ours that looking at the target showed to be otherwise than they were left."""
    target_error: str = ""
    """Why the target could not be looked at to the end; what was not seen is looked at by the next cycle."""
    policies: Mapping[str, bool] = field(default_factory=dict)
    """What the two partner policies allowed when this cycle ended, or were last seen to allow before."""
    policy_changes: tuple[str, ...] = ()
    """What of it is otherwise than the cycle before has seen it."""
    closing: Statement | None = None
    """How everybody stood when it completed."""
    idle_at: int = -1
    """How often rows had been written that a tick must find, when it settled with nothing open; -1: it has not."""
    error_code: str = ""
    error_message: str = ""
    etag: str = ""
