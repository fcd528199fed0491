"""What do the rows of a configuration say of themselves?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.cycles.claim import Claim, ClaimKind
from shared.cycles.counters import Counters
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.pending import (
    INVITATIONS_BLOCKED,
    DueClass,
    PendingState,
    WorkKind,
    is_coming,
    is_staged_disable,
    looked_at_again,
)
from shared.cycles.state import JobStatus, Quarantine, QuarantineReason
from shared.cycles.work import Work
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.shared.cycles.rows import configuration_state, pending
from tests.shared.provisioning.people import NOW

SECOND = timedelta(seconds=1)
HELD = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=NOW, code="TooManyDeletes", message="")


@pytest.mark.parametrize(
    ("kind", "due_class"),
    [
        (WorkKind.REMOVE, DueClass.REMOVAL),
        (WorkKind.DISABLE, DueClass.DISABLE),
        (WorkKind.EVALUATE, DueClass.UPDATE),
        (WorkKind.UPDATE, DueClass.UPDATE),
        (WorkKind.CREATE, DueClass.CREATE),
        (WorkKind.REFERENCE, DueClass.REFERENCE),
    ],
)
def test_waiting_rows_are_found_by_their_kind_staged_and_escrowed_ones_by_their_state(
    kind: WorkKind, due_class: DueClass
) -> None:
    classes = {state: pending(kind=kind, state=state).due_class for state in PendingState}

    assert classes == {
        PendingState.WAITING: due_class,
        PendingState.STAGED: DueClass.STAGED,
        PendingState.ESCROWED: DueClass.ESCROW,
        PendingState.DELAYED: DueClass.DELAYED,
    }


def test_somebody_is_coming_while_work_waits_that_may_provision_them() -> None:
    coming = {kind for kind in WorkKind if is_coming(pending(kind=kind))}
    waiting = {state for state in PendingState if is_coming(pending(kind=WorkKind.CREATE, state=state))}

    assert coming == {WorkKind.CREATE, WorkKind.UPDATE, WorkKind.EVALUATE}
    assert waiting == {PendingState.WAITING}
    assert not is_coming(None)
    assert not is_coming(replace(pending(kind=WorkKind.CREATE), reason=INVITATIONS_BLOCKED))


def test_removals_are_dispatched_before_updates_these_before_creates_and_managers_come_last() -> None:
    assert sorted(DueClass)[:4] == [DueClass.REMOVAL, DueClass.UPDATE, DueClass.CREATE, DueClass.REFERENCE]


@pytest.mark.parametrize(
    ("active", "ever_started", "quarantine", "status"),
    [
        (False, False, None, JobStatus.NOT_RUN),
        (False, True, None, JobStatus.PAUSED),
        (True, True, None, JobStatus.ACTIVE),
        (True, True, HELD, JobStatus.QUARANTINE),
        (False, True, HELD, JobStatus.QUARANTINE),
    ],
)
def test_the_status_is_what_graph_would_say(
    active: bool, ever_started: bool, quarantine: Quarantine | None, status: JobStatus
) -> None:
    state = configuration_state(active=active, ever_started=ever_started)

    assert replace(state, quarantine=quarantine).status is status


@pytest.mark.parametrize(
    ("owner", "expires", "log_key", "held"),
    [
        ("other", NOW + SECOND, "", True),
        ("other", NOW, "", False),
        ("other", NOW - SECOND, "", False),
        ("me", NOW + SECOND, "", False),
        ("other", NOW + SECOND, "log", False),
    ],
)
def test_a_lease_holds_while_it_runs_and_the_entry_is_open(
    owner: str, expires: datetime, log_key: str, held: bool
) -> None:
    work = Work(source_id="s", owner=owner, expires=expires, log_key=log_key)

    assert work.held_by_other("me", NOW) is held


@pytest.mark.parametrize(("expires", "abandoned"), [(datetime(1970, 1, 1, tzinfo=UTC), False), (NOW - SECOND, True)])
def test_a_lease_that_merely_ran_out_was_abandoned(expires: datetime, abandoned: bool) -> None:
    assert Work(source_id="s", owner="o", expires=expires).abandoned is abandoned


@pytest.mark.parametrize(
    ("configuration_id", "source_id", "same"), [("c", "s", True), ("c", "other", False), ("other", "s", False)]
)
def test_a_claim_is_owned_by_one_person_of_one_configuration(configuration_id: str, source_id: str, same: bool) -> None:
    mail = Claim(tenant_id="t", kind=ClaimKind.MAIL, subject="ada@x", configuration_id="c", source_id="s")
    target = replace(mail, kind=ClaimKind.TARGET, subject="t-ada", configuration_id=configuration_id)

    assert mail.same_owner(replace(target, source_id=source_id)) is same


def test_what_was_not_counted_is_zero() -> None:
    created = (ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS)
    counters = Counters(values={created: 7})

    assert counters.of(*created) == 7
    assert counters.of(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS) == 0


def test_a_cycle_begins_at_the_start_of_reading_with_nothing_counted() -> None:
    cycle = Cycle(
        configuration_id="c",
        number=1,
        kind=CycleKind.INITIAL,
        state=CycleState.RUNNING,
        phase=next(iter(CyclePhase)),
        cursor=Cursor(),
        sequence=0,
        heartbeat=NOW,
        started=NOW,
        configuration_version=1,
    )

    assert (cycle.phase, cycle.cursor.position, cycle.cursor.link) == (CyclePhase.SNAPSHOT, 0, "")
    assert (cycle.imported, cycle.in_scope, cycle.staged, cycle.skipped, cycle.completed) == (0, 0, 0, {}, None)


def test_everything_is_read_before_anything_is_settled() -> None:
    phases = list(CyclePhase)

    assert phases[-2:] == [CyclePhase.SETTLE, CyclePhase.COMPLETE]
    assert phases.index(CyclePhase.ASSIGNMENTS) < phases.index(CyclePhase.GROUPS) < phases.index(CyclePhase.USERS)
    assert phases.index(CyclePhase.USERS) < phases.index(CyclePhase.ABSENT)


@pytest.mark.parametrize("kind", WorkKind)
@pytest.mark.parametrize("state", PendingState)
def test_only_a_disable_that_is_staged_is_looked_at_while_it_waits(kind: WorkKind, state: PendingState) -> None:
    row = pending(state=state, kind=kind)

    assert is_staged_disable(row) is (kind is WorkKind.DISABLE and state is PendingState.STAGED)


def test_a_staged_disable_that_is_looked_at_again_keeps_what_is_counted() -> None:
    row = replace(pending(state=PendingState.STAGED, kind=WorkKind.DISABLE), staged_cycle=4)

    assert looked_at_again(row, NOW + SECOND) == replace(row, state=PendingState.WAITING, due=NOW + SECOND)
