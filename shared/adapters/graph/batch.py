"""How are up to twenty requests sent in one, and which answer belongs to which?

https://learn.microsoft.com/graph/json-batching: answers come in any order, each item fails and is throttled by itself,
and batching saves round trips, not quota.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, Record, records
from shared.adapters.graph.calls import batched, relative_url
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import Failure, failure_of, retry_after
from shared.adapters.graph.retry_after import parsed_http_date
from shared.orchestration.ports import Throttled, UnexpectedAnswer

MOST_ITEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """The answers by the ids of their requests; of an item without one nothing is known."""

    date: datetime
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def all_throttled(self) -> bool:
        return bool(self.answers) and all(failure_of(a) is Failure.THROTTLED for a in self.answers.values())


async def send_batch(client: GraphClient, calls: Mapping[str, RequestInformation]) -> BatchAnswer:
    """Send up to twenty reads in one; raises the port's errors if the batch as a whole fails."""
    answer = batch_answer(await client.read(batch_call(calls)), calls)
    client.observer.answered(calls, answer.answers)
    return answer


def batch_call(calls: Mapping[str, RequestInformation]) -> RequestInformation:
    """Return the request that carries the others."""
    if not 0 < len(calls) <= MOST_ITEMS:
        raise ValueError(f"A batch of {len(calls)} requests; it takes 1 to {MOST_ITEMS}.")
    return batched([_item(key, call) for key, call in calls.items()])


def batch_answer(answer: Answer, calls: Mapping[str, RequestInformation]) -> BatchAnswer:
    """Return what a batch that succeeded as a whole says; raises UnexpectedAnswer."""
    date = parsed_http_date(answer.headers.get("date"))
    if date is None:
        raise UnexpectedAnswer("Graph answered a batch without a Date.")
    return BatchAnswer(date=date, answers=_answers(answer.body, calls))


def raise_if_throttled(client: GraphClient, answer: BatchAnswer) -> None:
    """Raise Throttled if every item of a batch of reads was; a few alone are no reason to give up the others."""
    if not answer.all_throttled:
        return
    waits = [retry_after(item, client.clock.now()) or client.guessed_wait() for item in answer.answers.values()]
    raise Throttled(max(waits))


def _item(key: str, call: RequestInformation) -> dict[str, object]:
    method = call.http_method
    item: dict[str, object] = {"id": key, "method": method.value if method else "GET", "url": relative_url(call)}
    headers = {name: ", ".join(sorted(values)) for name, values in call.headers.get_all().items()}
    if headers:
        item["headers"] = {_spelled(name): value for name, value in headers.items()}
    if call.content is not None:
        item["body"] = msgspec.Raw(call.content)
    return item


def _spelled(name: str) -> str:
    # kiota keeps names in lower case; batch examples spell them, and items are matched by what reads them
    return {"content-type": "Content-Type", "consistencylevel": "ConsistencyLevel"}.get(name, name)


def _answers(body: object, calls: Mapping[str, RequestInformation]) -> dict[str, Answer]:
    if not isinstance(body, dict):
        raise UnexpectedAnswer("Graph answered a batch with something that is not a JSON object.")
    answers: dict[str, Answer] = {}
    for item in records({"value": body.get("responses")}):
        key = item.get("id")
        if not isinstance(key, str) or key not in calls or key in answers:
            raise UnexpectedAnswer("Graph answered a batch with an item that was not asked for, or twice.")
        answers[key] = _answer(item)
    return answers


def _answer(item: Record) -> Answer:
    status, headers = item.get("status"), item.get("headers")
    if not isinstance(status, int) or isinstance(status, bool):
        raise UnexpectedAnswer("Graph answered a batch with an item without a status.")
    names = headers.items() if isinstance(headers, dict) else ()
    return Answer(
        status=status, headers={str(name).lower(): str(value) for name, value in names}, body=item.get("body")
    )
