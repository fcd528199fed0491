"""How does an entity group transaction travel, and what is answered to it?

https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
"""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import msgspec

from sandbox.storage.database import Database, StorageError
from sandbox.storage.exchange import Answer, Request
from sandbox.storage.tables import write_of, written

_BOUNDARY = "changesetresponse"
_PART = f"--{_BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"


def answer_transaction(database: Database, request: Request) -> Answer:
    """Do all changes of a batch or none; the one that is refused is named by its number."""
    asked = [write_of(part) for part in _parts(request.body)]
    if not asked:
        raise StorageError(400, "InvalidInput")
    try:
        versions = database.commit(asked[0][0], [write for _, write in asked])
    except StorageError as error:
        return _answer([_refused(error)])
    return _answer([_told(written(version)) for version in versions])


def _parts(body: bytes) -> Iterator[Request]:
    """The requests of the one changeset that a batch of the product has."""
    inner = body.split(b"boundary=", 1)[-1].split(b"\r\n", 1)[0]
    for part in body.split(b"--" + inner)[1:-1]:
        _, head, *content = part.split(b"\r\n\r\n", 2)
        line, *lines = head.decode().split("\r\n")
        method, url, _ = line.split(" ", 2)
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
        path = unquote(urlsplit(url).path).rpartition("/tables/")[2]
        yield Request(method=method, path=path, headers=headers, body=content[0].strip() if content else b"")


def _answer(parts: list[str]) -> Answer:
    text = "".join(f"{_PART}{part}\r\n" for part in parts)
    inner = f"--batchresponse\r\nContent-Type: multipart/mixed; boundary={_BOUNDARY}\r\n\r\n{text}--{_BOUNDARY}--\r\n"
    headers = {"Content-Type": "multipart/mixed; boundary=batchresponse"}
    return Answer(status=202, headers=headers, body=f"{inner}--batchresponse--\r\n".encode())


def _told(answer: Answer) -> str:
    lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in answer.headers.items())]
    return "\r\n".join([*lines, "", ""])


def _refused(error: StorageError) -> str:
    message = {"lang": "en-US", "value": f"{error.index or 0}:{error.code}"}
    body = msgspec.json.encode({"odata.error": {"code": error.code, "message": message}}).decode()
    return f"HTTP/1.1 {error.status} Refused\r\nContent-Type: application/json\r\n\r\n{body}"
