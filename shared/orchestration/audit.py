"""Somebody does something: how is it written down so that it cannot be lost?

The act is inserted before it takes effect, and how it ended after. If the process dies in between, the act stands there
without an end: nobody can say that nothing was done. If the act cannot be written down, it is not done.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from shared.cycles.audit import Activity, AuditedValue, AuditOutcome, AuditRecord, AuditResult
from shared.orchestration.engine import Engine
from shared.orchestration.ports import StorageUnavailable

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody is about to do."""

    activity: Activity
    configuration_id: str = ""
    display_name: str = ""
    initiated_by: str = ""
    reason: str = ""
    changes: tuple[AuditedValue, ...] = ()
    people: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


def no_details(_: object) -> Mapping[str, str]:
    """Tell nothing of a result."""
    return {}


async def audited(
    engine: Engine,
    act: Act,
    effect: Callable[[], Awaitable[_Result]],
    *,
    told: Callable[[_Result], Mapping[str, str]] = no_details,
) -> _Result:
    """Do it, written down before and after; `told` says what is told of the result."""
    record = _record(engine, act)
    await engine.audits.add(record)
    try:
        result = await effect()
    except Exception as error:
        await _end(engine, record, AuditResult.FAILURE, reason=f"{type(error).__name__}: {error}"[:1000])
        raise
    await _end(engine, record, AuditResult.SUCCESS, details=told(result))
    return result


def _record(engine: Engine, act: Act) -> AuditRecord:
    return AuditRecord(
        id=engine.new_owner(),
        configuration_id=act.configuration_id,
        when=engine.clock.now(),
        activity=act.activity,
        initiated_by=act.initiated_by,
        reason=act.reason,
        display_name=act.display_name,
        changes=act.changes,
        people=act.people,
        details=act.details,
    )


async def _end(
    engine: Engine,
    record: AuditRecord,
    result: AuditResult,
    *,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> None:
    outcome = AuditOutcome(when=engine.clock.now(), result=result, reason=reason, details=details or {})
    try:
        await engine.audits.end(record, outcome)
    except StorageUnavailable:  # it is done, and whoever did it is to know that
        _log.warning("audit without an end", extra={"action": "audit", "audit_id": record.id})
