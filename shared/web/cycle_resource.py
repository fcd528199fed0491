"""What is told of one cycle, of the open work, and of how everybody stands? Graph has no words for them."""

from shared.cycles.forecast import Forecast
from shared.cycles.statement import Statement
from shared.orchestration.job_status import CountedCycle, OpenEntries
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from shared.web.resources import Resource, time_text

_ACTIONS = (
    ProvisioningAction.CREATE,
    ProvisioningAction.UPDATE,
    ProvisioningAction.DISABLE,
    ProvisioningAction.DELETE,
    ProvisioningAction.OTHER,
)
_RESULTS = (ProvisioningStatus.SUCCESS, ProvisioningStatus.FAILURE, ProvisioningStatus.SKIPPED)


def cycle_resource(counted: CountedCycle) -> Resource:
    cycle = counted.cycle
    failed = {"code": cycle.error_code, "message": cycle.error_message}
    return {
        "number": cycle.number,
        "kind": cycle.kind.value,
        "state": cycle.state.value,
        "phase": cycle.phase.value,
        "startedDateTime": time_text(cycle.started),
        "completedDateTime": None if cycle.completed is None else time_text(cycle.completed),
        "configurationVersion": cycle.configuration_version,
        "imported": cycle.imported,
        "inScope": cycle.in_scope,
        "skipped": dict(cycle.skipped),
        "staged": cycle.staged,
        "drifted": cycle.drifted,
        "targetError": cycle.target_error or None,
        "policyChanges": list(cycle.policy_changes),
        "closing": None if cycle.closing is None else statement_resource(cycle.closing),
        "forecast": forecast_resource(cycle.forecast),
        "error": failed if cycle.error_code else None,
        "actions": {
            action.value: {result.value: counted.counters.of(action, result) for result in _RESULTS}
            for action in _ACTIONS
        },
    }


def statement_resource(statement: Statement) -> Resource:
    return {
        "inScope": statement.in_scope,
        "present": statement.present,
        "equal": statement.equal,
        "exceptions": [{"reason": reason, "count": count} for reason, count in statement.exceptions.items()],
    }


def forecast_resource(forecast: Forecast | None) -> Resource | None:
    if forecast is None:
        return None
    return {
        "madeDateTime": time_text(forecast.made),
        "expectedEndDateTime": time_text(forecast.expected),
        "entries": forecast.entries,
        "endedDateTime": None if forecast.ended is None else time_text(forecast.ended),
        "held": forecast.held,
    }


def workload_resource(open_: OpenEntries) -> Resource:
    workload = open_.workload
    return {
        "due": workload.due,
        "waiting": workload.waiting,
        "staged": workload.staged,
        "escrowed": workload.escrowed,
        "delayed": workload.delayed,
        "creates": workload.creates,
        "expectedEndDateTime": None if open_.expected_end is None else time_text(open_.expected_end),
        "forecast": forecast_resource(open_.forecast),
    }
