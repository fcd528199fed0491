"""A campaign from its command line to its exit status: what it says of agreement, and of a seed that fails."""

import asyncio
import json
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.campaign.options import CampaignOptions, parse_campaign_options
from sandbox.campaign.outcome import CLASSES, ENOUGH, Outcome, Summary
from sandbox.campaign.printing import print_outcome, print_summary
from sandbox.judge import Disagreement, Kind
from sandbox.runner.options import REPOSITORY
from sandbox.runner.processes import inherited_environment

OPTIONS = CampaignOptions(seeds=range(1, 3), hosts=2)


def wrong(kind: Kind, target_id: str) -> Disagreement:
    return Disagreement(
        kind=kind, subject="Ada", source_id=None, target_id=target_id, attribute=None, expected="one", found="two"
    )


AGREED = Outcome(seed=1, faults=Counter({"storage: slow": 2, "wrong clock": 1}), kills=3, cycles=5)
FAILED = Outcome(
    seed=2,
    about="company of 25, 2 hosts",
    disagreements=(wrong(Kind.DOUBLED, "a"), wrong(Kind.DOUBLED, "a"), wrong(Kind.LOST, "b")),
    faults=Counter({"storage: slow": 1}),
    kills=1,
    cycles=4,
    logs=Path("logs"),
)


def printed(outcomes: list[Outcome]) -> str:
    console = Console(file=StringIO(), width=200)
    for outcome in outcomes:
        print_outcome(console, outcome, OPTIONS)
    print_summary(console, Summary(outcomes=outcomes), OPTIONS)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_failed_seed_is_told_with_what_repeats_it() -> None:
    text = printed([AGREED, FAILED])

    assert "seed 1 agrees" in text
    assert "seed 2 FAILED: company of 25, 2 hosts; 1 kills, 4 cycles" in text
    assert "  doubled: Ada: expected one, found two (source none, target a)" in text
    assert "2 seeds: 1 in agreement; 1 doubled, 1 lost, 0 wronglyRemoved" in text
    assert "storage: slow: 3" in text
    assert "storage: time-out: 0" in text
    assert text.endswith("again: python -m sandbox campaign --seeds 2-2 --hosts 2\n")


def test_the_report_counts_people_once() -> None:
    report = Summary(outcomes=[FAILED, AGREED]).to_json()

    assert {key: report[key] for key in ("seeds", "agreed", "doubled", "lost", "wronglyRemoved", "kills")} == {
        "seeds": 2,
        "agreed": 1,
        "doubled": 1,
        "lost": 1,
        "wronglyRemoved": 0,
        "kills": 4,
    }
    assert {name: count for name, count in report["faults"].items() if count} == {"storage: slow": 3, "wrong clock": 1}
    assert [run["seed"] for run in report["runs"]] == [1, 2]


def test_what_was_hardly_tried_is_told() -> None:
    often = Outcome(seed=3, faults=Counter(dict.fromkeys(CLASSES, ENOUGH)))
    tried = Outcome(
        seed=4, faults=Counter(dict.fromkeys(set(CLASSES) - {"SIGKILL"}, ENOUGH)) + Counter({"SIGKILL": 19})
    )

    assert printed([often]).endswith("fewer than 20 times: nothing\n")
    assert printed([tried]).endswith("fewer than 20 times: SIGKILL\n")
    assert Summary(outcomes=[tried]).to_json()["rare"] == ["SIGKILL"]
    assert {"storage: time-out", "storage: conflict", "graph: throttled", "graph: resync"} <= set(CLASSES)


@pytest.mark.parametrize("seeds", ["", "a", "5-3", "-1"])
def test_a_range_that_is_none_is_refused(seeds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse_campaign_options([f"--seeds={seeds}"])

    assert end.value.code == 2
    assert "is no range of seeds" in capsys.readouterr().err


def test_one_seed_or_many() -> None:
    assert parse_campaign_options(["--seeds", "7"]).seeds == range(7, 8)
    assert parse_campaign_options(["--seeds", "1-20"]).seeds == range(1, 21)


async def test_a_seed_that_does_not_come_to_its_end_fails_the_campaign(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ["campaign", "--seeds", "3-3", "--limit", "0.01", "--json", str(report)]

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", *arguments),
        cwd=REPOSITORY,
        env={**inherited_environment(), "TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    output = (await process.communicate())[0].decode()

    assert process.returncode == 1, output
    assert "It did not come to its end within 0.01 seconds" in output
    assert "again: python -m sandbox campaign --seeds 3-3" in output
    assert f"  logs: {tmp_path}/campaign-3-" in output
    assert json.loads(report.read_text())["agreed"] == 0
