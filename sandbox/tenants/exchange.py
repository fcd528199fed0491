"""What is one request to Graph and its answer, apart from how they travel (alone or in a batch)?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

#: Path prefix of every Graph request.
VERSION = "v1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    #: Path and query as sent; for the record.
    url: str
    #: Decoded path segments after the version.
    path: tuple[str, ...]
    options: Mapping[str, str]
    #: Names in lower case.
    headers: Mapping[str, str]
    body: object = None
    #: Scheme, host and version, as links in answers start.
    base: str = "https://graph.microsoft.com/v1.0"
    in_batch: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The body as an object, without the annotations that SDKs add (@odata.type); @odata.id names an object."""
        body = self.body if isinstance(self.body, dict) else {}
        return {name: value for name, value in body.items() if name == "@odata.id" or not name.startswith("@odata.")}

    @property
    def preferences(self) -> frozenset[str]:
        """The entries of Prefer: several may come in one header, in any order."""
        return frozenset(each.strip().lower() for each in self.headers.get("prefer", "").split(",") if each.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphError(Exception):
    """Graph refuses the request; carries what its error body says."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        #: The property or option that is wrong.
        self.target: str | None = None


def parse_url(url: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Path segments and query options of a URL without host. An unescaped # starts a fragment, which never arrives."""
    path, _, query = url.partition("#")[0].partition("?")
    segments = tuple(unquote(each) for each in path.strip("/").split("/"))
    options: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name in options:
            raise GraphError(400, "BadRequest", f"Query option '{name}' was specified more than once.")
        options[name] = unquote_plus(value)
    return segments, options
