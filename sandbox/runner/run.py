"""How does a whole run go, from its options to its report?"""

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.judge import History
from sandbox.report import Report
from sandbox.runner.local_world import LocalWorld, local_world
from sandbox.runner.options import Options
from sandbox.runner.problems import UnusableInputError
from sandbox.runner.progress import Progress, SilentProgress
from sandbox.runner.rounds import Rounds
from sandbox.runner.storage import Seed
from sandbox.scenarios import Plan, Scenario, SourceDirectoryError, build_scenario, load_source_directory

#: What a source directory consists of; a dump can be given back as one.
DUMPED = ("users", "groups", "appRoleAssignments", "deletedItems")


async def run(
    options: Options,
    *,
    progress: Progress | None = None,
    afterwards: Callable[[LocalWorld, Report], Awaitable[None]] | None = None,
) -> Report:
    """Start the local world, run the cycles, write what was asked for; afterwards is awaited while all still runs."""
    begun = agreed_beginning(options) if options.seed_agreed else Beginning(scenario=scenario_of(options))
    scenario = begun.scenario
    _prepare_outputs(options)
    async with local_world(options, scenario, begun.seed) as world:
        rounds = Rounds(world=world, scenario=scenario, progress=progress or SilentProgress())
        rounds.go_on(begun.cycles, begun.histories)
        report = await rounds.run(options.cycles)
        await _write(options, scenario, world, report)
        if afterwards is not None:
            await afterwards(world, report)
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A scenario, and what was there of it before the run."""

    scenario: Scenario
    seed: Seed | None = None
    cycles: int = 0
    histories: Mapping[str, History] = field(default_factory=dict)


def agreed_beginning(options: Options) -> Beginning:
    """Two tenants that agree since a while ago; the next full cycle is not due for days."""
    # here and not above: it loads the engine, which no other run has in the process of the runner
    from sandbox.seeding import CYCLES, AgreedSeed, AgreedWorld  # noqa: PLC0415

    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    world = AgreedWorld(plan=Plan(users=options.users, seed=options.seed), now=now)
    return Beginning(
        scenario=world.scenario(),
        seed=AgreedSeed(world=world),
        cycles=CYCLES,
        histories={world.document["id"]: world.history()},
    )


def scenario_of(options: Options) -> Scenario:
    if options.source_directory is None:
        return build_scenario(options.scenario, Plan(users=options.users, seed=options.seed))
    try:
        return load_source_directory(options.source_directory, seed=options.seed)
    except SourceDirectoryError as error:
        raise UnusableInputError(str(error)) from error


def _prepare_outputs(options: Options) -> None:
    """See that all can be written before minutes are spent; what an earlier run left is not taken for this one's."""
    for file in filter(None, (options.json, options.record)):
        with _refused_by_name(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"")
    if options.dump is not None:
        with _refused_by_name(options.dump):
            options.dump.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _refused_by_name(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnusableInputError(f"{path} cannot be written: {error.strerror}. Name another place.") from error


async def _write(options: Options, scenario: Scenario, world: LocalWorld, report: Report) -> None:
    if options.json is not None:
        _write_json(options.json, report.to_json())
    if options.dump is not None:
        for tenant in scenario.world.tenants:
            dump = await world.tenants.dump(tenant.id)
            _write_json(options.dump / f"{tenant.id}.json", {name: dump[name] for name in DUMPED})


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
