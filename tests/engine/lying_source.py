"""What does a source tenant answer that says what is not so? Each lie goes into a Meddler."""

from collections.abc import Sequence

import httpx

from tests.engine.hazards import Meddle
from tests.engine.small_world import SOURCE, TARGET, Document


def as_other_tenant(request: httpx.Request) -> None:
    """A credential of the wrong tenant: everything of the source is asked of the target."""
    token = request.headers.get("authorization", "")
    if SOURCE in token:
        request.headers["authorization"] = token.replace(SOURCE, TARGET)


def blind(request: httpx.Request) -> httpx.Response | None:
    """A credential that sees nobody: every collection of the source is empty, every person unknown."""
    if SOURCE not in request.headers.get("authorization", "") or "organization" in request.url.path:
        return None
    if request.url.path.endswith("$batch"):
        return httpx.Response(200, json={"responses": [_unseen(each) for each in _items(request)]}, headers=_DATE)
    if is_delta(request):
        link = f"{request.url.copy_with(query=None)}?$deltatoken=blind"
        return httpx.Response(200, json={"value": [], "@odata.deltaLink": link}, headers=_DATE)
    return httpx.Response(200, json={"value": []}, headers=_DATE)


def is_delta(request: httpx.Request, kind: str = "") -> bool:
    """Is it a delta query, from its start (which is called as a function) or by a link?"""
    return request.url.path.removesuffix("()").endswith(f"{kind}/delta")


_DATE = {"Date": "Mon, 05 Jan 2026 01:00:00 GMT"}


def _items(request: httpx.Request) -> list[Document]:
    return list(httpx.Response(200, content=request.content).json()["requests"])


def _unseen(item: Document) -> Document:
    if "organization" in item["url"]:
        domains = [{"name": "lindenhof.onmicrosoft.com", "isInitial": True}]
        return {"id": item["id"], "status": 200, "body": {"value": [{"id": SOURCE, "verifiedDomains": domains}]}}
    error = {"code": "Request_ResourceNotFound", "message": "Resource does not exist."}
    return {"id": item["id"], "status": 404, "body": {"error": error}}


def removed(source_ids: Sequence[str]) -> Meddle:
    """Every delta says of these people that they are removed, and of nobody else anything.

    A user who was deleted and restored between two rounds may still be named as removed.
    """
    return says([{"id": source_id, "@removed": {"reason": "changed"}} for source_id in source_ids])


def says(users: Sequence[Document]) -> Meddle:
    """Every delta shows these users just so, and nobody else; it may replay an old state."""

    def meddle(request: httpx.Request) -> httpx.Response | None:
        if not is_delta(request, "users") or SOURCE not in request.headers["authorization"]:
            return None
        link = f"{request.url.copy_with(query=None)}?$deltatoken=lie"
        return httpx.Response(200, json={"value": users, "@odata.deltaLink": link}, headers=_DATE)

    return meddle


def two_to_a_page(request: httpx.Request) -> None:
    """Pages are so short that a chain that ends after the first one has shown hardly anybody."""
    if is_delta(request):
        request.headers["prefer"] = "odata.maxpagesize=2"


def empty_groups(request: httpx.Request) -> httpx.Response | None:
    """No group has any members, or any changes."""
    if not is_delta(request, "groups"):
        return None
    asked = str(request.url)
    link = asked if "deltatoken" in asked else f"{request.url.copy_with(query=None)}?$deltatoken=empty"
    return httpx.Response(200, json={"value": [], "@odata.deltaLink": link}, headers=_DATE)
