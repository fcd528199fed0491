"""Which records of the provisioning logs does a `$filter` ask for, and how are they found?

Time, outcome, cycle and ids are looked up; a configuration as a whole is in or out; whatever else is asked of a record
is asked of each that the rest leaves, and needs a beginning in time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.state import ConfigurationState
from shared.orchestration.job_status import Job
from shared.orchestration.ports import LogQuery
from shared.orchestration.read_logs import LoggedPass
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus
from shared.web.errors import bad_request
from shared.web.filter_syntax import Comparison, FilterError, Kind, Operator, Property, parse_filter
from shared.web.log_resource import job_parts, log_resource
from shared.web.resources import Resource, cycle_id, part_of

_TEXT = Property()
_TIME: Final = "activityDateTime"
_RECORD: Final = ("id", "changeId")
_ACTION: Final = "provisioningAction"
_STATUS: Final = "provisioningStatusInfo/status"
_CYCLE: Final = "cycleId"
_SOURCE: Final = "sourceIdentity/id"
_TARGET: Final = "targetIdentity/id"

OF_A_JOB: Final = (
    "jobId",
    "tenantId",
    "servicePrincipal/id",
    "servicePrincipal/displayName",
    "sourceSystem/id",
    "sourceSystem/displayName",
    "targetSystem/id",
    "targetSystem/displayName",
)
_OF_A_PASS: Final = (
    "initiatedBy/id",
    "initiatedBy/displayName",
    "initiatedBy/initiatorType",
    "sourceIdentity/displayName",
    "sourceIdentity/details/UserPrincipalName",
    "targetIdentity/displayName",
    "targetIdentity/details/UserPrincipalName",
    "provisioningStatusInfo/errorInformation/errorCode",
)
PROPERTIES: Final = {
    _TIME: Property(kind=Kind.TIME),
    **dict.fromkeys((*_RECORD, _CYCLE, _SOURCE, _TARGET), _TEXT),
    _ACTION: Property(kind=Kind.CHOICE, choices=tuple(ProvisioningAction)),
    _STATUS: Property(kind=Kind.CHOICE, choices=tuple(ProvisioningStatus)),
    "durationInMilliseconds": Property(kind=Kind.NUMBER),
    **dict.fromkeys((*OF_A_JOB, *_OF_A_PASS), _TEXT),
}

_MICROSECOND: Final = timedelta(microseconds=1)
_NOBODY: Final = frozenset[ProvisioningStatus]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which configurations are looked at, and for what."""

    jobs: tuple[Job, ...]
    query: LogQuery


def log_search(text: str | None, orderby: str | None, jobs: Sequence[Job]) -> Search:
    """Return what is asked of the records of some jobs. Raises GraphError (400) that says what, and where."""
    try:
        comparisons = parse_filter(text, PROPERTIES) if text is not None else ()
    except FilterError as error:
        raise bad_request(f"{error}.") from error
    chosen = tuple(job for job in jobs if _is_asked_for(job, comparisons))
    query = LogQuery(
        oldest_first=is_oldest_first(orderby), shards={each.configuration.id: each.state.shards for each in jobs}
    )
    for comparison in comparisons:
        query = _narrowed(query, comparison, chosen)
    searched = [each for each in comparisons if not _is_looked_up(each) and each.property not in OF_A_JOB]
    if searched and query.since is None:
        raise _unbounded(searched[0])
    return Search(jobs=chosen, query=replace(query, matches=_matcher(searched, chosen)))


def is_oldest_first(orderby: str | None) -> bool:
    """Return which of the two orders is asked for. Raises GraphError (400)."""
    words = (f"{_TIME} desc" if orderby is None else orderby).split()
    if words[0:1] != [_TIME] or words[1:] not in ([], ["asc"], ["desc"]):
        raise bad_request(f"$orderby must be '{_TIME} asc' or '{_TIME} desc'.")
    return words[1:] != ["desc"]


def time_bounds(comparison: Comparison) -> tuple[datetime | None, datetime | None]:
    """Return since when, and before when, a comparison of the time lets a record be."""
    time = comparison.value
    if not isinstance(time, datetime):
        return None, None
    lower = {Operator.GT: time + _MICROSECOND, Operator.GE: time, Operator.EQ: time}
    upper = {Operator.LT: time, Operator.LE: time + _MICROSECOND, Operator.EQ: time + _MICROSECOND}
    return lower.get(comparison.operator), upper.get(comparison.operator)


def within(
    since: datetime | None, before: datetime | None, comparison: Comparison
) -> tuple[datetime | None, datetime | None]:
    """Return the bounds with those of one more comparison."""
    lower, upper = time_bounds(comparison)
    latest = max((each for each in (since, lower) if each is not None), default=None)
    earliest = min((each for each in (before, upper) if each is not None), default=None)
    return latest, earliest


def _narrowed(query: LogQuery, comparison: Comparison, jobs: Sequence[Job]) -> LogQuery:
    value = str(comparison.value)
    if comparison.property == _TIME:
        since, before = within(query.since, query.before, comparison)
        return replace(query, since=since, before=before)
    if comparison.operator is not Operator.EQ:
        return query
    if comparison.property == _ACTION:
        return replace(query, actions=query.actions & {ProvisioningAction(value)})
    if comparison.property == _STATUS:
        return replace(query, statuses=query.statuses & {ProvisioningStatus(value)})
    if comparison.property == _CYCLE:
        return replace(query, cycles=_cycles(query, jobs, value))
    if comparison.property in {*_RECORD, _SOURCE, _TARGET}:
        return _identified(query, comparison.property, value)
    return query


def _cycles(query: LogQuery, jobs: Sequence[Job], value: str) -> dict[str, int]:
    found = {job.configuration.id: _cycle_number(job.state, value) for job in jobs}
    named = {name: number for name, number in found.items() if number is not None}
    return named if query.cycles is None or query.cycles == named else {}


def _identified(query: LogQuery, name: str, value: str) -> LogQuery:
    """Two different ids, or none, are nobody's."""
    known = {_SOURCE: query.source_id, _TARGET: query.target_id}.get(name, query.record_id)
    if not value or known not in {"", value}:
        return replace(query, statuses=_NOBODY)
    if name == _SOURCE:
        return replace(query, source_id=value)
    return replace(query, target_id=value) if name == _TARGET else replace(query, record_id=value)


def _cycle_number(state: ConfigurationState, wanted: str) -> int | None:
    # names of cycles cannot be turned back; the newest is asked for most
    numbers = range(state.cycle, -1, -1)
    return next((each for each in numbers if cycle_id(state.configuration_id, each) == wanted), None)


def _is_looked_up(comparison: Comparison) -> bool:
    if comparison.property in {_TIME, _ACTION, _STATUS}:
        return True
    return comparison.operator is Operator.EQ and comparison.property in {*_RECORD, _CYCLE, _SOURCE, _TARGET}


def _is_asked_for(job: Job, comparisons: Sequence[Comparison]) -> bool:
    parts = job_parts(job.configuration)
    return all(each.holds(part_of(parts, each.property)) for each in comparisons if each.property in OF_A_JOB)


def _matcher(searched: Sequence[Comparison], jobs: Sequence[Job]) -> Callable[[ProvisioningLogRecord], bool]:
    configurations = {job.configuration.id: job.configuration for job in jobs}

    def matches(record: ProvisioningLogRecord) -> bool:
        configuration = configurations.get(record.configuration_id)
        if configuration is None or not searched:
            return configuration is not None
        told: Resource = log_resource(LoggedPass(record=record, configuration=configuration))
        return all(each.holds(part_of(told, each.property)) for each in searched)

    return matches


def _unbounded(comparison: Comparison) -> Exception:
    asked = f"{comparison.operator} on {comparison.property}"
    example = "and activityDateTime ge 2026-01-31T00:00:00Z"
    where = comparison.span[0] + 1
    return bad_request(
        f"$filter, character {where}: {asked} looks through the records one by one and needs a bounded time range; "
        f"add one such as: {example}."
    )
