"""Law 10: a message that was given up leaves an escrow and a record, never silence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.cycle import CycleState
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.messages import ImportMessage, ProvisioningMessage, encode
from shared.orchestration.ports import EntryRows, EntryStore
from shared.orchestration.record_poison import UNREADABLE, GivenUp, record_import_poison, record_provisioning_poison
from shared.provisioning.provisioning_log import ProvisioningLogRecord, ProvisioningStatus
from tests.engine.local_engine import CYCLE, START, LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, people, small_world

FAILURE = ProvisioningStatus.FAILURE


def given_up(body: bytes, message_id: str) -> GivenUp:
    return GivenUp(body=body, id=message_id, inserted=START)


async def before_provisioning() -> tuple[LocalEngine, bytes]:
    """An engine whose reader has staged everybody, and a message about one of them."""
    local = LocalEngine(small_world(people(3)))
    await local.start()
    while not (await local.rows(id_of("person0"))).pending:
        await local.step()
    shard = local.engine.entries.shard(id_of("person0"), (await local.state()).shards)
    message = ProvisioningMessage(configuration_id=CONFIGURATION, shard=shard, source_ids=(id_of("person0"),))
    return local, encode(message).encode()


async def failures(local: LocalEngine) -> list[ProvisioningLogRecord]:
    return [record for record in await local.index() if record.status is FAILURE]


async def unreadable(local: LocalEngine) -> tuple[ProvisioningLogRecord, ...]:
    return (await local.engine.log_index.page([UNREADABLE], 10, "")).records


async def test_a_provisioning_message_that_was_given_up_is_an_escrow_and_a_record() -> None:
    local, body = await before_provisioning()

    await record_provisioning_poison(local.engine, given_up(body, "message-1"))

    pending = (await local.rows(id_of("person0"))).pending
    assert pending is not None
    assert pending.state is PendingState.ESCROWED
    assert [record.source.id for record in await failures(local)] == [id_of("person0")]


async def test_the_next_cycle_tries_the_escrow_again() -> None:
    local, body = await before_provisioning()
    await record_provisioning_poison(local.engine, given_up(body, "message-1"))

    await local.run_cycle()
    await local.run_cycle()

    local.assert_agreement()


async def test_a_poison_message_that_comes_twice_is_one_record() -> None:
    local, body = await before_provisioning()

    await record_provisioning_poison(local.engine, given_up(body, "message-1"))
    local.clock.time += timedelta(minutes=1)
    await record_provisioning_poison(local.engine, given_up(body, "message-1"))

    assert len(await failures(local)) == 1


async def test_a_poison_message_about_people_without_open_work_changes_nothing() -> None:
    local, body = await before_provisioning()
    await local.run_cycle()

    await record_provisioning_poison(local.engine, given_up(body, "message-1"))

    assert (await local.rows(id_of("person0"))).pending is None
    assert not await failures(local)
    local.assert_agreement()


async def test_a_removal_that_is_held_stays_held() -> None:
    local, body = await before_provisioning()
    await local.run_cycle()
    held = replace(open_row(local), kind=WorkKind.REMOVE, state=PendingState.STAGED, staged_cycle=9)
    await local.engine.entries.stage(await local.state(), [held])

    await record_provisioning_poison(local.engine, given_up(body, "message-1"))

    pending = (await local.rows(id_of("person0"))).pending
    assert pending is not None
    assert replace(pending, etag="") == held


def open_row(local: LocalEngine) -> Pending:
    return Pending(
        source_id=id_of("person0"),
        kind=WorkKind.EVALUATE,
        state=PendingState.WAITING,
        due=local.clock.now(),
        cycle=1,
        configuration_version=1,
        source=None,
    )


async def test_what_the_reader_writes_meanwhile_is_not_overwritten() -> None:
    local, body = await before_provisioning()
    newer = replace(open_row(local), cycle=7)
    entries = Overtaken(local.engine.entries, newer)

    await record_provisioning_poison(replace(local.engine, entries=entries), given_up(body, "message-1"))  # type: ignore[arg-type]

    pending = (await local.rows(id_of("person0"))).pending
    assert pending is not None
    assert replace(pending, etag="") == newer


class Overtaken:
    """An entry store in which the reader writes a row right after somebody has read it."""

    def __init__(self, entries: EntryStore, newer: Pending) -> None:
        self._entries = entries
        self._newer = newer

    def __getattr__(self, name: str) -> object:
        return getattr(self._entries, name)

    async def read(self, state: ConfigurationState, source_ids: Sequence[str]) -> Mapping[str, EntryRows]:
        rows = await self._entries.read(state, source_ids)
        await self._entries.stage(state, [self._newer])
        return rows


async def test_an_import_message_that_was_given_up_fails_its_cycle_and_the_next_one_starts_on_time() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    await local.run_for(CYCLE)
    while not (await local.state()).running:
        await local.step()
    cycle = await local.cycle()
    message = ImportMessage(configuration_id=CONFIGURATION, cycle=cycle.number, sequence=cycle.sequence)

    await record_import_poison(local.engine, given_up(encode(message).encode(), "message-1"))
    await record_import_poison(local.engine, given_up(encode(message).encode(), "message-1"))

    assert (await local.cycle()).state is CycleState.FAILED
    assert not (await local.state()).running
    await local.run_cycle()
    local.assert_agreement()


async def test_an_old_import_message_fails_no_cycle() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    message = ImportMessage(configuration_id=CONFIGURATION, cycle=1, sequence=1)

    await record_import_poison(local.engine, given_up(encode(message).encode(), "message-1"))

    assert (await local.cycle()).state is CycleState.COMPLETED


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 1}', b"null", b'{"version": 99}'])
async def test_a_body_that_is_none_of_ours_is_one_record(body: bytes) -> None:
    local = LocalEngine(small_world(people(1)))
    await local.start()

    await record_provisioning_poison(local.engine, given_up(body, "message-1"))
    await record_import_poison(local.engine, given_up(body, "message-2"))
    await record_import_poison(local.engine, given_up(body, "message-2"))

    assert len(await unreadable(local)) == 2


async def test_a_message_about_an_unknown_configuration_is_a_record() -> None:
    local = LocalEngine(small_world(people(1)))
    message = ProvisioningMessage(configuration_id="nobody", shard=0, source_ids=(id_of("person0"),))

    await record_provisioning_poison(local.engine, given_up(encode(message).encode(), "message-1"))

    assert len(await unreadable(local)) == 1
