"""A pass that fails: who is told, who waits, and who is not held up by it?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.cycles.pending import PendingState
from shared.cycles.state import ConfigurationState, JobStatus, QuarantineReason
from shared.orchestration.messages import decode_provisioning
from shared.orchestration.ports import (
    Closing,
    ClosingResult,
    EntryStore,
    Examination,
    ResyncRequired,
    SourceDirectory,
    StorageUnavailable,
    UnexpectedAnswer,
)
from shared.orchestration.provision_entries import provision_entries
from shared.provisioning.provisioning_log import ProvisioningStatus
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.odd_directories import OddDirectories, Passing
from tests.engine.small_world import (
    SOURCE,
    Document,
    assigned_world,
    assignment,
    id_of,
    mail_of,
    people,
    small_world,
)

POISONED = id_of("person0")


def policy(*, allowed: bool) -> Document:
    inbound = {"userSyncInbound": {"isSyncAllowed": allowed}}
    return {"op": "setPartner", "tenantId": SOURCE, "set": {"identitySynchronization": inbound}}


class Failing(OddDirectories):
    """Nobody can be provisioned together with the poisoned person; reading asks for them without a control."""

    def __init__(self, local: LocalEngine, error: Exception) -> None:
        super().__init__(local.engine.directories)
        self.error = error

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        error = self.error

        class Examining(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                if POISONED in source_ids and known_users:
                    raise error
                return await source.examine(source_ids, scope=scope, known_users=known_users)

        return Examining(source)  # type: ignore[return-value]


async def poisoned(error: Exception) -> LocalEngine:
    local = LocalEngine(small_world(people(30)))
    local.engine = local.worker = replace(local.engine, directories=Failing(local, error))
    await local.start()
    return local


async def run_messages(local: LocalEngine, *, until: timedelta) -> None:
    """Let time pass as a host does: a message that fails is delivered again after a minute."""
    end = local.clock.now() + until
    queue = local.queues.queue("provisioning")
    while local.clock.now() < end:
        for message in await queue.receive(1):
            try:
                await provision_entries(local.worker, decode_provisioning(message.text))
            except LookupError:
                await queue.release(message, after=timedelta(minutes=1))
            else:
                await queue.delete(message)
            break
        else:
            await local.step(end)


async def test_one_person_who_cannot_be_worked_on_holds_up_nobody_else_and_is_told() -> None:
    local = await poisoned(LookupError("nobody foresaw this"))

    await run_messages(local, until=timedelta(hours=1))

    record = (await local.records(POISONED))[0]
    assert len(local.users()) == 29
    assert record.error is not None
    assert (record.status, record.error.code) == (ProvisioningStatus.FAILURE, "InternalError")


@pytest.mark.parametrize("error", [UnexpectedAnswer("odd"), ResyncRequired("odd")])
async def test_an_answer_that_nobody_documented_ends_in_an_escrow_that_is_told(error: Exception) -> None:
    local = await poisoned(error)

    while (await local.workload()).escrowed == 0:
        await local.step()

    pending = (await local.rows(POISONED)).pending
    assert pending is not None
    assert (pending.state, pending.reason) == (PendingState.ESCROWED, "UnexpectedAnswer")
    assert (await local.records(POISONED))[0].status is ProvisioningStatus.FAILURE


async def test_an_escrow_that_is_tried_again_counts_under_the_newest_cycle() -> None:
    local = await poisoned(UnexpectedAnswer("odd"))
    while (await local.workload()).escrowed == 0:
        await local.step()

    odd = local.engine.directories
    assert isinstance(odd, Failing)
    local.engine = local.worker = replace(local.engine, directories=odd.calm)
    await local.run_cycle()

    record = (await local.records(POISONED))[0]
    assert record.status is ProvisioningStatus.SUCCESS
    assert record.cycle > 1


async def test_storage_that_fails_once_at_the_close_leaves_no_lease_behind() -> None:
    local = LocalEngine(small_world(people(3)))
    local.engine = local.worker = replace(local.engine, entries=Interrupted(local.engine.entries))  # type: ignore[arg-type]
    await local.start()

    await local.run_for(timedelta(minutes=4))

    assert len(local.users()) == 3
    assert (await local.workload()).due == 0


class Interrupted:
    """An entry store whose first close fails without having happened."""

    def __init__(self, entries: EntryStore) -> None:
        self._entries = entries
        self._failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._entries, name)

    async def close(self, state: ConfigurationState, closings: Sequence[Closing]) -> Sequence[ClosingResult]:
        if not self._failed:
            self._failed = True
            raise StorageUnavailable
        return await self._entries.close(state, closings)


async def test_a_policy_that_forbids_is_a_quarantine_that_ends_by_itself() -> None:
    local = LocalEngine(small_world(people(60)))
    local.change_target(policy(allowed=False))
    await local.start()

    await local.run_for(timedelta(minutes=30))
    held = (await local.state()).quarantine
    local.change_target(policy(allowed=True))
    await local.run_cycle()

    assert held is not None
    assert held.reason is QuarantineReason.EXCEPTION
    assert held.code == "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
    assert (await local.state()).status is JobStatus.ACTIVE
    local.assert_agreement()


async def test_while_the_policy_forbids_nobody_is_examined_again_and_again() -> None:
    local = LocalEngine(small_world(people(60)))
    local.change_target(policy(allowed=False))
    await local.start()
    await local.run_for(timedelta(minutes=10))

    before = local.simulation.statistics()[SOURCE]["requests"]
    await local.run_for(timedelta(minutes=25))

    assert local.simulation.statistics()[SOURCE]["requests"] == before


async def test_a_refusal_does_not_cover_up_the_hold_of_removals() -> None:
    local = LocalEngine(small_world(people(60)))
    await local.begin()

    local.change_target(policy(allowed=False))
    local.change(*({"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(20)))
    local.change({"op": "updateUser", "id": id_of("person30"), "set": {"city": "Gera"}})
    await local.run_for(2 * CYCLE)

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert local.users()[mail_of("person30")].get("city") != "Gera"


async def test_an_escrow_that_only_waits_again_is_tried_less_and_less_often() -> None:
    local = LocalEngine(assigned_world(people(2), [], assignment("person0"), assignment("person1")), shards=1)
    await local.begin()

    local.change(*({"op": "unassign", "principalId": id_of(f"person{number}")} for number in range(2)))
    await local.run_for(timedelta(days=1))

    told = [each.started for each in reversed(await local.records(id_of("person0"))) if each.error]
    gaps = [after - before for before, after in pairwise(told)]
    assert len(gaps) > 2, "an empty list of assignments proves nobody's absence"
    assert all(before + timedelta(minutes=30) < after for before, after in pairwise(gaps)), gaps
