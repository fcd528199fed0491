"""Law 9: after a 429 nothing is written before its Retry-After has passed, and everybody still arrives."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sandbox.scenarios.company import assigned, company
from sandbox.scenarios.scenario import Plan, Scenario
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import TARGET, people, small_world


def lines_of(record: Path) -> Iterator[dict[str, Any]]:
    for line in record.read_bytes().splitlines():
        yield msgspec.json.decode(line)


def is_write(line: dict[str, Any]) -> bool:
    return line["tenant"] == TARGET and line["method"] != "GET" and "$batch" not in line["url"]


def too_early(record: Path) -> list[dict[str, Any]]:
    """Writes between a refused one and the end of its Retry-After; items of a batch are sent together."""
    closed, early, since = datetime.fromisoformat("2000-01-01T00:00:00Z"), [], None
    for line in filter(is_write, lines_of(record)):
        at = datetime.fromisoformat(line["time"])
        if at < closed and at != since:
            early.append(line)
        if line["status"] == 429 and "retryAfter" in line:
            closed, since = max(closed, at + timedelta(seconds=line["retryAfter"])), at
    return early


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("seed", range(2))
async def test_no_write_comes_before_the_retry_after_of_a_refused_one(seed: int, workers: int, tmp_path: Path) -> None:
    record = tmp_path / "requests.jsonl"
    switches = {"throttle_writes": 0.2, "retry_after_seconds": 60}
    local = LocalEngine(small_world(people(60)), workers=workers, seed=seed, record=record)
    local.simulation.set_faults("throttled", switches=switches)

    await local.start()
    await local.run_cycle()
    local.simulation.close()

    local.assert_agreement()
    assert sum(line["status"] == 429 for line in lines_of(record) if is_write(line)) > 5
    assert too_early(record) == []


async def test_a_quota_throttles_a_bigger_run_and_everybody_arrives_once() -> None:
    local = LocalEngine(small_world(people(60)))
    local.simulation.set_faults("throttled", switches={"throttle_writes": 0.15})

    await local.begin()

    assert local.simulation.statistics()[TARGET]["throttled"] >= 50
    assert len(local.users()) == 60
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 60


@pytest.mark.parametrize("profile", ["throttled", "flaky"])
@pytest.mark.parametrize("make", [company, assigned])
@pytest.mark.parametrize("seed", range(2))
async def test_transient_faults_end_in_agreement(profile: str, make: Callable[[Plan], Scenario], seed: int) -> None:
    local = LocalEngine(make(Plan(users=30, seed=seed)), faults=profile, seed=seed)

    await local.start()
    for _ in range(3):
        await local.run_cycle()

    judgement = local.judge()
    assert not judgement.disagreements, "\n".join(map(str, judgement.disagreements))
