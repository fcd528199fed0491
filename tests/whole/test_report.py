"""What a run leaves behind: the report in its published shape, a record without credentials, cycles without writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.report import Report
from sandbox.runner import parse_options
from sandbox.runner.local_world import local_world
from sandbox.runner.progress import SilentProgress
from sandbox.runner.rounds import Rounds
from sandbox.runner.run import scenario_of
from tests.whole.copied_tree import run_sandbox
from tests.whole.record import read_record

pytestmark = pytest.mark.timeout(600)

ACTIONS = ("create", "update", "disable", "delete", "stagedDelete", "other")
#: The report by the types of its values; a list has one type of element.
SHAPE = {
    "agreement": bool,
    "closing": {
        "inScope": int,
        "present": int,
        "equal": int,
        "unexpected": int,
        "exceptions": [{"sourceId": str, "reason": str}],
    },
    "tenants": {"source": str, "target": str},
    "cycles": [
        {
            "configuration": str,
            "kind": str,
            "durationSeconds": float,
            "actions": dict,
            "graph": {"requests": int, "writes": int, "throttled": int},
            "storage": {"transactions": int},
            "peakMemoryMiB": int,
        }
    ],
}


async def test_report_and_record_are_what_is_published(tmp_path: Path) -> None:
    report_file, record_file = tmp_path / "report.json", tmp_path / "record.jsonl"

    outcome = await run_sandbox("--users", "30", "--json", str(report_file), "--record", str(record_file))

    assert outcome.status == 0, outcome.output
    report = json.loads(report_file.read_text())
    check_shape(report, SHAPE)
    check_figures(report)
    check_no_credentials(record_file)


def check_shape(value: Any, shape: Any) -> None:  # noqa: ANN401 - any JSON
    if isinstance(shape, dict):
        assert value.keys() == shape.keys()
        for name, part in shape.items():
            check_shape(value[name], part)
    elif isinstance(shape, list):
        assert isinstance(value, list)
        for each in value:
            check_shape(each, shape[0])
    else:
        assert type(value) is shape, (value, shape)


def check_figures(report: dict[str, Any]) -> None:
    closing = report["closing"]
    assert closing["equal"] + len(closing["exceptions"]) == closing["inScope"]
    assert [cycle["kind"] for cycle in report["cycles"]] == ["initial", "incremental", "incremental"]
    for cycle in report["cycles"]:
        assert cycle["actions"].keys() <= set(ACTIONS)
        assert all(results.keys() == {"success", "failure", "skipped"} for results in cycle["actions"].values())
        assert cycle["durationSeconds"] > 0
        assert cycle["graph"]["requests"] > cycle["graph"]["writes"] > 0
        assert cycle["storage"]["transactions"] > 0
        assert cycle["peakMemoryMiB"] > 10


def check_no_credentials(record_file: Path) -> None:
    lines = read_record(record_file)
    assert any(line.is_write for line in lines)
    assert not {name.lower() for line in lines for name in line.headers} & {"authorization", "cookie"}
    assert "bearer" not in record_file.read_text().lower()


@pytest.mark.parametrize("name", ["company", "assigned"])
async def test_a_further_cycle_without_changes_completes_and_writes_nothing(name: str) -> None:
    options = parse_options(["--once", "--port", "0", "--users", "30", "--time-scale", "200", "--scenario", name])

    async with local_world(options, scenario_of(options)) as world:
        rounds = Rounds(world=world, scenario=scenario_of(options), progress=SilentProgress())
        await rounds.begin()
        await rounds.round(1)
        report: Report = await _next_round(rounds)
        opened = (await world.host.get(world.address)).raise_for_status().json()

    assert [job["id"] for job in opened["value"]] == [job.id for job in rounds.jobs]
    assert report.agreement
    assert report.cycles[0].graph.writes > 0
    assert report.cycles[1].kind == "incremental"
    assert report.cycles[1].graph.requests > 0
    assert report.cycles[1].graph.writes == 0


async def _next_round(rounds: Rounds) -> Report:
    """One more cycle, that began after the last judgement."""
    await rounds.mark()
    return await rounds.round(2)
