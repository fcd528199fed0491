"""What has happened to a configuration that people are to hear of, and have not been told of?

| event | is |
|---|---|
| quarantine | it began, or its reason changed |
| held | the same, because removals, creates or rewrites are held: a person has to decide |
| lifted | the quarantine that was told of is over |
| failed | a cycle failed while a guard holds, which the quarantine does not say; once until a cycle succeeds |
| breaker | Graph blocks invitations to the target; once until one goes through |

Each has a name that the same event always has; what was told of stands in the state row.
https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.cycles.state import ConfigurationState, Quarantine, is_held, is_surging
from shared.cycles.write_budget import Invitations


class EventKind(StrEnum):
    QUARANTINE = "quarantine"
    HELD = "held"
    LIFTED = "lifted"
    FAILED = "failed"
    BREAKER = "breaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to tell; `told` is the state after it was told."""

    kind: EventKind
    name: str
    when: datetime
    told: ConfigurationState
    code: str = ""
    message: str = ""
    """How much against which limit; never whose."""


def untold(state: ConfigurationState, invitations: Invitations, now: datetime) -> Iterator[Event]:
    """Yield what has not been told of, one after the other: the second is of the state after the first."""
    for find in (_quarantine, _failure):
        event = find(state, now)
        if event is not None:
            yield event
            state = event.told
    event = _breaker(state, invitations, now)
    if event is not None:
        yield event


def with_breaker_closed(state: ConfigurationState, invitations: Invitations) -> ConfigurationState:
    """Return the state that knows that invitations go through again: a next block is another event."""
    return state if invitations.blocks else replace(state, told_breaker="")


def quarantine_name(quarantine: Quarantine) -> str:
    return f"quarantine {quarantine.code} {quarantine.began.isoformat()}"


def _quarantine(state: ConfigurationState, now: datetime) -> Event | None:
    quarantine = state.quarantine
    name = "" if quarantine is None else quarantine_name(quarantine)
    if name == state.told_quarantine:
        return None
    told = replace(state, told_quarantine=name)
    if quarantine is None:
        return Event(kind=EventKind.LIFTED, name=f"lifted {state.told_quarantine}", when=now, told=told)
    held = is_held(state) or is_surging(state)
    return Event(
        kind=EventKind.HELD if held else EventKind.QUARANTINE,
        name=name,
        when=quarantine.began,
        told=told,
        code=quarantine.code,
        message=quarantine.message if held else "",
    )


def _failure(state: ConfigurationState, now: datetime) -> Event | None:
    """A failed cycle puts its configuration into quarantine, unless it is in one that is not to be covered up."""
    failed = not state.running and state.cycle > state.last_completed
    if not failed or not (is_held(state) or is_surging(state)) or state.told_failure > state.last_completed:
        return None
    told = replace(state, told_failure=state.last_completed + 1)
    return Event(kind=EventKind.FAILED, name=f"failed {state.last_completed + 1}", when=now, told=told)


def _breaker(state: ConfigurationState, invitations: Invitations, now: datetime) -> Event | None:
    if not invitations.blocks or state.told_breaker:
        return None
    name = f"breaker {(invitations.blocked_until or now).isoformat()}"
    return Event(kind=EventKind.BREAKER, name=name, when=now, told=replace(state, told_breaker=name))
