"""`make live` between simulated tenants: it answers what canaries can answer, and leaves nothing behind."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.live.__main__ import app
from cli.live.points import listed_points
from cli.live.probes import POINTS
from tests.cli.conftest import Run
from tests.cli.running_world import RunningWorld, bare_scenario, running_world
from tests.cli.test_setup import application_id
from tests.cli.test_setup_undo import arguments
from tests.engine.small_world import SOURCE, TARGET, id_of


def set_up(world: RunningWorld, run: Run, folder: Path, *more: str) -> Path:
    file = folder / "pair.json"
    source = run(*arguments(world, "source", folder, "--configuration", str(file), *more))
    run(*arguments(world, "target", folder, "--application-id", application_id(source.output)))
    applied = run("configuration", "apply", str(file), "--start", "--url", world.api)
    assert applied.exit_code == 0, applied.output
    return file


def go_live(world: RunningWorld, file: Path, *more: str) -> Result:
    common = ["--configuration", str(file), "--url", world.api, "--graph", world.graph, "--sign-in", "sandbox"]
    report = ["--report", str(file.with_name("report.md")), "--patience", "0"]
    return CliRunner().invoke(app, [*common, *report, "--yes", *more])


def traces(world: RunningWorld) -> list[str]:
    dumps = [world.local.simulation.dump(each) for each in (SOURCE, TARGET)]
    people = [user for dump in dumps for part in ("users", "deletedItems") for user in dump[part]]
    return [each["displayName"] for each in people if "canary" in each["displayName"].lower()]


@pytest.mark.parametrize("more", [(), ("--assign", id_of("person1"))])
def test_ten_canaries_answer_the_open_points_and_are_gone(more: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        file = set_up(world, run, tmp_path, *more)

        done = go_live(world, file)

        report = (tmp_path / "report.md").read_text()
        assert done.exit_code == 0, done.output + report
        assert "Canaries: 10 provisioned on demand, {'Success': 10}." in report
        assert "Left behind: nothing." in report
        assert report.count("| holds |") == 8
        assert report.count("| differs |") == 0
        assert traces(world) == []


def test_the_report_names_nobody(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        go_live(world, set_up(world, run, tmp_path))

        report = (tmp_path / "report.md").read_text()
        assert "tenantsync-canary" not in report
        assert "@" not in report


def test_each_point_is_one_of_the_page_and_each_line_of_the_page_is_in_the_report(run: Run, tmp_path: Path) -> None:
    listed = listed_points()
    for point in POINTS:
        assert len([each for each in listed if each.startswith(point.behaviour)]) == 1, point.behaviour
        assert (point.probe is None) == bool(point.why_not)
    with running_world(bare_scenario()) as world:
        go_live(world, set_up(world, run, tmp_path))

        rows = [line for line in (tmp_path / "report.md").read_text().splitlines() if line.startswith("| ")]
        assert len(rows) - 1 == len(listed)


def test_what_is_otherwise_than_we_count_on_is_told(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        file = set_up(world, run, tmp_path)
        world.local.simulation.set_faults(switches={"reinvite": "conflict"})

        done = go_live(world, file)

        assert done.exit_code == 1
        assert "differs, 400" in done.output
        assert traces(world) == []


def test_a_run_that_breaks_in_the_middle_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        file = set_up(world, run, tmp_path)
        stopped = [{"op": "refuseTokens"}]
        world.local.simulation.change(TARGET, stopped)

        done = go_live(world, file)

        assert done.exit_code != 0
        assert traces(world) == []


def test_without_a_yes_nothing_is_made(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        file = set_up(world, run, tmp_path)
        requests = world.local.simulation.statistics()[SOURCE]["writes"]

        done = CliRunner().invoke(
            app, ["--configuration", str(file), "--url", world.api, "--graph", world.graph], input="n\n"
        )

        assert done.exit_code == 1
        assert world.local.simulation.statistics()[SOURCE]["writes"] == requests
