"""From two bare tenants to the first synchronized person by three commands, in the local world as it is run."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from sandbox.runner.local_world import LocalWorld, Surroundings, started_world
from sandbox.runner.options import REPOSITORY, Options
from sandbox.scenarios.scenario import configuration_document
from tests.cli.running_world import bare_scenario
from tests.engine.small_world import SOURCE, TARGET, mail_of

PEOPLE = 3
SECONDS = 120.0


async def tenantsync(world: LocalWorld, *arguments: str) -> tuple[int, str]:
    """Run a command as a process of its own; its status and what it says."""
    graph = str(world.tenants.http.base_url).rstrip("/")
    environment = {**os.environ, "TENANTSYNC_GRAPH_ENDPOINT": graph, "TENANTSYNC_SIGN_IN": "sandbox"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments), cwd=REPOSITORY, env=environment, stdout=pipe, stderr=pipe
    )
    said, problems = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode() + problems.decode()


async def mails_of_target(world: LocalWorld) -> set[str]:
    return {user["mail"] for user in (await world.tenants.dump(TARGET))["users"]}


async def until_synchronized(world: LocalWorld, expected: set[str]) -> set[str]:
    """Wait for the cycle that the third command has started."""
    async with asyncio.timeout(SECONDS):
        while (found := await mails_of_target(world)) != expected:
            world.check()
            await asyncio.sleep(0.1)
    return found


async def test_three_commands_synchronize_people_between_two_bare_tenants(tmp_path: Path) -> None:
    pair, ends = str(tmp_path / "pair.json"), ("--source", SOURCE, "--target", TARGET, "--yes")
    # the runner shows this job's address, and applies nothing
    shown = configuration_document(source_id=SOURCE, target_id=TARGET, service_principal_id=SOURCE)
    scenario = replace(bare_scenario(PEOPLE), configurations=(shown,))
    (logs := tmp_path / "logs").mkdir()
    async with started_world(Options(port=0), scenario, logs, Surroundings()) as world:
        api = ("--url", str(world.host.base_url))
        record = ("--record", str(tmp_path / "source.json"))
        status, said = await tenantsync(world, "setup", "source", *ends, *record, "--configuration", pair)
        assert status == 0, said
        application = ("--application-id", said.partition("application id ")[2].split()[0])
        record = ("--record", str(tmp_path / "target.json"))
        assert (await tenantsync(world, "setup", "target", *ends, *record, *application))[0] == 0
        assert (await tenantsync(world, "configuration", "apply", pair, "--start", *api))[0] == 0

        expected = {mail_of(f"person{number}") for number in range(PEOPLE)}
        assert await until_synchronized(world, expected) == expected
        assert await tenantsync(world, "doctor", pair, *api) == (0, "")
