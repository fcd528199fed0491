"""Which rules does a document break that a schema cannot express?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from shared.configuration.clouds import refusal
from shared.configuration.configuration import Cloud
from shared.configuration.durations import format_duration, parse_duration
from shared.configuration.problems import Problem, child_path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    path: tuple[str, ...]
    shortest: timedelta
    longest: timedelta


_WINDOW = (timedelta(minutes=5), timedelta(days=30))
_DURATIONS = (
    # Below five minutes the timer that starts cycles is not fine enough; a delta token lives seven days, and a
    # poll a day keeps it alive: https://learn.microsoft.com/graph/delta-query-overview#token-duration
    _Limits(path=("interval",), shortest=timedelta(minutes=5), longest=timedelta(days=1)),
    _Limits(path=("logRetention",), shortest=timedelta(days=1), longest=timedelta(days=3650)),
    *(
        _Limits(path=("guards", kind, "window"), shortest=_WINDOW[0], longest=_WINDOW[1])
        for kind in ("removals", "disables", "creates", "rewrites")
    ),
)


def rule_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    """Judge only values whose path is not in `unfit`: the others are no values to reason about."""
    for limits in _DURATIONS:
        yield from _duration_problems(document, limits, unfit)
    yield from _tenant_problems(document, unfit)
    yield from _cloud_problems(document, unfit)
    yield from _redirect_problems(document, unfit)
    yield from _recipient_problems(document, unfit)


def _duration_problems(document: object, limits: _Limits, unfit: Collection[str]) -> Iterator[Problem]:
    text = _value(document, limits.path, unfit)
    if not isinstance(text, str) or limits.shortest <= parse_duration(text) <= limits.longest:
        return
    shortest, longest = format_duration(limits.shortest), format_duration(limits.longest)
    yield Problem(path=_pointer(limits.path), message=f"is {text}; it must be from {shortest} to {longest}")


def _tenant_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    source = _value(document, ("source", "tenantId"), unfit)
    target = _value(document, ("target", "tenantId"), unfit)
    if isinstance(source, str) and isinstance(target, str) and source.lower() == target.lower():
        message = "is the source tenant; people cannot be provisioned into the tenant they come from"
        yield Problem(path="/target/tenantId", message=message)


def _cloud_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    if {"/source/cloud", "/target/cloud"} & set(unfit):
        return
    source, target = (
        Cloud(str(_value(document, (side, "cloud"), unfit) or Cloud.GLOBAL)) for side in ("source", "target")
    )
    reason = refusal(source, target)
    if reason:
        yield Problem(path="/target/cloud", message=f"is {target} and /source/cloud is {source}; {reason}")


def _redirect_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    url = _value(document, ("target", "inviteRedirectUrl"), unfit)
    if not isinstance(url, str):
        return
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        yield Problem(path="/target/inviteRedirectUrl", message=f"is not a valid address: {error}")


def _recipient_problems(document: object, unfit: Collection[str]) -> Iterator[Problem]:
    recipients = _value(document, ("notifications", "recipients"), unfit)
    first: dict[str, int] = {}
    for index, recipient in enumerate(recipients if isinstance(recipients, list) else ()):
        before = first.setdefault(str(recipient).lower(), index)
        if before != index:
            path = child_path("/notifications/recipients", index)
            yield Problem(path=path, message=f"is the same address as entry {before}; remove one of them")


def _value(document: object, path: tuple[str, ...], unfit: Collection[str]) -> object:
    for step in path:
        if not isinstance(document, dict) or step not in document:
            return None
        document = document[step]
    return None if _pointer(path) in unfit else document


def _pointer(path: tuple[str, ...]) -> str:
    return "/" + "/".join(path)
