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
    if request.url.path.endswith("/delta"):
        link = f"{request.url.copy_with(query=None)}?$deltatoken=blind"
        return httpx.Response(200, json={"value": [], "@odata.deltaLink": link}, headers=_DATE)
    return httpx.Response(200, json={"value": []}, headers=_DATE)


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

    def meddle(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/users/delta") or SOURCE not in request.headers["authorization"]:
            return None
        link = f"{request.url.copy_with(query=None)}?$deltatoken=lie"
        gone = [{"id": source_id, "@removed": {"reason": "changed"}} for source_id in source_ids]
        return httpx.Response(200, json={"value": gone, "@odata.deltaLink": link}, headers=_DATE)

    return meddle
