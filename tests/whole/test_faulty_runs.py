"""A company while Graph throttles, fails and replays: agreement, nobody twice, nobody foreign touched.

`TENANTSYNC_TEST_PEOPLE=2000 make test ARGS=tests/whole/test_faulty_runs.py` takes a bigger one, and minutes.
"""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.scenarios import Plan, Scenario, build_scenario
from sandbox.tenants.calls import find_call
from sandbox.tenants.properties import USER_PROPERTIES
from sandbox.world import TenantDocument
from tests.whole.copied_tree import run_sandbox
from tests.whole.record import Line, early_writes, read_record, written_ids

PEOPLE = int(os.environ.get("TENANTSYNC_TEST_PEOPLE", "60"))
#: Slower than the other runs: what holds up so many people is work, not waiting.
TIME_SCALE = "100"
SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyRun:
    output: str
    report: dict[str, Any]
    lines: list[Line]
    target: dict[str, Any]
    scenario: Scenario

    @property
    def target_before(self) -> TenantDocument:
        tenant_id = self.report["tenants"]["target"]
        return next(tenant for tenant in self.scenario.world.tenants if tenant.id == tenant_id)


async def run_faulty(tmp_path: Path, profile: str) -> FaultyRun:
    files = {name: tmp_path / name for name in ("report.json", "record.jsonl", "dump")}
    wanted = ["--json", str(files["report.json"]), "--record", str(files["record.jsonl"]), "--dump", str(files["dump"])]
    options = ["--users", str(PEOPLE), "--cycles", "2", "--faults", profile, "--time-scale", TIME_SCALE, *wanted]
    outcome = await run_sandbox(*options, seconds=SECONDS)
    assert outcome.status == 0, outcome.output
    report = json.loads(files["report.json"].read_text())
    return FaultyRun(
        output=outcome.output,
        report=report,
        lines=read_record(files["record.jsonl"]),
        target=json.loads((files["dump"] / f"{report['tenants']['target']}.json").read_text()),
        scenario=build_scenario("company", Plan(users=PEOPLE, seed=1)),
    )


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("profile", ["throttled", "flaky"])
async def test_a_company_agrees_whatever_goes_wrong_in_graph(tmp_path: Path, profile: str) -> None:
    run = await run_faulty(tmp_path, profile)

    assert run.report["agreement"], run.output
    assert run.report["closing"]["unexpected"] == 0
    check_nobody_is_twice(run)
    check_nobody_foreign_is_touched(run)
    check_writes_hold_what_may_be_written(run)
    check_throttling_is_obeyed(run, least=PEOPLE // 40 if profile == "throttled" else PEOPLE // 2000)


def check_nobody_is_twice(run: FaultyRun) -> None:
    mails = Counter(user["mail"].casefold() for user in run.target["users"] if user.get("mail"))
    names = Counter(user["userPrincipalName"].casefold() for user in run.target["users"])

    assert {mail for mail, count in mails.items() if count > 1} == set()
    assert {name for name, count in names.items() if count > 1} == set()


def check_nobody_foreign_is_touched(run: FaultyRun) -> None:
    """Of those who were there before, only guests are written to, and the others are as they were."""
    after = {user["id"]: user for user in (*run.target["users"], *run.target["deletedItems"])}
    before = [*run.target_before.users, *run.target_before.deleted_items]
    written = written_ids(run.lines, run.target_before.id)
    foreign = [user for user in before if user["id"] not in written]

    assert len(foreign) > PEOPLE // 20
    assert all("#EXT#" in user["userPrincipalName"] for user in before if user["id"] in written)
    for user in foreign:
        assert {name: after[user["id"]].get(name) for name in user} == user


def check_writes_hold_what_may_be_written(run: FaultyRun) -> None:
    writes = [line for line in run.lines if line.is_write]

    assert len(writes) > PEOPLE
    for line in writes:
        found = find_call(line.method, line.path)
        assert found is not None, line
        assert line.properties <= found[0].properties, line
        if line.method == "PATCH":
            assert all(USER_PROPERTIES[name].writable for name in line.properties), line
    assert not {line.status for line in run.lines} & {400, 401, 403, 501}


def check_throttling_is_obeyed(run: FaultyRun, *, least: int) -> None:
    throttled = [line for line in run.lines if line.is_throttled]

    assert len(throttled) >= least
    assert sum(line.is_throttled and line.is_write for line in run.lines) >= least // 4
    assert list(early_writes(run.lines, run.target_before.id)) == []
