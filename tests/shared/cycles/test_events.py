"""What are people told of, once each?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.events import Event, EventKind, untold, with_breaker_closed
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.cycles.write_budget import Invitations
from tests.shared.adapters.tables.values import HOUR, NOW, STATE

DENIED = Quarantine(reason=QuarantineReason.EXCEPTION, began=NOW, code="Authorization_RequestDenied", message="of ada")
HELD = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=NOW, code="TooManyDeletes", message="512 of 500")
SURGE = Quarantine(reason=QuarantineReason.EXCEPTION, began=NOW, code="TooManyCreates", message="90 of 80")
BLOCKED = Invitations(blocks=1, blocked_until=NOW + HOUR)
QUIET = Invitations()


def events(state: ConfigurationState, invitations: Invitations = QUIET) -> list[Event]:
    return list(untold(state, invitations, NOW + HOUR))


def kinds(state: ConfigurationState, invitations: Invitations = QUIET) -> list[EventKind]:
    return [each.kind for each in events(state, invitations)]


def after(state: ConfigurationState, invitations: Invitations = QUIET) -> ConfigurationState:
    """The state after all of it was told."""
    return events(state, invitations)[-1].told


@pytest.mark.parametrize(
    ("quarantine", "kind", "message"),
    [
        (DENIED, EventKind.QUARANTINE, ""),
        (HELD, EventKind.HELD, "512 of 500"),
        (SURGE, EventKind.HELD, "90 of 80"),
    ],
)
def test_a_quarantine_is_told_once_and_its_end_once(quarantine: Quarantine, kind: EventKind, message: str) -> None:
    state = replace(STATE, quarantine=quarantine)
    [event] = events(state)
    assert (event.kind, event.code, event.message, event.when) == (kind, quarantine.code, message, NOW)

    told = after(state)
    assert events(told) == []
    lifted = replace(told, quarantine=None)
    assert kinds(lifted) == [EventKind.LIFTED]
    assert events(after(lifted)) == []


@pytest.mark.parametrize(
    "changed", [replace(DENIED, code="InvalidAuthenticationToken"), replace(DENIED, began=NOW + HOUR), HELD]
)
def test_another_reason_is_told_again(changed: Quarantine) -> None:
    told = after(replace(STATE, quarantine=DENIED))

    assert len(events(replace(told, quarantine=changed))) == 1


def test_the_same_event_always_has_the_same_name() -> None:
    state = replace(STATE, quarantine=HELD, cycle=7, last_completed=5)

    first = [each.name for each in untold(state, BLOCKED, NOW)]

    assert first == [each.name for each in untold(state, BLOCKED, NOW + timedelta(days=3))]
    assert len(set(first)) == 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cycle": 6, "last_completed": 5}, True),
        ({"cycle": 9, "last_completed": 5}, True),
        ({"cycle": 5, "last_completed": 5}, False),
        ({"cycle": 6, "last_completed": 5, "running": True}, False),
        ({"cycle": 6, "last_completed": 5, "told_failure": 6}, False),
        ({"cycle": 9, "last_completed": 7, "told_failure": 6}, True),
        ({"cycle": 6, "last_completed": 5, "quarantine": None}, False),
        ({"cycle": 6, "last_completed": 5, "quarantine": DENIED}, False),
    ],
)
def test_a_cycle_that_fails_behind_a_hold_is_told_once_for_each_series(changes: dict[str, object], told: bool) -> None:
    state = replace(after(replace(STATE, quarantine=HELD)), **{"quarantine": HELD, **changes})  # type: ignore[arg-type]

    assert (EventKind.FAILED in kinds(state)) is told
    if told:
        assert EventKind.FAILED not in kinds(after(state))


def test_a_block_is_told_once_until_an_invitation_goes_through() -> None:
    [event] = events(STATE, BLOCKED)
    assert event.kind is EventKind.BREAKER
    longer = replace(BLOCKED, blocks=2, blocked_until=NOW + 5 * HOUR)
    assert events(event.told, longer) == []
    assert with_breaker_closed(event.told, longer) == event.told

    closed = with_breaker_closed(event.told, QUIET)

    assert kinds(closed, BLOCKED) == [EventKind.BREAKER]
