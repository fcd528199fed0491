"""Which log records does somebody see?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.engine import Engine
from shared.orchestration.read_logs import BadSkipToken, LoggedPasses, read_logs
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)
from tests.engine.local_engine import START
from tests.shared.fakes import configuration, memory_engine


def record(configuration_id: str, number: int) -> ProvisioningLogRecord:
    return ProvisioningLogRecord(
        id=f"{configuration_id}-{number}",
        configuration_id=configuration_id,
        cycle=1,
        started=START + timedelta(seconds=number),
        duration_milliseconds=5,
        action=ProvisioningAction.CREATE,
        status=ProvisioningStatus.SUCCESS,
        source=Identity(id=f"person {number}"),
        target=None,
    )


async def logged(*names: str) -> Engine:
    """An engine with three records of each configuration."""
    engine = memory_engine()
    for name in names:
        await apply_configuration(engine, configuration({"/id": name}))
        await engine.log_index.add([record(name, number) for number in range(3)])
    return engine


def ids(page: LoggedPasses) -> list[str]:
    return [logged.record.id for logged in page.passes]


async def test_records_come_newest_first_and_with_their_configuration() -> None:
    engine = await logged("one")

    page = await read_logs(engine, {"one"}, top=10, skip="")

    assert ids(page) == ["one-2", "one-1", "one-0"]
    assert {each.configuration.id for each in page.passes} == {"one"}
    assert page.next == ""


async def test_a_page_goes_on_where_the_last_one_ended() -> None:
    engine = await logged("one", "two")

    first = await read_logs(engine, {"one", "two"}, top=4, skip="")
    second = await read_logs(engine, {"one", "two"}, top=4, skip=first.next)

    assert len(ids(first)) == 4
    assert sorted(ids(first) + ids(second)) == sorted(f"{name}-{n}" for name in ("one", "two") for n in range(3))


async def test_other_configurations_are_not_seen() -> None:
    engine = await logged("one", "two")

    assert ids(await read_logs(engine, {"two"}, top=10, skip="")) == ["two-2", "two-1", "two-0"]
    assert ids(await read_logs(engine, set(), top=10, skip="")) == []


async def test_records_without_a_configuration_are_left_out() -> None:
    engine = await logged("one")
    await engine.log_index.add([replace(record("one", 9), configuration_id="gone")])

    assert ids(await read_logs(engine, {"one", "gone"}, top=10, skip="")) == ["one-2", "one-1", "one-0"]


@pytest.mark.parametrize("token", ["x", "!!!!", "AAAA", "a" * 5000, "ünïcode"])
async def test_a_token_that_nobody_gave_is_refused(token: str) -> None:
    engine = await logged("one")

    with pytest.raises(BadSkipToken):
        await read_logs(engine, {"one"}, top=10, skip=token)
