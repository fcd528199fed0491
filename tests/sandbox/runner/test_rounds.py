"""Whole runs in one process: real scenarios, simulated tenants and judge around a synchronizer of a few lines."""

from pathlib import Path

import pytest

from sandbox.report import Report
from sandbox.runner import GaveUpError, settling
from sandbox.scenarios import Plan, Scenario, build_scenario, load_source_directory
from tests.sandbox.runner.reference_engine import Bug
from tests.sandbox.runner.reference_world import rounds_in_process


async def run_in_process(scenario: Scenario, cycles: int = 3, bug: Bug = Bug.NONE) -> Report:
    return await rounds_in_process(scenario, bug).run(cycles)


@pytest.mark.parametrize("name", ["company", "assigned", "review"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_flawless_engine_agrees_through_many_cycles_of_life(name: str, seed: int) -> None:
    report = await run_in_process(build_scenario(name, Plan(users=45, seed=seed)), cycles=6)

    assert not report.disagreements
    assert [cycle.kind for cycle in report.cycles] == ["initial"] + ["incremental"] * 5
    assert report.closing.in_scope == report.closing.equal + len(report.closing.exceptions)


BUGS = [bug for bug in Bug if bug not in (Bug.NONE, Bug.NEVER_SETTLES)]


@pytest.mark.parametrize("bug", BUGS)
async def test_every_planted_bug_is_found(bug: Bug) -> None:
    report = await run_in_process(build_scenario("company", Plan(users=35)), bug=bug)

    assert not report.agreement


async def test_the_report_counts_what_the_cycle_did() -> None:
    report = await run_in_process(build_scenario("company", Plan(users=30)), cycles=1)

    cycle = report.cycles[0]
    assert report.to_json()["agreement"] is True
    assert cycle.actions["create"]["success"] > 15
    assert cycle.graph.writes >= 2 * cycle.actions["create"]["success"]


async def test_a_directory_from_outside_is_run_like_a_company(tmp_path: Path) -> None:
    path = tmp_path / "directory.json"
    path.write_text(
        '{"users": [{"id": "a", "userPrincipalName": "A@mill.example", "mail": "a@mill.example", "displayName": "A",'
        ' "accountEnabled": true}, {"id": "b", "userPrincipalName": "b@mill.example", "displayName": "B"}]}'
    )

    report = await run_in_process(load_source_directory(path), cycles=3)

    assert report.agreement
    assert report.closing.in_scope >= 2


async def test_a_cycle_that_never_settles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "STALLED_REAL_SECONDS", 0.0)
    monkeypatch.setattr(settling, "STALLED_ENGINE_SECONDS", 0.0)

    with pytest.raises(GaveUpError, match="Rows: 1 due, 0 waiting"):
        await run_in_process(build_scenario("company", Plan(users=2)), bug=Bug.NEVER_SETTLES)
