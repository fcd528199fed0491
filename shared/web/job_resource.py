"""What does Graph's synchronizationJob say of a job?

https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
"""

from datetime import datetime

from shared.configuration.durations import format_duration
from shared.cycles.cycle import CycleKind, CycleState
from shared.cycles.state import ConfigurationState, Quarantine
from shared.orchestration.job_status import CountedCycle, JobReport
from shared.web.resources import UNSET, Resource, cycle_id, error_resource, time_text

TEMPLATE = "Azure2Azure"


def job_resource(report: JobReport) -> Resource:
    """Return the job with its schedule and status."""
    state, configuration = report.job.state, report.job.configuration
    return {
        "id": configuration.id,
        "templateId": TEMPLATE,
        "schedule": {
            "interval": format_duration(configuration.interval),
            "state": "Active" if state.active else "Disabled",
            "expiration": None,
        },
        "status": _status(report),
        "synchronizationJobSettings": _settings(state),
    }


def _settings(state: ConfigurationState) -> list[Resource]:
    """Return Graph's keyValuePairs; Graph has no place of its own for a mail that could not be sent."""
    error = state.notification_error
    return [{"name": "NotificationError", "value": error}] if error else []


def _status(report: JobReport) -> Resource:
    state, last_successful = report.job.state, report.last_successful
    return {
        "code": state.status.value,
        "countSuccessiveCompleteFailures": report.successive_failures,
        "escrowsPruned": False,
        "lastExecution": _execution(report.last),
        "lastSuccessfulExecution": _execution(last_successful),
        "lastSuccessfulExecutionWithExports": _execution(report.last_with_exports),
        "progress": _progress(report),
        "quarantine": _quarantine(report),
        "steadyStateFirstAchievedTime": time_text(state.steady_since),
        "steadyStateLastAchievedTime": time_text(last_successful.cycle.completed) if last_successful else UNSET,
        "synchronizedEntryCountByType": _synchronized(report),
        "troubleshootingUrl": None,
    }


def _execution(counted: CountedCycle | None) -> Resource | None:
    """Return Graph's synchronizationTaskExecution."""
    if counted is None:
        return None
    cycle = counted.cycle
    return {
        "activityIdentifier": cycle_id(cycle.configuration_id, cycle.number),
        "state": _outcome(counted),
        "timeBegan": time_text(cycle.started),
        "timeEnded": time_text(cycle.completed),
        "countEntitled": cycle.in_scope,
        "countEntitledForProvisioning": cycle.in_scope,
        "countEscrowed": counted.failures,
        "countEscrowedRaw": counted.failures,
        "countExported": counted.exports,
        "countExports": counted.exports,
        "countImported": cycle.imported,
        "countImportedDeltas": cycle.imported if cycle.kind is CycleKind.INCREMENTAL else 0,
        "countImportedReferenceDeltas": 0,
        "error": error_resource(cycle.error_code, cycle.error_message),
    }


def _outcome(counted: CountedCycle) -> str:
    """Return Graph's synchronizationTaskExecutionResult."""
    if counted.cycle.state is CycleState.FAILED:
        return "Failed"
    return "EntryLevelErrors" if counted.failures else "Succeeded"


def _progress(report: JobReport) -> list[Resource]:
    """Return how far the running cycle has read; the total is known from the last one."""
    cycle = report.newest
    if cycle is None or cycle.state is not CycleState.RUNNING:
        return []
    return [
        {
            "units": "Users",
            "completedUnits": cycle.imported,
            "totalUnits": max(cycle.imported, report.job.state.population),
            "progressObservationDateTime": time_text(cycle.heartbeat),
        }
    ]


def _synchronized(report: JobReport) -> list[Resource]:
    """Return Graph's totals to date."""
    state, last = report.job.state, report.last_successful
    if not state.last_completed:
        return []
    closing = last.cycle.closing if last else None
    # people whom the last cycle was still to create count as well, as they do for the guards
    return [{"key": "User", "value": max(state.population, closing.present if closing else 0)}]


def _quarantine(report: JobReport) -> Resource | None:
    """Return Graph's synchronizationQuarantine."""
    state = report.job.state
    quarantine = state.quarantine
    if quarantine is None:
        return None
    return {
        "currentBegan": time_text(quarantine.began),
        "nextAttempt": time_text(_next_attempt(state, quarantine)),
        "reason": quarantine.reason.value,
        "seriesBegan": time_text(quarantine.series_began or quarantine.began),
        "seriesCount": quarantine.series_count,
        "error": error_resource(quarantine.code, quarantine.message),
    }


def _next_attempt(state: ConfigurationState, quarantine: Quarantine) -> datetime | None:
    """Return when the next cycle starts: at its time, but no sooner than the quarantine lets it."""
    if not state.active or state.next_due is None:
        return None
    return max(state.next_due, quarantine.next_attempt or state.next_due)
