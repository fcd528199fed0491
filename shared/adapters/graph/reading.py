"""What do many reads say, each to its end, in batches of which each carries its own controls?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer
from shared.adapters.graph.batch import MOST_ITEMS, BatchAnswer, raise_if_throttled, send_batch
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import Failure, error_of, failure_of, retry_after
from shared.orchestration.ports import Forbidden, Unavailable, UnexpectedAnswer

Calls = Mapping[str, RequestInformation]
Answers = Mapping[str, Answer]

# A person's groups and assignments are a few pages; more is a chain that never ends.
_MOST_PAGES = 100
_NEXT = "@odata.nextLink"


def _always(_controls: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Reads that go with each batch, and whether their answers prove that the batch can be believed."""

    calls: Calls = field(default_factory=dict)
    proves: Callable[[Answers], bool] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answers, collections with the values of all their pages; of a read that is not here nothing is known."""

    date: datetime
    """The latest `Date` of the batches: by then everything had been asked."""
    answers: Answers
    controls: tuple[Answers, ...]
    """The controls' answers of each batch, believed or not."""
    throttled: tuple[timedelta | None, ...] = ()
    """The `Retry-After` of each item that was refused with 429 in a batch whose others were not."""


@dataclass(slots=True)
class _Progress:
    """Which reads have how much of their answer."""

    open: dict[str, RequestInformation]
    answers: dict[str, Answer] = field(default_factory=dict)
    values: dict[str, list[object]] = field(default_factory=dict)
    controls: list[Answers] = field(default_factory=list)
    dates: list[datetime] = field(default_factory=list)
    throttled: list[timedelta | None] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    """Reads that were asked a second time because the first got no usable answer."""


async def read_batches(client: GraphClient, calls: Calls, control: Control) -> Reading:
    """Read everything to its end. What a batch says counts only if its controls prove it.

    A read without a usable answer (5xx, none, no proof) is asked once more at once: reads may be repeated, and an entry
    that waits instead costs a whole pass. Raises Throttled, Unavailable, Forbidden (also for a single item: the others
    have the same permissions).
    """
    progress = _Progress(open=dict(calls))
    for _ in range(_MOST_PAGES):
        chunks = list(_chunks(progress.open, MOST_ITEMS - len(control.calls)))
        progress.open = {}
        for chunk in chunks:
            await _read_chunk(client, chunk, control, progress)
        if not progress.open:
            dates, answers = progress.dates, progress.answers
            return Reading(
                date=max(dates),
                answers=answers,
                controls=tuple(progress.controls),
                throttled=tuple(progress.throttled),
            )
    raise UnexpectedAnswer(f"Graph answered a collection of more than {_MOST_PAGES} pages.")


def _chunks(calls: Calls, size: int) -> Iterator[dict[str, RequestInformation]]:
    items = iter(calls.items())
    yield dict(islice(items, size))  # the first also if it is empty: the controls alone are a question
    while chunk := dict(islice(items, size)):
        yield chunk


async def _read_chunk(client: GraphClient, chunk: Calls, control: Control, progress: _Progress) -> None:
    batch = await _sent(client, {**control.calls, **chunk})
    raise_if_throttled(client, batch)
    _raise_if_forbidden(batch.answers)
    progress.dates.append(batch.date)
    refused = [answer for answer in batch.answers.values() if failure_of(answer) is Failure.THROTTLED]
    progress.throttled += [retry_after(answer, client.clock.now()) for answer in refused]
    controls = {key: answer for key, answer in batch.answers.items() if key in control.calls}
    progress.controls.append(controls)
    proved = control.proves(controls)
    for key, call in chunk.items():
        answer = batch.answers.get(key) if proved else None
        if (answer is None or failure_of(answer) is Failure.TRANSIENT) and key not in progress.repeated:
            progress.repeated.add(key)
            progress.open[key] = call
        elif answer is not None:
            _take(client, key, call, answer, progress)


async def _sent(client: GraphClient, calls: Calls) -> BatchAnswer:
    try:
        return await send_batch(client, calls)
    except Unavailable:
        return await send_batch(client, calls)


def _take(client: GraphClient, key: str, call: RequestInformation, answer: Answer, progress: _Progress) -> None:
    body = answer.body if answer.ok and isinstance(answer.body, dict) else {}
    value, link = body.get("value"), body.get(_NEXT)
    if isinstance(value, list):
        progress.values.setdefault(key, []).extend(value)
    if isinstance(link, str) and link:
        progress.open[key] = client.follow(call, link)
        return
    if isinstance(value, list):
        answer = replace(answer, body={**body, "value": progress.values[key]})
    progress.answers[key] = answer


def _raise_if_forbidden(answers: Answers) -> None:
    for answer in answers.values():
        if not answer.ok and failure_of(answer) is Failure.FORBIDDEN:
            error = error_of(answer)
            raise Forbidden(error.code, error.message)
