"""Something has happened to a configuration: who is told, and at most once?

What was not told yet is seen in the state row by the tick, so no event is lost with the process that caused it. Before
a mail is sent the event is claimed by a row that is inserted once; whoever finds it there sends nothing. So after a
crash in between one mail is missing, and never one too many. What was not sent, or may not have been, the status says.
"""

import logging
from dataclasses import replace
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from shared.configuration.configuration import Configuration, Notifications
from shared.cycles.audit import Activity, AuditedValue, AuditOutcome, AuditRecord, AuditResult
from shared.cycles.events import Event, EventKind, untold, with_breaker_closed
from shared.cycles.state import ConfigurationState
from shared.cycles.write_budget import Invitations
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Forbidden, Mail, Throttled, Unavailable, UnexpectedAnswer
from shared.orchestration.update_state import update_state

_log = logging.getLogger(__name__)

_SUBJECTS = {
    EventKind.QUARANTINE: "{name} is in quarantine ({code})",
    EventKind.HELD: "{name} waits for your decision ({code})",
    EventKind.LIFTED: "{name} is no longer in quarantine",
    EventKind.FAILED: "{name}: a cycle failed",
    EventKind.BREAKER: "{name}: invitations are blocked",
}
_TEXTS = {
    EventKind.QUARANTINE: "Nothing, or nobody's removal, is written until the cause is repaired; see the job's status.",
    EventKind.HELD: "Look at what is held (tenantsync jobs held {id}), then approve or reject it.",
    EventKind.LIFTED: "The job goes on by itself.",
    EventKind.FAILED: "It failed while a guard holds; the next one is started at its time. See the job's cycles.",
    EventKind.BREAKER: "Microsoft Graph refuses invitations to the target tenant. Nobody is created until it lets one "
    "pass; everything else goes on. Microsoft's support lifts the block.",
}
_IN_DOUBT = "whoever was about to send it stopped; it may not have been sent"


async def notify(engine: Engine, state: ConfigurationState) -> None:
    """Tell whoever is to hear of it what has happened since they were told last."""
    configuration = await engine.configurations.configuration(state.configuration_id, state.version)
    if configuration is None:
        return
    invitations = await _invitations(engine, configuration, state)
    for event in untold(state, invitations, engine.clock.now()):
        error = await _tell(engine, configuration, event)
        await update_state(engine, state.configuration_id, partial(_told, event=event, error=error))
    if with_breaker_closed(state, invitations) != state:
        await update_state(engine, state.configuration_id, partial(_closed, invitations=invitations))


async def _invitations(engine: Engine, configuration: Configuration, state: ConfigurationState) -> Invitations:
    """Return what is known of invitations, where somebody wants to hear of it and anybody could wait for one."""
    if configuration.notifications is None or (state.attention.idle and not state.told_breaker):
        return Invitations()
    return await engine.budgets.invitations(configuration.target.tenant_id)


async def _told(state: ConfigurationState, *, event: Event, error: str | None) -> ConfigurationState:
    told = event.told
    shown = state.notification_error if error is None else error
    return replace(
        state,
        told_quarantine=told.told_quarantine,
        told_failure=told.told_failure,
        told_breaker=told.told_breaker,
        notification_error=shown,
    )


async def _closed(state: ConfigurationState, *, invitations: Invitations) -> ConfigurationState:
    return with_breaker_closed(state, invitations)


async def _tell(engine: Engine, configuration: Configuration, event: Event) -> str | None:
    """Return why the mail could not be sent, empty if it was; None if none is to be sent."""
    if event.kind in {EventKind.QUARANTINE, EventKind.HELD}:
        await engine.audits.add(_record(configuration, event, Activity.QUARANTINE))
    if configuration.notifications is None:
        return None
    if not await engine.audits.claim(configuration.id, event.name):
        return f"{event.kind}: {_IN_DOUBT}"
    record = replace(_record(configuration, event, Activity.NOTIFICATION), when=engine.clock.now())
    await engine.audits.add(record)
    error = await _send(engine, configuration, configuration.notifications, event)
    result = AuditResult.FAILURE if error else AuditResult.SUCCESS
    await engine.audits.end(record, AuditOutcome(when=engine.clock.now(), result=result, reason=error))
    return error


async def _send(engine: Engine, configuration: Configuration, wanted: Notifications, event: Event) -> str:
    mail = Mail(
        sender=wanted.sender,
        recipients=wanted.recipients,
        subject=_SUBJECTS[event.kind].format(name=configuration.display_name, code=event.code),
        text=_text(configuration, event),
    )
    try:
        await engine.directories.mailbox(configuration).send(mail)
    except (Throttled, Unavailable, Forbidden, UnexpectedAnswer) as error:
        extra = {"action": "notify", "configuration_id": configuration.id, "event": event.kind.value}
        _log.warning("notification not sent", extra=extra)
        return f"{event.kind}: {type(error).__name__}: {error}"[:500]
    return ""


def _text(configuration: Configuration, event: Event) -> str:
    """No person is named in it: who may know that looks at the job."""
    lines = [
        _TEXTS[event.kind].format(id=configuration.id),
        *([event.message] if event.message else []),
        "",
        f"Configuration: {configuration.display_name} ({configuration.id})",
        f"Since: {event.when:%Y-%m-%d %H:%M} UTC",
    ]
    return "\n".join(lines)


def _record(configuration: Configuration, event: Event, activity: Activity) -> AuditRecord:
    """The same event makes the same record, whoever writes it and when: a record is found by its time."""
    imposed = (AuditedValue(name="quarantine", before=None, after=f'"{event.code}"'),)
    return AuditRecord(
        id=str(uuid5(NAMESPACE_URL, f"{configuration.id}/{activity}/{event.name}")),
        configuration_id=configuration.id,
        when=event.when,
        activity=activity,
        display_name=configuration.display_name,
        reason=event.message,
        changes=imposed if activity is Activity.QUARANTINE else (),
        details={"Event": event.kind.value, "Code": event.code},
    )
