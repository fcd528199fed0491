"""What would an HTTP API see of the command line, and what does it answer?"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    method: str
    path: str
    authorization: str | None
    body: Any
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class AnsweringServer:
    """Answers what was laid down for a method and path, and remembers what it was asked."""

    url: str = ""
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    headers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def answer(self, method: str, path: str, status: int, body: Any = None, **headers: str) -> None:  # noqa: ANN401 - any JSON
        self.answers[method, path] = (status, body)
        self.headers[method, path] = headers


@contextmanager
def answering_server() -> Iterator[AnsweringServer]:
    """Serve on a free port of this machine for as long as a test lasts."""
    state = AnsweringServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(state: AnsweringServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_method(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen = Seen(
                method=self.command,
                path=self.path,
                authorization=self.headers.get("Authorization"),
                body=json.loads(content) if content else None,
                reason=self.headers.get("Tenantsync-Reason"),
            )
            state.seen.append(seen)
            status, body = state.answers.get((self.command, self.path), (404, None))
            headers = state.headers.get((self.command, self.path), {})
            self._send(status, b"" if body is None else _encoded(body), headers)

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_method)
    return Handler


def _encoded(body: Any) -> bytes:  # noqa: ANN401 - any JSON
    return body if isinstance(body, bytes) else json.dumps(body).encode()
