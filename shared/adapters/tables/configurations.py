"""Where do configuration documents and the state of each configuration stand?

Documents: one partition for each configuration, one row for each version, written once. States: one partition for all,
so that one query lists them; a state is read and replaced by compare-and-swap only.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from shared.adapters.tables.changing import change_row
from shared.adapters.tables.key_order import number_part
from shared.adapters.tables.row_format import (
    RowFormat,
    check_version,
    joined_bytes,
    split_bytes,
)
from shared.adapters.tables.rows import Delete, Insert, Replace, Row, RowConflict, Rows, escape_key, unescape_key
from shared.configuration.configuration import Configuration
from shared.cycles.state import ConfigurationState
from shared.cycles.surge import Surge
from shared.orchestration.ports import Conflict, DocumentOrigin, NewerRow

# No escaped id begins with ":", so no configuration can be called like this partition.
STATES = ":states"
SURGE_KEY = "surge"
SURGE = RowFormat(Surge)
ORIGIN = RowFormat(DocumentOrigin)
STATE = RowFormat(ConfigurationState, keyed=["configuration_id"])


class TableConfigurationStore:
    """ConfigurationStore on the table `configurations`; `parse` reads a document that was checked before."""

    def __init__(self, rows: Rows, parse: Callable[[bytes], Configuration]) -> None:
        self._rows = rows
        self._parse = parse
        self._parsed: dict[tuple[str, int], Configuration] = {}

    async def states(self) -> AsyncIterator[ConfigurationState]:
        """All states but those of a newer format: those configurations are the newer version's business."""
        async for row in self._rows.scan(STATES):
            try:
                state = _state(row)
            except NewerRow:
                continue
            yield state

    async def state(self, configuration_id: str) -> ConfigurationState | None:
        row = await self._rows.get(STATES, escape_key(configuration_id))
        return None if row is None else _state(row)

    async def create(self, state: ConfigurationState) -> ConfigurationState:
        """Insert; an insert of our own whose answer was lost raises Conflict too."""
        return await self._write(Insert(key=escape_key(state.configuration_id), values=STATE.columns(state)), state)

    async def save(self, state: ConfigurationState) -> ConfigurationState:
        """Replace; a write of our own whose answer was lost raises Conflict too: two must never both have won."""
        key = escape_key(state.configuration_id)
        return await self._write(Replace(key=key, values=STATE.columns(state), etag=state.etag), state)

    async def delete(self, state: ConfigurationState) -> None:
        try:
            await self._rows.commit(STATES, [Delete(key=escape_key(state.configuration_id), etag=state.etag)])
        except RowConflict as conflict:
            raise Conflict(str(conflict)) from conflict

    async def add_document(
        self, configuration_id: str, version: int, document: bytes, origin: DocumentOrigin | None = None
    ) -> None:
        partition, key = _document_keys(configuration_id, version)
        values = {**ORIGIN.columns(origin or DocumentOrigin(replaces=version - 1)), **split_bytes("document", document)}
        try:
            await self._rows.commit(partition, [Insert(key=key, values=values)])
        except RowConflict as conflict:
            if await self.document(configuration_id, version) != document:
                raise Conflict(f"Version {version} of {configuration_id!r} is another document.") from conflict

    async def document(self, configuration_id: str, version: int) -> bytes | None:
        row = await self._rows.get(*_document_keys(configuration_id, version))
        if row is None:
            return None
        check_version(row)
        return joined_bytes(row, "document")

    async def origin(self, configuration_id: str, version: int) -> DocumentOrigin | None:
        row = await self._rows.get(*_document_keys(configuration_id, version))
        if row is None:
            return None
        known = ORIGIN.value(row)
        return known if "replaces" in row.values else replace(known, replaces=version - 1)

    async def configuration(self, configuration_id: str, version: int) -> Configuration | None:
        known = self._parsed.get((configuration_id, version))
        if known is not None:
            return known
        document = await self.document(configuration_id, version)
        if document is None:
            return None
        return self._parsed.setdefault((configuration_id, version), self._parse(document))

    async def surge(self, configuration_id: str) -> Surge:
        row = await self._rows.get(escape_key(configuration_id), SURGE_KEY)
        return Surge() if row is None else SURGE.value(row)

    async def change_surge(self, configuration_id: str, change: Callable[[Surge], Surge]) -> None:
        await change_row(self._rows, escape_key(configuration_id), SURGE_KEY, SURGE, Surge(), change)

    async def _write(self, operation: Insert | Replace, state: ConfigurationState) -> ConfigurationState:
        try:
            etags = await self._rows.commit(STATES, [operation])
        except RowConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        return replace(state, etag=etags[operation.key])


def _state(row: Row) -> ConfigurationState:
    return STATE.value(row, configuration_id=unescape_key(row.key), etag=row.etag)


def _document_keys(configuration_id: str, version: int) -> tuple[str, str]:
    return escape_key(configuration_id), f"document:{number_part(version)}"
