"""Where does it stand who did what? One partition for each configuration, an act and its outcome beside each other.

Both are inserted once; nothing here changes or deletes a row.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import aclosing, suppress

from shared.adapters.tables.key_order import inverted_time
from shared.adapters.tables.log_streams import Found, Reads, Span, Spent, Stream, Way, in_partition, merged
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION, RowFormat
from shared.adapters.tables.rows import Insert, Row, RowConflict, Rows, Upsert, escape_key, unescape_key
from shared.adapters.tables.skip_tokens import Position, read_token, write_token
from shared.cycles.audit import Audited, AuditOutcome, AuditRecord
from shared.orchestration.ports import AuditPage, AuditQuery

MOST_REQUESTS = 100
"""A page that has cost so many requests ends where it is."""

# No escaped id begins with ":".
EVERYBODY = ":everybody"
CONFIGURATIONS = ":configurations"

RECORD = RowFormat(AuditRecord, keyed=["configuration_id"], long=["reason", "display_name"])
OUTCOME = RowFormat(AuditOutcome, long=["reason"])
_RECORDS = "record:"
_OUTCOMES = "outcome:"
_EVERY = AuditQuery()


class TableAuditLog:
    """AuditLog on the table `audits`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._named: set[str] = set()

    async def add(self, record: AuditRecord) -> bool:
        await self._name(record.configuration_id)
        row = Insert(key=f"{_RECORDS}{_key(record)}", values=RECORD.columns(record))
        try:
            await self._rows.commit(_partition(escape_key(record.configuration_id)), [row])
        except RowConflict:
            return False
        return True

    async def end(self, record: AuditRecord, outcome: AuditOutcome) -> None:
        row = Insert(key=f"{_OUTCOMES}{_key(record)}", values=OUTCOME.columns(outcome))
        with suppress(RowConflict):
            await self._rows.commit(_partition(escape_key(record.configuration_id)), [row])

    async def claim(self, configuration_id: str, event: str) -> bool:
        key = f"event:{hashlib.sha256(event.encode()).hexdigest()}"
        row = Insert(key=key, values={VERSION: FORMAT_VERSION, "event": event})
        try:
            await self._rows.commit(_partition(escape_key(configuration_id)), [row])
        except RowConflict:
            return False
        return True

    async def configuration_ids(self) -> Sequence[str]:
        return [unescape_key(row.key) async for row in self._rows.scan(CONFIGURATIONS, select=[VERSION])]

    async def page(
        self, configuration_ids: Sequence[str], top: int, skip: str, query: AuditQuery = _EVERY
    ) -> AuditPage:
        span = _span(query, read_token(skip) if skip else None)
        reads = Reads(self._rows, spent := Spent())
        names = sorted({escape_key(each) for each in configuration_ids})
        streams = [in_partition(Way(reads=reads, name=name, prefix=_RECORDS), _partition(name), span) for name in names]
        found: list[tuple[Position, Audited]] = []
        reached: Position | None = None
        async with aclosing(merged(streams, span)) as candidates:
            while len(found) <= top and (reached is None or spent.requests < MOST_REQUESTS):
                chunk = await _take(candidates, top + 1 - len(found))
                if not chunk:
                    return AuditPage(acts=tuple(act for _, act in found), next="")
                reached = chunk[-1].position
                acts = [(each.position, act) for each, act in await self._acts(chunk) if query.matches(act)]
                found += acts
        if len(found) > top:
            reached = found[top - 1][0]
        return AuditPage(acts=tuple(act for _, act in found[:top]), next=write_token(reached) if reached else "")

    async def _acts(self, chunk: Sequence[Found]) -> list[tuple[Found, Audited]]:
        rows = [(each, each.row) for each in chunk if each.row is not None]
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for _, row in rows:
            keys[row.partition].append(_outcome_key(row))
        outcomes = {name: await self._rows.get_many(name, wanted) for name, wanted in keys.items()}
        return [(each, _audited(row, outcomes[row.partition].get(_outcome_key(row)))) for each, row in rows]

    async def _name(self, configuration_id: str) -> None:
        if not configuration_id or configuration_id in self._named:
            return
        row = Upsert(key=escape_key(configuration_id), values={VERSION: FORMAT_VERSION})
        await self._rows.commit(CONFIGURATIONS, [row])
        self._named.add(configuration_id)


async def _take(candidates: Stream, count: int) -> list[Found]:
    taken: list[Found] = []
    while len(taken) < count:
        following = await anext(candidates, None)
        if following is None:
            break
        taken.append(following)
    return taken


def _span(query: AuditQuery, after: Position | None) -> Span:
    plain = Span()
    since, before = query.since or plain.since, query.before or plain.before
    return Span(
        since=max(since, plain.since), before=min(before, plain.before), oldest_first=query.oldest_first, after=after
    )


def _key(record: AuditRecord) -> str:
    return f"{inverted_time(record.when)}:{escape_key(record.id)}"


def _outcome_key(row: Row) -> str:
    return _OUTCOMES + row.key.removeprefix(_RECORDS)


def _partition(name: str) -> str:
    return name or EVERYBODY


def _audited(row: Row, outcome: Row | None) -> Audited:
    name = "" if row.partition == EVERYBODY else unescape_key(row.partition)
    record = RECORD.value(row, configuration_id=name)
    return Audited(record=record, outcome=None if outcome is None else OUTCOME.value(outcome))
