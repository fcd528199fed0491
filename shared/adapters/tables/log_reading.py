"""Which records does a query ask for? By the shortest way there is to them, a page at a time, at a bounded cost."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from shared.adapters.tables.entry_keys import partition_key, shard_of
from shared.adapters.tables.entry_rows import record_of
from shared.adapters.tables.log_keys import (
    ALONE,
    POINTED,
    cycle_bucket,
    id_group,
    outcome_bucket,
    source_group,
    target_group,
)
from shared.adapters.tables.log_streams import Found, Reads, Span, Spent, Stream, Way, by_day, in_partition, merged
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.rows import Row, Rows, escape_key
from shared.adapters.tables.skip_tokens import Position, write_token
from shared.orchestration.ports import LogPage, LogQuery
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus

MOST_REQUESTS = 100
"""A page that has cost so many requests, and two for each record that was asked for, ends where it is."""

_Admitted = tuple[Position, ProvisioningLogRecord]


@dataclass(frozen=True, slots=True)
class LogReading:
    """One page of one query."""

    rows: Rows
    entries: Rows
    query: LogQuery
    after: Position | None
    spent: Spent = field(default_factory=Spent)

    async def page(self, configuration_ids: Sequence[str], top: int) -> LogPage:
        streams = [stream for each in configuration_ids for stream in self._ways(each)]
        async with aclosing(merged(streams, self._span)) as candidates:
            return await self._page(candidates, top)

    async def _page(self, candidates: Stream, top: int) -> LogPage:
        found: list[_Admitted] = []
        reached: Position | None = None
        most, ended = MOST_REQUESTS + 2 * top, False
        while not ended and len(found) <= top and (reached is None or self.spent.requests < most):
            chunk, ended = await self._take(candidates, top + 1 - len(found), most)
            found += await self._admitted(chunk)
            reached = chunk[-1].position if chunk else reached
        if len(found) > top:
            found, reached, ended = found[:top], found[top - 1][0], False
        records = tuple(record for _, record in found)
        return LogPage(records=records, next="" if ended or reached is None else write_token(reached))

    async def _take(self, candidates: Stream, count: int, most: int) -> tuple[list[Found], bool]:
        """The next candidates, at least one unless there is none; and whether that was all."""
        taken: list[Found] = []
        while count > 0 and (not taken or self.spent.requests < most):
            following = await anext(candidates, None)
            if following is None:
                return taken, True
            taken.append(following)
            count -= following.row is not None and self._may_be_admitted(following.row)
        return taken, False

    async def _admitted(self, chunk: Sequence[Found]) -> list[_Admitted]:
        rows = [(found.position, found.row) for found in chunk if found.row is not None]
        likely = [(position, row) for position, row in rows if self._may_be_admitted(row)]
        there = await self._pointed_to([(position, row) for position, row in likely if not _is_record(row)])
        whole = [
            (position, row if _is_record(row) else there.get((row.partition, position))) for position, row in likely
        ]
        records = [(position, record_of(row)) for position, row in whole if row is not None]
        return [(position, record) for position, record in records if self.query.admits(record)]

    async def _pointed_to(self, pointers: Sequence[tuple[Position, Row]]) -> dict[tuple[str, Position], Row]:
        """The records; one that is missing has been purged, and what points to it goes next."""
        positions: defaultdict[str, dict[str, Position]] = defaultdict(dict)
        for position, row in pointers:
            positions[row.partition][f"{position.time}:{position.id}"] = position
        reads = Reads(self.rows, self.spent)
        answers = await in_parallel(reads.get_many(partition, list(keys)) for partition, keys in positions.items())
        read = [row for answer in answers for row in answer.values()]
        return {(row.partition, positions[row.partition][row.key]): row for row in read}

    def _may_be_admitted(self, row: Row) -> bool:
        """Does what a pointer says leave its record possible? Else it need not be read."""
        if _is_record(row):
            return True
        query, values = self.query, row.values
        if values["action"] not in query.actions or values["status"] not in query.statuses:
            return False
        return query.cycles is None or values["cycle"] in query.cycles.values()

    def _ways(self, configuration_id: str) -> Iterator[Stream]:
        query, name = self.query, escape_key(configuration_id)
        if query.record_id:
            yield self._pointed(name, id_group(query.record_id))
        elif query.source_id:
            yield self._beside_entry(configuration_id)
            yield self._pointed(name, source_group(query.source_id), ALONE)
        elif query.target_id:
            yield self._pointed(name, target_group(query.target_id))
        elif self._is_bucketed:
            yield from (self._pointed(name, bucket, bucket) for bucket in self._buckets(configuration_id))
        else:
            yield by_day(Way(reads=Reads(self.rows, self.spent), name=name), "", self._span)

    @property
    def _is_bucketed(self) -> bool:
        query = self.query
        return query.cycles is not None or query.actions != _ACTIONS or query.statuses != _STATUSES

    def _buckets(self, configuration_id: str) -> list[str]:
        actions, statuses = sorted(self.query.actions), sorted(self.query.statuses)
        if self.query.cycles is None:
            return [outcome_bucket(action, status) for action in actions for status in statuses]
        number = self.query.cycles.get(configuration_id)
        return [] if number is None else [cycle_bucket(number, status) for status in statuses]

    def _pointed(self, name: str, group: str, bucket: str = "") -> Stream:
        way = Way(reads=Reads(self.rows, self.spent), name=name, prefix=f"{group}:", select=POINTED)
        return by_day(way, bucket, self._span)

    def _beside_entry(self, configuration_id: str) -> Stream:
        source_id = self.query.source_id
        prefix = f"log:{escape_key(source_id)}:"
        way = Way(reads=Reads(self.entries, self.spent), name=escape_key(configuration_id), prefix=prefix)
        shard = shard_of(source_id, self.query.shards[configuration_id])
        return in_partition(way, partition_key(configuration_id, shard), self._span)

    @property
    def _span(self) -> Span:
        query, plain = self.query, Span()
        since, before = query.since or plain.since, query.before or plain.before
        return Span(
            since=max(since, plain.since),
            before=min(before, plain.before),
            oldest_first=query.oldest_first,
            after=self.after,
        )


_ACTIONS = frozenset(ProvisioningAction)
_STATUSES = frozenset(ProvisioningStatus)


def _is_record(row: Row) -> bool:
    return "record" in row.values
