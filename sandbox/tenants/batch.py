"""How do up to 20 requests travel in one?

https://learn.microsoft.com/graph/json-batching: items are answered in any order, each with its own status; an item
whose dependency failed is 424.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sandbox.tenants.exchange import VERSION, Answer, GraphError, Request, parse_url

MOST_ITEMS = 20
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


def answer_batch(request: Request, answer_item: Callable[[Request], Answer], random: Random) -> Answer:
    """Answer every item; 400 for the whole where the envelope is malformed."""
    items = _items(request.document)
    statuses: dict[str, int] = {}
    responses = []
    for item in items:
        answer = _answer(request, item, statuses, answer_item)
        statuses[item["id"]] = answer.status
        responses.append(_response(item["id"], answer))
    random.shuffle(responses)
    return Answer(status=200, body={"responses": responses})


def _items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = body.get("requests")
    if not isinstance(items, list) or not items:
        raise _malformed("Invalid batch payload format.")
    if len(items) > MOST_ITEMS:
        raise _malformed(f"Number of batch request steps exceeds the maximum value of {MOST_ITEMS}.")
    ids: list[str] = []
    for item in items:
        if not isinstance(item, dict) or not all(isinstance(item.get(each), str) for each in ("id", "method", "url")):
            raise _malformed("Each request of a batch needs id, method and url.")
        if not set(item.get("dependsOn") or ()) <= set(ids):
            raise _malformed(f"Request {item['id']} depends on a request that does not stand before it.")
        ids.append(item["id"])
    if len(set(ids)) < len(ids):
        raise _malformed("Request Id has to be unique in a batch.")
    return items


def _answer(
    envelope: Request, item: dict[str, Any], statuses: Mapping[str, int], answer_item: Callable[[Request], Answer]
) -> Answer:
    if any(statuses[each] >= 400 for each in item.get("dependsOn") or ()):
        return _error(424, "FailedDependency", "The request depends on a request that failed.")
    try:
        return answer_item(_request(envelope, item))
    except GraphError as error:
        return _error(error.status, error.code, error.message)


def _request(envelope: Request, item: dict[str, Any]) -> Request:
    url, method = item["url"], item["method"].upper()
    if "://" in url or url.lower().startswith((f"/{VERSION}", "/$batch")) or method not in _METHODS:
        raise GraphError(400, "BadRequest", f"Invalid request in batch: {method} {url[:200]}. Urls are relative.")
    headers = {str(name).lower(): str(value) for name, value in (item.get("headers") or {}).items()}
    if item.get("body") is not None and "application/json" not in headers.get("content-type", ""):
        raise GraphError(400, "BadRequest", "Write request id : Content-Type header is required with a body.")
    path, options = parse_url(url)
    inherited = {name: envelope.headers[name] for name in ("authorization",) if name in envelope.headers}
    return Request(
        method=method,
        url=f"/{VERSION}/{url.lstrip('/')}",
        path=path,
        options=options,
        headers={**headers, **inherited},
        body=item.get("body"),
        base=envelope.base,
        in_batch=True,
    )


def _response(item_id: str, answer: Answer) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", **answer.headers}
    response: dict[str, Any] = {"id": item_id, "status": answer.status, "headers": headers}
    if answer.body is not None:
        response["body"] = answer.body
    return response


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status=status, body={"error": {"code": code, "message": message}})


def _malformed(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)
