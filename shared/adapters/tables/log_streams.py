"""In which order are the rows of one way into the log read, and how are several ways put together?

A stream yields what it finds in the order of the log, and a marker wherever it has looked and found nothing: whoever
reads may stop there and go on later. Rows sort newest first; to read them the other way round, spans of time are read
one by one, wider where little was found.
"""

import heapq
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from shared.adapters.tables.key_order import inverted_day, inverted_day_of, inverted_time, inverted_time_of
from shared.adapters.tables.log_keys import DAY, day_begins, day_of, days_of, partition_of
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Row, Rows
from shared.adapters.tables.skip_tokens import Position

WHOLE = 100
"""Records read at once."""

POINTERS = 250
"""Rows read at once that only point to records."""

_NAMES = 100
_FIRST_SPAN = timedelta(minutes=1)
_SHORTEST_SPAN = timedelta(microseconds=1)
_FASTER = 8
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A row and its place in the log; a marker has no row."""

    position: Position
    row: Row | None = None


Stream = AsyncGenerator[Found, None]


class Reads:
    """A table of which is counted how often it was asked."""

    def __init__(self, rows: Rows, spent: "Spent") -> None:
        self._rows = rows
        self._spent = spent

    async def page(
        self, partition: str, first: str, before: str, limit: int, select: Sequence[str] | None = None
    ) -> list[Row]:
        self._spent.requests += 1
        return await self._rows.page(partition, first=first, before=before, limit=limit, select=select)

    async def get_many(self, partition: str, keys: Sequence[str]) -> dict[str, Row]:
        self._spent.requests += len(keys)
        return dict(await self._rows.get_many(partition, keys))


@dataclass(slots=True)
class Spent:
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What of the log is read: times with since <= time < before, behind a position, in one of the two orders."""

    since: datetime = _BEGINNING
    before: datetime = _END
    oldest_first: bool = False
    after: Position | None = None

    def place(self, position: Position) -> tuple[str, str, str]:
        """What sorts as the log does."""
        time = position.time
        return (_complement(time) if self.oldest_first else time), position.configuration, position.id

    def narrowed(self) -> "Span":
        """The same without the times that lie before the position."""
        if self.after is None:
            return self
        time = inverted_time_of(self.after.time)
        if self.oldest_first:
            return replace(self, since=max(self.since, time))
        return replace(self, before=min(self.before, time + _SHORTEST_SPAN))

    def is_behind(self, position: Position) -> bool:
        return self.after is None or self.place(position) > self.place(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Rows of one configuration whose keys are a prefix, the time, and what tells records of one time apart."""

    reads: Reads
    name: str
    prefix: str = ""
    select: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """How many rows are read at once."""
        return WHOLE if self.select is None else POINTERS


async def by_day(way: Way, bucket: str, span: Span) -> Stream:
    """What the way leads to on each day that has the bucket ("": any day with records)."""
    within = span.narrowed()
    if within.since >= within.before:
        return
    async with aclosing(_days(way, bucket, within)) as days:
        async for day in days:
            begin, end = day_begins(day), day_begins(day + DAY)
            part = replace(within, since=max(within.since, begin), before=min(within.before, end))
            async with aclosing(in_partition(way, partition_of(way.name, day), part)) as found:
                async for each in found:
                    yield each
            yield _marker(way, end if span.oldest_first else begin - _SHORTEST_SPAN)


async def in_partition(way: Way, partition: str, span: Span) -> Stream:
    """What the way leads to in one partition."""
    within = span.narrowed()
    reading = _upwards(way, partition, within) if span.oldest_first else _downwards(way, partition, within)
    async with aclosing(reading) as found:
        async for each in found:
            if span.is_behind(each.position):
                yield each


async def merged(streams: Sequence[Stream], span: Span) -> Stream:
    """What all streams yield, in the order of the log; each is read no further than one ahead."""
    try:
        # All start at once: the first comparison needs the first of each.
        heads = await in_parallel(anext(stream, None) for stream in streams)
        waiting = [(span.place(head.position), index, head) for index, head in enumerate(heads) if head is not None]
        heapq.heapify(waiting)
        while waiting:
            _, index, found = waiting[0]
            yield found
            following = await anext(streams[index], None)
            if following is None:
                heapq.heappop(waiting)
            else:
                heapq.heapreplace(waiting, (span.place(following.position), index, following))
    finally:
        await in_parallel(stream.aclose() for stream in streams)


async def _days(way: Way, bucket: str, span: Span) -> AsyncGenerator[date, None]:
    newest = inverted_day(day_of(span.before - _SHORTEST_SPAN))
    prefix = f"{bucket}:" if bucket else ""
    first, before = f"{prefix}{newest}", f"{prefix}{inverted_day(day_of(span.since))};"
    names = _names(way, first, before)
    if not span.oldest_first:
        async for name in names:
            yield inverted_day_of(name.removeprefix(prefix))
        return
    for name in reversed([name async for name in names]):
        yield inverted_day_of(name.removeprefix(prefix))


async def _names(way: Way, first: str, before: str) -> AsyncIterator[str]:
    while rows := await way.reads.page(days_of(way.name), first, before, _NAMES, [VERSION]):
        for row in rows:
            yield row.key
        if len(rows) < _NAMES:
            return
        first = rows[-1].key + " "  # no key sorts between


async def _downwards(way: Way, partition: str, span: Span) -> Stream:
    first, before = _keys(way, span)
    if span.after is not None:
        first = max(first, _first_behind(way, span.after))
    while first < before and (rows := await way.reads.page(partition, first, before, way.size, way.select)):
        for row in rows:
            yield _found(way, row)
        if len(rows) < way.size:
            return
        first = rows[-1].key + " "


@dataclass(slots=True)
class _Pace:
    """How much time is read at once: much where little is found."""

    span: timedelta = field(default=_FIRST_SPAN)

    def found(self, count: int) -> None:
        if count < WHOLE // _FASTER:
            self.span *= _FASTER

    def too_many(self, width: timedelta) -> None:
        self.span = max(width / _FASTER, _SHORTEST_SPAN)


async def _upwards(way: Way, partition: str, span: Span) -> Stream:
    pace, time = _Pace(), span.since
    while time < span.before:
        upto = time + min(pace.span, span.before - time)
        first, before = _keys(way, replace(span, since=time, before=upto))
        rows = await way.reads.page(partition, first, before, way.size + 1, way.select)
        if len(rows) > way.size and upto - time > _SHORTEST_SPAN:
            pace.too_many(upto - time)
            continue
        if len(rows) > way.size:  # so many records of one moment
            rows = [row async for row in _rest(way, partition, first, before)]
        for found in sorted((_found(way, row) for row in rows), key=lambda each: span.place(each.position)):
            yield found
        yield _marker(way, upto)
        pace.found(len(rows))
        time = upto


async def _rest(way: Way, partition: str, first: str, before: str) -> AsyncIterator[Row]:
    while rows := await way.reads.page(partition, first, before, way.size, way.select):
        for row in rows:
            yield row
        first = rows[-1].key + " "


def _keys(way: Way, span: Span) -> tuple[str, str]:
    """First key and key behind the last of the times of the span."""
    newest = inverted_time(span.before - _SHORTEST_SPAN)
    oldest = inverted_time(span.since)
    return way.prefix + newest, f"{way.prefix}{oldest};"


def _first_behind(way: Way, after: Position) -> str:
    """The first key of this way that can come behind the position: records of one time are ordered by configuration."""
    if way.name == after.configuration:
        return f"{way.prefix}{after.time}:{after.id} "
    return f"{way.prefix}{after.time};" if way.name < after.configuration else f"{way.prefix}{after.time}"


def _found(way: Way, row: Row) -> Found:
    time, _, record_id = row.key.removeprefix(way.prefix).partition(":")
    # a row beside an entry has no id in its key; it comes after a marker of the same time
    return Found(position=Position(time=time, configuration=way.name, id=record_id or "-"), row=row)


def _marker(way: Way, time: datetime) -> Found:
    return Found(position=Position(time=inverted_time(time), configuration=way.name, id=""))


def _complement(digits: str) -> str:
    return f"{10 ** len(digits) - 1 - int(digits):0{len(digits)}}"
