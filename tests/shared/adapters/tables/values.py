"""What do tests store? Typical values, each with a name that says whose it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from shared.cycles.counters import Counted
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.cycles.work import Intent, IntentAction, Work
from shared.provisioning.link import Link, LinkOrigin, LinkState
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)

_Row = TypeVar("_Row")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

STATE = ConfigurationState(configuration_id="fabrikam-to-contoso", version=1, active=True, shards=8)
ONE_SHARD = replace(STATE, shards=1)


def pending(source_id: str, **changes: object) -> Pending:
    row = Pending(
        source_id=source_id,
        kind=WorkKind.CREATE,
        state=PendingState.WAITING,
        due=NOW,
        cycle=1,
        configuration_version=1,
        source={"displayName": "Zoë O'Brien", "accountEnabled": True, "businessPhones": ("+1", "+2"), "city": None},
    )
    return _changed(row, changes)


def link(source_id: str, **changes: object) -> Link:
    row = Link(
        source_id=source_id,
        target_id=f"target of {source_id}",
        origin=LinkOrigin.CREATED,
        state=LinkState.ACTIVE,
        digest="1:00ff",
        enabled=True,
        mail=f"{source_id}@fabrikam.example",
        changed=NOW,
    )
    return _changed(row, changes)


def work(source_id: str, owner: str = "worker", **changes: object) -> Work:
    return _changed(Work(source_id=source_id, owner=owner, expires=NOW + HOUR), changes)


def intent(**changes: object) -> Intent:
    return _changed(Intent(action=IntentAction.CREATE, started=NOW, mail="zoe@fabrikam.example"), changes)


def record(source_id: str, **changes: object) -> ProvisioningLogRecord:
    entry = ProvisioningLogRecord(
        id=f"record of {source_id}",
        configuration_id=STATE.configuration_id,
        cycle=1,
        started=NOW,
        duration_milliseconds=12,
        action=ProvisioningAction.CREATE,
        status=ProvisioningStatus.SUCCESS,
        source=Identity(id=source_id),
        target=None,
    )
    return _changed(entry, changes)


def cycle(number: int, **changes: object) -> Cycle:
    row = Cycle(
        configuration_id=STATE.configuration_id,
        number=number,
        kind=CycleKind.INITIAL,
        state=CycleState.RUNNING,
        phase=CyclePhase.USERS,
        cursor=Cursor(position=3, link="https://graph.microsoft.com/v1.0/users/delta?$skiptoken=x"),
        sequence=7,
        heartbeat=NOW,
        started=NOW,
        configuration_version=1,
    )
    return _changed(row, changes)


CREATED = Counted(cycle=1, action=ProvisioningAction.CREATE, status=ProvisioningStatus.SUCCESS)


def _changed(row: _Row, changes: Mapping[str, Any]) -> _Row:
    return replace(row, **changes)  # type: ignore[type-var]
