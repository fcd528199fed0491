"""What does one slice of reading carry along, and how is its progress saved?

A slice is one run of the import function. What it holds in memory is saved in this order: pending rows, snapshots,
cursor. A slice that dies is repeated from the cursor and writes the same rows again.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.configuration.configuration import Configuration, ScopeKind
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase
from shared.cycles.link_snapshot import LinkSnapshot
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.scope_snapshot import ScopeSnapshot, pack, unpack
from shared.cycles.state import ConfigurationState
from shared.cycles.verdicts import with_verdict
from shared.orchestration.cycle_snapshots import (
    LINKS,
    SCOPE_IN_WORK,
    load_snapshot,
    prune_snapshots,
    save_snapshot,
)
from shared.orchestration.dispatch import dispatch
from shared.orchestration.engine import Engine
from shared.orchestration.mappings import CompiledMapping
from shared.orchestration.ports import EntryPart, SourceDirectory, TargetDirectory
from shared.orchestration.stir import announce, stir
from shared.provisioning.entry import Attributes

SCOPE = "scope"


_GUARDED = frozenset({WorkKind.REMOVE, WorkKind.DISABLE, WorkKind.EVALUATE})
"""What the guard of this cycle counts: whoever is to be evaluated may have to go."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """The state of one slice; `cycle` is replaced whenever progress is saved."""

    engine: Engine
    state: ConfigurationState
    configuration: Configuration
    mapping: CompiledMapping
    source: SourceDirectory
    target: TargetDirectory
    cycle: Cycle
    links: LinkSnapshot | None = None
    scope: ScopeSnapshot | None = None
    known_users: tuple[str, ...] = ()
    """A few people whom reading saw last, in this cycle or before."""
    pending_ids: frozenset[str] | None = None
    announced: datetime | None = None
    """Rows are announced, and mostly written, that a tick must find, and nobody has said yet that they are."""
    unsent: set[int] = field(default_factory=set)
    """Shards with rows that are written, and that no worker has been told of yet."""
    reached: Cursor | None = None
    """Behind the last page that is wholly in rows, while that is not saved."""
    named: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Memberships that this round of a groups chain named, and whether as removed."""
    skipped: Counter[str] = field(default_factory=Counter)
    imported: int = 0
    in_scope: int = 0
    rest: timedelta = timedelta(0)
    """How long nothing is to be done: others have to finish first."""

    @property
    def initial(self) -> bool:
        return self.cycle.kind is CycleKind.INITIAL

    @property
    def assigned_only(self) -> bool:
        return self.configuration.scope.kind is ScopeKind.ASSIGNED

    @property
    def after_reading(self) -> CyclePhase:
        """Return the phase that follows on the source."""
        return CyclePhase.SETTLE if self.configuration.drift is None else CyclePhase.TARGET

    @property
    def nested(self) -> bool:
        """Are members of groups within assigned groups entitled too?"""
        return self.configuration.scope.reads_nesting

    @property
    def reads_groups(self) -> bool:
        """Is there anything to read before the users: assignments, or groups that the scoping filter names?"""
        return self.assigned_only or bool(self.mapping.scope_filter.group_ids)

    @property
    def is_idle(self) -> bool:
        """Was nothing open when this slice began, and has it written nothing since?"""
        return self.state.attention.idle and not self.stirs

    @property
    def stirs(self) -> bool:
        """Has this slice written rows, or is about to, without having said that it has?"""
        return self.announced is not None

    def pass_over(self, phase: CyclePhase) -> None:
        """Go on to a phase. Nothing was done that would have to be saved: after a crash it is done once more."""
        self.cycle = replace(self.cycle, phase=phase, cursor=Cursor())

    async def link_snapshot(self) -> LinkSnapshot:
        """Return the links as they were when this initial cycle began, with what has been seen since."""
        if self.links is None:
            self.links = LinkSnapshot(await load_snapshot(self.engine, self.cycle, LINKS, self.cycle.links_at))
        return self.links

    async def pending(self) -> frozenset[str]:
        """Return who has open work, read once for the slice; only the reader adds to it."""
        if self.pending_ids is None:
            entries, shards = self.engine.entries, range(self.state.shards)
            ids = [id_ for shard in shards async for id_ in entries.pending_ids(self.cycle.configuration_id, shard)]
            self.pending_ids = frozenset(ids)
        return self.pending_ids

    async def scope_in_work(self) -> ScopeSnapshot:
        """Return who is entitled and who is a member, as far as this cycle has read them."""
        if self.scope is None:
            stored = await load_snapshot(self.engine, self.cycle, SCOPE_IN_WORK, self.cycle.scope_at)
            self.scope = unpack(stored)
        return self.scope

    async def stage(
        self,
        work: Mapping[str, tuple[WorkKind, Attributes | None]],
        *,
        new: bool = True,
        linked: Collection[str] | None = None,
    ) -> None:
        """Write pending rows; people whose removal is staged get no hint before the cycle settles.

        What the guard holds stays counted, as of its first staging, until somebody has seen that nothing is to go.
        Where nothing is `new`, who is in escrow for the same stays there, and is tried less and less often. Who is not
        `linked` and is to be created had nothing that could be counted: their rows need not be read.
        """
        creates = [source_id for source_id, (kind, _) in work.items() if kind is WorkKind.CREATE]
        unlinked = frozenset() if linked is None else frozenset(creates).difference(linked)
        now, before = self.engine.clock.now(), await self._held(work.keys() - unlinked)
        rows = [
            Pending(
                source_id=source_id,
                kind=kind,
                state=PendingState.STAGED if kind is WorkKind.REMOVE else PendingState.WAITING,
                due=now,
                cycle=self.cycle.number,
                configuration_version=self.cycle.configuration_version,
                source=attributes,
                staged_cycle=self.cycle.number if kind in _GUARDED else 0,
            )
            for source_id, (kind, attributes) in work.items()
        ]
        rows = [_kept(row, before.get(row.source_id)) for row in rows if new or not _is_known(row, before)]
        if rows:
            await self.announce()
        await self.engine.entries.stage(self.state, rows)
        if self.pending_ids is not None:
            self.pending_ids |= frozenset(work)
        if self.links is not None:
            self.links.mark_busy(work)
        waiting = [row.source_id for row in rows if row.state is PendingState.WAITING]
        self.unsent |= {self.engine.entries.shard(source_id, self.state.shards) for source_id in waiting}

    async def _held(self, asked: Collection[str]) -> Mapping[str, Pending]:
        """Return the rows that are open already: who is counted stays so, and what is decided is not forgotten."""
        if self.pending_ids is None and not self.initial and self.is_idle:
            self.pending_ids = frozenset()  # nothing was open when this slice began
        open_ = (await self.pending()).intersection(asked) if asked else frozenset[str]()
        rows = await self.engine.entries.read(self.state, sorted(open_), parts=frozenset({EntryPart.PENDING}))
        return {source_id: row.pending for source_id, row in rows.items() if row.pending is not None}

    async def checkpoint(self, *, phase: CyclePhase | None = None, cursor: Cursor | None = None) -> None:
        """Save the progress of this slice. Raises Conflict if another slice is ahead; then this one must stop."""
        await self.tell()
        await dispatch(self.engine, self.state, sorted(self.unsent))
        self.unsent.clear()
        before = self.cycle
        await self._save_snapshots()
        totals = Counter(self.cycle.skipped)
        totals.update(self.skipped)
        self.cycle = await self.engine.cycles.save(
            replace(
                self.cycle,
                phase=phase or self.cycle.phase,
                cursor=cursor or Cursor(),
                sequence=self.cycle.sequence + 1,
                heartbeat=self.engine.clock.now(),
                imported=self.cycle.imported + self.imported,
                in_scope=self.cycle.in_scope + self.in_scope,
                skipped=dict(totals),
                known_users=self.known_users,
            )
        )
        self.skipped.clear()
        self.reached = None
        self.imported = self.in_scope = 0
        await self._prune_snapshots(before)

    async def announce(self) -> None:
        """Say that rows are about to be written. A slice that dies may be repeated by one that does not need them."""
        if not self.stirs:
            self.announced = await announce(self.engine, self.cycle.configuration_id)

    async def tell(self) -> None:
        """Say that rows were written; before anything is saved by which they would not be written again."""
        if not self.stirs:
            return
        standing = await stir(self.engine, self.cycle.configuration_id, until=self.announced)
        if standing is not None:
            self.state = replace(self.state, attention=standing.attention)
        self.announced = None

    async def save_reached(self) -> None:
        """Save what was read before Graph stopped answering, and that the cycle is alive even if that was nothing.

        The sequence grows, so of several messages about this cycle only the newest goes on to live.
        """
        await self.checkpoint(cursor=self.reached or self.cycle.cursor)

    async def _save_snapshots(self) -> None:
        """Save what has changed in memory; it counts once the cycle's row with its number is saved."""
        cycle, links_at, scope_at = self.cycle, self.cycle.links_at, self.cycle.scope_at
        if self.links is not None and (self.links.changed or not links_at):
            links_at = await save_snapshot(self.engine, cycle, LINKS, self.links.packed)
            self.links.changed = False
        if self.scope is not None and cycle.phase in {CyclePhase.ASSIGNMENTS, CyclePhase.GROUPS}:
            scope_at = await save_snapshot(self.engine, cycle, SCOPE_IN_WORK, pack(self.scope))
        self.cycle = replace(cycle, links_at=links_at, scope_at=scope_at)

    async def _prune_snapshots(self, before: Cycle) -> None:
        if self.cycle.links_at != before.links_at:
            await prune_snapshots(self.engine, self.cycle, LINKS, self.cycle.links_at)
        if self.cycle.scope_at != before.scope_at:
            await prune_snapshots(self.engine, self.cycle, SCOPE_IN_WORK, self.cycle.scope_at)


def _is_known(row: Pending, before: Mapping[str, Pending]) -> bool:
    """Is the person in escrow for just this already?"""
    standing = before.get(row.source_id) if row.kind in _GUARDED else None
    return standing is not None and standing.state is PendingState.ESCROWED and standing.kind is row.kind


def _kept(row: Pending, before: Pending | None) -> Pending:
    """Return the row with the stamp and the verdict of the one that it replaces.

    A verdict is about one kind only. Where it ends the stamp ends too: no guard has counted who was decided about.
    Values of a page, in scope and enabled, end the stamp.
    """
    if before is None:
        return row
    row = with_verdict(row, before)
    row = replace(row, released_by=before.released_by)
    if not before.staged_cycle or row.kind not in _GUARDED:
        return row
    other = WorkKind.DISABLE in {row.kind, before.kind} and row.kind is not before.kind
    return row if other and before.verdict else replace(row, staged_cycle=before.staged_cycle)


SLICE = timedelta(minutes=4)
"""How long one slice reads before it hands over to the next message."""

PAGES = 10
"""Pages between two checkpoints; a crash repeats at most so many."""
