"""The functions host dies outright in the middle of a cycle: after a restart both tenants agree, nobody is twice."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sandbox.report import Report
from sandbox.runner import parse_options
from sandbox.runner.local_world import LocalWorld, local_world
from sandbox.runner.processes import Restartable
from sandbox.runner.progress import SilentProgress
from sandbox.runner.rounds import Rounds
from sandbox.runner.run import scenario_of

pytestmark = pytest.mark.timeout(600)

#: About as many requests as a cycle of so few people makes; the moment is drawn among them.
REQUESTS = {"initial": 170, "incremental": 45}

#: Moments of each kind. The campaigns kill hosts as well; `TENANTSYNC_TEST_KILLS=5` takes ten here.
KILLS = int(os.environ.get("TENANTSYNC_TEST_KILLS", "1"))


@pytest.mark.parametrize("seed", range(1, KILLS + 1))
@pytest.mark.parametrize("kind", ["initial", "incremental"])
async def test_a_host_that_is_killed_and_restarted_goes_on_where_it_was(tmp_path: Path, kind: str, seed: int) -> None:
    moment = Random(f"{kind} {seed}").randint(1, REQUESTS[kind])
    options = parse_options(["--once", "--port", "0", "--users", "25", "--time-scale", "200", "--seed", str(seed)])

    async with local_world(options, scenario_of(options)) as world:
        rounds = Rounds(world=world, scenario=scenario_of(options), progress=SilentProgress())
        report = await _rounds_with_a_death(rounds, kind, moment)
        records = await _log_records(world)
        target = await world.tenants.dump(report.target_tenant_id)

    assert not report.disagreements
    assert _more_than_once(user["mail"].casefold() for user in target["users"] if user.get("mail")) == {}
    assert _more_than_once(_created(record) for record in records if _is_create(record)) == {}
    assert len(records) == len({record["id"] for record in records})


async def _rounds_with_a_death(rounds: Rounds, kind: str, moment: int) -> Report:
    await rounds.begin()
    if kind == "incremental":
        await rounds.round(1)
        await rounds.live(1)
    await _die_after(rounds, moment)
    return await rounds.round(1 if kind == "initial" else 2)


async def _die_after(rounds: Rounds, requests: int) -> None:
    """Kill the host as soon as it has made so many more requests of Graph, and start it again."""
    host, tenants = rounds.world.host_process, rounds.world.tenants
    assert isinstance(host, Restartable)
    tenant_ids = list(rounds.tenants) or [tenant.id for tenant in rounds.scenario.world.tenants]
    wanted = (await tenants.use_of(tenant_ids)).requests + requests
    async with asyncio.timeout(300):
        while (await tenants.use_of(tenant_ids)).requests < wanted:  # noqa: ASYNC110 - another process counts
            await asyncio.sleep(0.002)
    await host.kill()
    await host.start()


async def _log_records(world: LocalWorld) -> list[dict[str, Any]]:
    """All records, page by page."""
    records: list[dict[str, Any]] = []
    link = "/v1.0/auditLogs/provisioning?$top=100"
    while link:
        answer = (await world.host.get(link)).raise_for_status().json()
        records.extend(answer["value"])
        link = answer.get("@odata.nextLink", "")
    return records


def _is_create(record: dict[str, Any]) -> bool:
    return bool(record["provisioningAction"] == "create" and record["provisioningStatusInfo"]["status"] == "success")


def _created(record: dict[str, Any]) -> str:
    return f"{record['sourceIdentity']['id']} as {record['targetIdentity']['id']}"


def _more_than_once(values: Iterable[str]) -> dict[str, int]:
    return {value: count for value, count in Counter(values).items() if count > 1}
