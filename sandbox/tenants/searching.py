"""Whom do $filter and $search find among users, and what must be sent along for it?

https://learn.microsoft.com/graph/aad-advanced-queries
https://learn.microsoft.com/graph/search-query-parameter#using-search-on-directory-object-collections
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.exchange import Request
from sandbox.tenants.filters import Both, Filter, Part, leaves, parse_filter

# One clause is all that the product sends: "displayName:some words", with \ before a quote or another \.
_SEARCH = re.compile(r'"displayName:(?P<words>(?:[^"\\]|\\["\\])+)"')
_ESCAPED = re.compile(r'\\(["\\])')
_WORD = re.compile(r"[^\W_]+")

Holds = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Words:
    """`$search` on the name: each word begins one of the name's."""

    words: tuple[str, ...]

    def holds(self, document: Mapping[str, Any]) -> bool:
        found = _words(str(document.get("displayName") or ""))
        return all(any(each.startswith(word) for each in found) for word in self.words)


def parse_search(request: Request) -> Words:
    """What $search asks for; it is answered from an index, which has to be allowed."""
    if not _eventual(request):
        raise errors.unsupported_query(
            "Request with $search query parameter only works through MSGraph with the "
            "header ConsistencyLevel: eventual."
        )
    match = _SEARCH.fullmatch(request.options["$search"])
    if match is None:
        raise errors.bad_request('Syntax error: $search must be a clause in double quotes, such as "displayName:x".')
    return Words(_words(_ESCAPED.sub(r"\1", match["words"])))


def parse_users_filter(request: Request, properties: frozenset[str]) -> Filter:
    """What $filter asks for; the ends of texts are looked for in the index, which has to be allowed.

    Without $filter everybody is asked for: the product does so with $top, to see anybody at all.
    """
    if "$filter" not in request.options:
        return _everybody(request)
    found = parse_filter(request.options["$filter"], properties)
    advanced = any(isinstance(each, Part) and each.at_end for each in leaves(found))
    if advanced and not (_eventual(request) and request.options.get("$count") == "true"):
        raise errors.unsupported_query("Operator 'endsWith' is not supported without ConsistencyLevel and $count.")
    return found


def _everybody(request: Request) -> Filter:
    if "$top" not in request.options:
        raise errors.bad_request("The product never sends this call without $filter, $search or $top.")
    return Both(())


def _eventual(request: Request) -> bool:
    return request.headers.get("consistencylevel", "").lower() == "eventual"


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.lower() for each in _WORD.findall(text))
