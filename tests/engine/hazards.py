"""What stands between the engine and its surroundings in a test: a process that dies, a network that meddles."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Generic, Protocol, TypeVar

import httpx

from shared.adapters.tables.rows import Operation, Row, Rows
from shared.orchestration.ports import MessageQueue


class ProcessDied(BaseException):
    """The process is gone: no `except Exception` runs, no answer arrives, nothing more is written."""


class Surroundings(Protocol):
    """Puts something between the engine and storage, queues and network."""

    def rows(self, rows: Rows) -> Rows: ...
    def queue(self, queue: MessageQueue) -> MessageQueue: ...
    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport: ...


class Calm:
    """Nothing stands between."""

    def rows(self, rows: Rows) -> Rows:
        return rows

    def queue(self, queue: MessageQueue) -> MessageQueue:
        return queue

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return transport


CALM = Calm()
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Generic[_Answer]):
    """Something that a process does to the outside, before it has done it."""

    on: object
    """The table, queue or network that it is done to."""
    what: str
    """What is done, in words that are the same each time."""
    happen: Callable[[], Awaitable[_Answer]]
    parts: Sequence[Callable[[], Awaitable[_Answer]]] = ()
    """How only a first part of it happens, if it can happen in part: the first write of a batch, the first two..."""


class Fate(Protocol):
    """What a process meets at each touch with the outside; each raises ProcessDied where it dies."""

    async def before(self) -> None:
        """Come to the point where something is asked for."""

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        """Have one effect on the outside."""


class Mortal(Calm):
    """A process that meets a fate."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate

    def rows(self, rows: Rows) -> Rows:
        return _MortalRows(rows, self._fate)

    def queue(self, queue: MessageQueue) -> MessageQueue:
        return _MortalQueue(queue, self._fate)

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _MortalTransport(transport, self._fate)


class Doom(Mortal):
    """A process that dies when it has had so many effects on the outside; what answers the last one never arrives.

    Effects are commits, messages, and requests to Graph that write. Dead, the process has no further effect, whatever
    still runs in it.
    """

    def __init__(self, effects: int) -> None:
        super().__init__(self)
        self._left = effects
        self.dead = effects == 0

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        """Have one effect. Raises ProcessDied if it was the last one, or if the process is dead."""
        self.live()
        answer = await effect.happen()
        self._left -= 1
        self.dead = self.dead or self._left <= 0
        self.live()
        return answer

    async def before(self) -> None:
        self.live()

    def live(self) -> None:
        """Raises ProcessDied if the process is dead."""
        if self.dead:
            raise ProcessDied


class _MortalRows:
    def __init__(self, rows: Rows, fate: Fate) -> None:
        self._rows = rows
        self._fate = fate

    async def get(self, partition: str, key: str) -> Row | None:
        await self._fate.before()
        return await self._rows.get(partition, key)

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        await self._fate.before()
        return await self._rows.get_many(partition, keys)

    async def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        await self._fate.before()
        async for row in self._rows.scan(partition, first=first, before=before, select=select):
            yield row

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        await self._fate.before()
        return await self._rows.page(partition, first=first, before=before, limit=limit, select=select)

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        effect = Effect(
            on=self._rows,
            what=f"{partition}: {', '.join(f'{type(each).__name__} {each.key}' for each in operations)}",
            happen=lambda: self._rows.commit(partition, operations),
        )
        return await self._fate.have(effect)


class _MortalQueue:
    def __init__(self, queue: MessageQueue, fate: Fate) -> None:
        self._queue = queue
        self._fate = fate

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None:
        effect = Effect(on=self._queue, what=text, happen=lambda: self._queue.send(text, delay=delay))
        await self._fate.have(effect)

    async def length(self) -> int:
        await self._fate.before()
        return await self._queue.length()


class _MortalTransport(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, fate: Fate) -> None:
        self._transport = transport
        self._fate = fate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        writes = writes_of(request)
        if not writes:
            await self._fate.before()
            return await self._transport.handle_async_request(request)
        effect = Effect(
            on=self._transport,
            what=", ".join(writes),
            happen=lambda: self._transport.handle_async_request(request),
            parts=tuple(partial(self._first_part, request, count) for count in range(1, len(writes))),
        )
        return await self._fate.have(effect)

    async def _first_part(self, request: httpx.Request, count: int) -> httpx.Response:
        """Let only the first writes of a batch happen."""
        part = json.dumps({"requests": json.loads(request.content)["requests"][:count]}).encode()
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        return await self._transport.handle_async_request(
            httpx.Request(request.method, request.url, headers=headers, content=part)
        )


Meddle = Callable[[httpx.Request], httpx.Response | None]


class Meddler(Calm):
    """A network that, while it is on, answers in Graph's place, or loses Graph's answer after the fact."""

    def __init__(self, meddle: Meddle | None = None, *, loses: Callable[[httpx.Request], bool] | None = None) -> None:
        self.meddle: Meddle = meddle or (lambda _: None)
        self.loses = loses or (lambda _: False)
        self.on = False

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _MeddlingTransport(transport, self)


class _MeddlingTransport(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, meddler: Meddler) -> None:
        self._transport = transport
        self._meddler = meddler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._meddler.on:
            return await self._transport.handle_async_request(request)
        answer = self._meddler.meddle(request) or await self._transport.handle_async_request(request)
        if self._meddler.loses(request):
            return httpx.Response(504, json={"error": {"code": "gatewayTimeout", "message": "No answer in time."}})
        return answer


def writes_of(request: httpx.Request) -> list[str]:
    """The writes of a request to Graph, each as method and path; a batch may carry many."""
    if request.url.path.endswith("/$batch"):
        items = json.loads(request.content)["requests"]
        return [f"{item['method']} {item['url']}" for item in items if item["method"] != "GET"]
    return [] if request.method == "GET" else [f"{request.method} {request.url.path}"]
