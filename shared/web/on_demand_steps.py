"""What does provisionOnDemand show of each step? More than the log: the object found, and how each value came about.

`details` is a text for each name, as in Microsoft's samples; what is more than a text is JSON in one, as they write
ScopeEvaluationResult.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from shared.orchestration.on_demand_result import OnDemandResult
from shared.provisioning.entry import AttributeValue
from shared.provisioning.flow_details import FlowDetail
from shared.provisioning.pass_steps import shown
from shared.provisioning.provisioning_log import ProvisioningStatus, ProvisioningStep, StepType
from shared.web.resources import Resource, time_text

# The log's words for the scoping step, and this answer's.
_SCOPING_NAMES: Final = {
    "Active in the source system": "IsActive",
    "Assigned to the application": "Assigned",
    "User has the required role": "IsEffectivelyEntitledForProvisioning",
    "Scoping filter evaluation passed": "IsInProvisioningScopeDisplayName",
}


def step_resources(result: OnDemandResult) -> list[Resource]:
    """Return the steps in the order in which they were taken."""
    return [_step(step, result) for step in result.steps]


def capital(word: StrEnum) -> str:
    """Write a word of Graph's enumerations as this answer does: it is not the log's spelling."""
    return word.value[:1].upper() + word.value[1:]


def _step(step: ProvisioningStep, result: OnDemandResult) -> Resource:
    skipped = step.type is StepType.PROCESSING and _is_skipped(result)
    return {
        "name": step.name,
        "type": capital(StepType.EXPORT if skipped else step.type),  # so a skip is shown, as the last step
        "status": capital(ProvisioningStatus.SKIPPED if skipped else step.status),
        "description": step.description,
        "timestamp": time_text(result.ended),
        "details": _details(step, result),
    }


def _details(step: ProvisioningStep, result: OnDemandResult) -> Mapping[str, str]:
    match step.type:
        case StepType.SCOPING:
            return {_SCOPING_NAMES.get(name, name): value for name, value in step.details.items()}
        case StepType.MATCHING if result.matched:
            return _matched(result.matched)
        case StepType.PROCESSING:
            reason = {"SkipReason": result.error.code} if result.error and _is_skipped(result) else {}
            return {**reason, **{each.name: _text(_flow(each)) for each in result.flow}}
        case _:
            return step.details


def _is_skipped(result: OnDemandResult) -> bool:
    return result.status is ProvisioningStatus.SKIPPED


def _matched(found: Sequence[Mapping[str, AttributeValue]]) -> dict[str, str]:
    """Return the properties of the one object, or a text with those of each of several."""
    if len(found) == 1:
        return _texts(found[0])
    return {f"match {number}": _text(_texts(each)) for number, each in enumerate(found, start=1)}


def _flow(detail: FlowDetail) -> Resource:
    return {
        "source": {name: _value(value) for name, value in detail.source.items()},
        "expression": detail.expression,
        "originalTargetValue": _value(detail.original),
        "modifiedTargetValue": _value(detail.modified),
    }


def _texts(values: Mapping[str, AttributeValue]) -> dict[str, str]:
    return {name: shown(value) for name, value in values.items()}


def _value(value: AttributeValue) -> str | None:
    return None if value is None else shown(value)


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
