"""How do the rounds of a delta query begin, continue, end and expire?

https://learn.microsoft.com/graph/delta-query-overview
"""

from collections.abc import Sequence
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.context import Context
from sandbox.tenants.exchange import Answer
from sandbox.tenants.links import LIVES_SECONDS, DeltaCursor, link

#: Most objects on a page, whatever Prefer: odata.maxpagesize asks for (observed by customers and staff).
LARGEST_PAGE = 200
MOST_REPLAYS = 3
_MAX_PAGE_SIZE = "odata.maxpagesize="


def opening_cursor(
    context: Context, kind: str, select: tuple[str, ...] | None, ids: tuple[str, ...] = ()
) -> DeltaCursor:
    """The cursor that the request starts from: a new round, or what its token holds."""
    options = context.request.options
    tokens = [name for name in ("$skiptoken", "$deltatoken") if options.get(name)]
    if tokens and options[tokens[0]] != "latest":
        if len(options) > 1:
            raise errors.bad_request(
                "Query options are encoded in the token of a delta link and must not be repeated with it."
            )
        return _continued(context, kind, options[tokens[0]])
    if select is None:
        raise errors.bad_request(
            "The product names what it tracks: $select is required on the first request of a round."
        )
    end = log_length(context, kind)
    since = end if options.get("$deltatoken") == "latest" else 0
    return DeltaCursor(
        kind=kind,
        select=select,
        ids=ids,
        since=since,
        position=since,
        issued=context.now,
        began=end,
        generation=context.tenant.generation,
    )


def log_length(context: Context, kind: str) -> int:
    return len(context.tenant.people.log if kind == "users" else context.tenant.groups.log)


def page_size(context: Context) -> int:
    """Objects on this page: what Prefer asks, at most 200, and fewer where the profile says so."""
    asked = [
        each.removeprefix(_MAX_PAGE_SIZE) for each in context.request.preferences if each.startswith(_MAX_PAGE_SIZE)
    ]
    size = min(LARGEST_PAGE, int(asked[0])) if asked and asked[0].isdigit() else LARGEST_PAGE
    if context.faults.happens(context.switches.empty_pages, "empty page"):
        return 0
    if context.faults.happens(context.switches.short_pages, "short page"):
        return context.faults.random.randint(1, max(1, size))
    return max(1, size)


def replayed(context: Context, position: int, size: int) -> Sequence[int]:
    """Numbers of log entries that this page shows once more; they take the place of new ones."""
    if position < 1 or size <= MOST_REPLAYS or not context.faults.happens(context.switches.replays, "replay"):
        return ()
    return [context.faults.random.randint(1, position) for _ in range(MOST_REPLAYS)]


def delta_answer(context: Context, cursor: DeltaCursor, rows: list[dict[str, Any]], position: int, last: int) -> Answer:
    """A page with exactly one link: nextLink while entries remain, deltaLink after the last one."""
    rows, position = _lies(context, cursor, rows, position, last)
    closing = position >= last
    following = DeltaCursor(
        kind=cursor.kind,
        select=cursor.select,
        ids=cursor.ids,
        since=position if closing else cursor.since,
        position=position,
        issued=context.now,
        began=cursor.began,
        generation=context.tenant.generation,
        closing=closing,
    )
    token = context.tenant.links.seal(following)
    path = f"{cursor.kind}/delta"
    base = context.request.base
    named = (
        {"@odata.deltaLink": link(base, path, deltatoken=token)}
        if closing
        else {"@odata.nextLink": link(base, path, skiptoken=token)}
    )
    return Answer(status=200, body={"@odata.context": f"{base}/$metadata#{cursor.kind}", **named, "value": rows})


def _lies(
    context: Context, cursor: DeltaCursor, rows: list[dict[str, Any]], position: int, last: int
) -> tuple[list[dict[str, Any]], int]:
    """Short reads that nobody can tell from complete ones; only by switch."""
    if cursor.position == cursor.since and context.faults.happens(context.switches.empty_delta):
        return [], last
    if context.faults.happens(context.switches.early_end):
        return rows, last
    return rows, position


def _continued(context: Context, kind: str, text: str) -> DeltaCursor:
    cursor = context.tenant.links.open(text, DeltaCursor)
    if cursor.kind != kind:
        raise errors.bad_request("Badly formed token.")
    if cursor.generation < context.tenant.resync_below or (
        cursor.closing and context.faults.resync_due(context.tenant.id)
    ):
        raise errors.resync(f"{context.request.base}/{kind}/delta?$deltatoken=")
    if cursor.generation < context.tenant.expired_below or cursor.issued < context.now - LIVES_SECONDS:
        raise errors.token_expired()
    return cursor
