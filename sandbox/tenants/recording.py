"""Which requests were made? One JSON line each, written at once, without credentials."""

from pathlib import Path
from typing import Any

import msgspec

from sandbox.tenants.clock import precise_moment
from sandbox.tenants.exchange import Answer, Request


class Recorder:
    """Appends to a file; closing it is the owner's business."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def note(self, request: Request, answer: Answer | None, tenant: str | None, at: float) -> None:
        """One request; without an answer (the connection was cut) the status is null."""
        line: dict[str, Any] = {
            "time": precise_moment(at),
            "tenant": tenant,
            "method": request.method,
            "url": request.url,
            "headers": {name: value for name, value in request.headers.items() if name != "authorization"},
            "body": request.body,
            "status": None if answer is None else answer.status,
        }
        if request.in_batch:
            line["batch"] = True
        if answer is not None and "Retry-After" in answer.headers:
            line["retryAfter"] = int(answer.headers["Retry-After"])
        self._file.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        self._file.close()
