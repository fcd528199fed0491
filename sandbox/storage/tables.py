"""What does the Table service answer, as far as the product asks it?

https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api. Whatever else is asked is answered 501, so
that nobody takes this for the service.
"""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from sandbox.storage.database import Database, StorageError, Stored, Write, WriteKind
from sandbox.storage.exchange import Answer, Request

#: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
MOST_ROWS: Final = 1000

_ENTITY = re.compile(r"([A-Za-z][A-Za-z0-9]*)\(PartitionKey='((?:[^']|'')*)',RowKey='((?:[^']|'')*)'\)")
_QUERY = re.compile(r"([A-Za-z][A-Za-z0-9]*)\(\)")
_FILTER = re.compile(
    r"PartitionKey eq '((?:[^']|'')*)'(?: and RowKey ge '((?:[^']|'')*)')?(?: and RowKey lt '((?:[^']|'')*)')?"
)
_VERSION = re.compile(r'W/"(\d+)"')
_NEXT_KEY = "x-ms-continuation-NextRowKey"
_JSON = {"Content-Type": "application/json;odata=minimalmetadata;charset=utf-8"}


def answer_tables(database: Database, request: Request) -> Answer:
    """The answer to a request about rows; raises StorageError."""
    if request.method == "POST" and request.path == "Tables":
        database.create_table(str(msgspec.json.decode(request.body)["TableName"]))
        return Answer(status=204)
    if request.method == "GET":
        return _read(database, request)
    table, write = write_of(request)
    (version,) = database.commit(table, [write])
    return written(version)


def write_of(request: Request) -> tuple[str, Write]:
    """The table and the change that a request asks for, alone or in a transaction."""
    match = _VERSION.fullmatch(request.headers.get("if-match", ""))
    version = int(match.group(1)) if match else 0
    if request.method == "POST" and request.path.isalnum():
        entity = msgspec.json.decode(request.body, type=dict[str, Any])
        partition, key = entity["PartitionKey"], entity["RowKey"]
        return request.path, Write(kind=WriteKind.INSERT, partition=partition, key=key, body=_stored(request.body))
    named = _ENTITY.fullmatch(request.path)
    if named is None or request.method not in {"PUT", "PATCH", "DELETE"}:
        raise StorageError(501, "NotImplemented")
    table, partition, key = named.group(1), _unquoted(named.group(2)), _unquoted(named.group(3))
    if request.method == "DELETE":
        return table, Write(kind=WriteKind.DELETE, partition=partition, key=key, match=version)
    kind = WriteKind.REPLACE if "if-match" in request.headers else WriteKind.UPSERT
    if request.method == "PATCH":
        kind = WriteKind.MERGE
    return table, Write(kind=kind, partition=partition, key=key, body=_stored(request.body), match=version)


def written(version: int) -> Answer:
    """The answer to a change that happened; a row that is gone has no version."""
    return Answer(status=204, headers={"ETag": _etag(version)} if version else {})


def _read(database: Database, request: Request) -> Answer:
    named = _ENTITY.fullmatch(request.path)
    if named is not None:
        row = database.get(named.group(1), _unquoted(named.group(2)), _unquoted(named.group(3)))
        return Answer(status=200, headers=_JSON, body=_shown(row))
    query, wanted = _QUERY.fullmatch(request.path), _FILTER.fullmatch(request.options.get("$filter", ""))
    if query is None or wanted is None:
        raise StorageError(501, "NotImplemented")
    partition, first, before = (None if each is None else _unquoted(each) for each in wanted.groups())
    following = request.options.get("NextRowKey")
    if following is not None:
        first = base64.urlsafe_b64decode(following).decode()
    most = min(int(request.options.get("$top", MOST_ROWS)), MOST_ROWS)
    rows = database.page(query.group(1), partition or "", first or "", before, most + 1)
    select = request.options.get("$select")
    return _page(rows, most, select.split(",") if select else None)


def _page(rows: Sequence[Stored], most: int, select: Sequence[str] | None) -> Answer:
    shown = [_shown(row) if select is None else _selected(row, select) for row in rows[:most]]
    headers = dict(_JSON)
    if len(rows) > most:
        headers["x-ms-continuation-NextPartitionKey"] = _continued(rows[most].partition)
        headers[_NEXT_KEY] = _continued(rows[most].key)
    return Answer(status=200, headers=headers, body=b'{"value":[' + b",".join(shown) + b"]}")


def _shown(row: Stored) -> bytes:
    return b'{"odata.etag":' + msgspec.json.encode(_etag(row.version)) + b"," + row.body + b"}"


def _selected(row: Stored, select: Sequence[str]) -> bytes:
    entity = msgspec.json.decode(b"{" + row.body + b"}", type=dict[str, Any])
    kept = {name: value for name, value in entity.items() if name.partition("@")[0] in select}
    return msgspec.json.encode({"odata.etag": _etag(row.version), **kept})


def _stored(body: bytes) -> bytes:
    return body.strip()[1:-1]


def _etag(version: int) -> str:
    return f'W/"{version}"'


def _continued(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
