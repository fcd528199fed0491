"""What does the record of a run say? Its lines as values, and the writes among them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request as the simulated tenants saw it; batch items are lines of their own."""

    time: datetime
    tenant: str | None
    method: str
    path: tuple[str, ...]
    headers: Mapping[str, str]
    body: Any
    status: int | None
    retry_after: timedelta | None

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and self.path != ("$batch",)

    @property
    def is_throttled(self) -> bool:
        return self.status == 429

    @property
    def properties(self) -> frozenset[str]:
        return frozenset(self.body) if isinstance(self.body, dict) else frozenset()


def read_record(path: Path) -> list[Line]:
    return [_line(json.loads(text)) for text in path.read_text(encoding="utf-8").splitlines()]


def early_writes(lines: list[Line], tenant: str) -> Iterator[tuple[Line, Line]]:
    """Each write that was sent before the Retry-After of an earlier 429 on a write had passed, with that 429.

    The items of a batch have their batch's time: what was sent together was not sent in between. A 429 in a batch whose
    answer was lost on the way is not known to anybody.
    """
    lost = {each.time for each in lines if each.path == ("$batch",) and each.status != 200}
    closing: Line | None = None
    for line in sorted((each for each in lines if each.is_write and each.tenant == tenant), key=lambda each: each.time):
        if closing is not None and closing.time < line.time < _end(closing):
            yield line, closing
        if (
            line.is_throttled
            and line.retry_after
            and line.time not in lost
            and (closing is None or _end(line) > _end(closing))
        ):
            closing = line


def written_ids(lines: list[Line], tenant: str) -> frozenset[str]:
    """Users of a tenant whom a write named, whatever came of it."""
    named = (each.path for each in lines if each.is_write and each.tenant == tenant and each.path[0] != "invitations")
    return frozenset(path[1] if path[0] == "users" else path[2] for path in named)


def _end(closing: Line) -> datetime:
    return closing.time + (closing.retry_after or timedelta(0))


def _line(document: Mapping[str, Any]) -> Line:
    retry_after = document.get("retryAfter")
    segments = urlsplit(document["url"]).path.removeprefix("/v1.0/").strip("/").split("/")
    return Line(
        time=datetime.fromisoformat(document["time"]),
        tenant=document["tenant"],
        method=document["method"],
        path=tuple(unquote(segment) for segment in segments),
        headers=document["headers"],
        body=document["body"],
        status=document["status"],
        retry_after=None if retry_after is None else timedelta(seconds=retry_after),
    )
