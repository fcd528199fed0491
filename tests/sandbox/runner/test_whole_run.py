"""Whole runs with real processes: storage, simulated tenants and host, with the reference engine as the app."""

import asyncio
import json
from pathlib import Path

import psutil
import pytest

from sandbox.judge import read_directory
from sandbox.runner import Options, UnusableInputError, parse_options, run
from sandbox.scenarios import load_source_directory

PROJECT = Path(__file__).parent / "reference_project"


def options(tmp_path: Path, **changes: object) -> Options:
    line = ["--once", "--port", "0", "--users", "25", "--json", str(tmp_path / "deep" / "report.json")]
    chosen = parse_options(
        [*line, "--dump", str(tmp_path / "dump"), "--record", str(tmp_path / "deep" / "record.jsonl")]
    )
    return Options(**{**{name: getattr(chosen, name) for name in Options.__slots__}, "project": PROJECT, **changes})


async def test_a_run_ends_in_agreement_and_leaves_what_was_asked_for(tmp_path: Path) -> None:
    others = {child.pid for child in psutil.Process().children(recursive=True)}

    report = await run(options(tmp_path))

    written = json.loads((tmp_path / "deep" / "report.json").read_text())
    assert report.agreement
    assert written == report.to_json()
    assert [cycle["kind"] for cycle in written["cycles"]] == ["initial", "incremental", "incremental"]
    assert all(cycle["peakMemoryMiB"] > 10 for cycle in written["cycles"])
    await asyncio.to_thread(check_dump, tmp_path / "dump", report.source_tenant_id, report.target_tenant_id)
    await asyncio.to_thread(check_record, tmp_path / "deep" / "record.jsonl")
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= others


def check_dump(directory: Path, source_id: str, target_id: str) -> None:
    """One file a tenant, in the form of a source directory; the source's can be given back as one."""
    assert {file.stem for file in directory.iterdir()} == {source_id, target_id}
    target = json.loads((directory / f"{target_id}.json").read_text())
    assert target.keys() == {"users", "groups", "appRoleAssignments", "deletedItems"}
    assert len(read_directory(target).users) > 15
    assert len(load_source_directory(directory / f"{source_id}.json").world.tenants[0].users) > 20


def check_record(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {"time", "tenant", "method", "url", "headers", "body", "status"} <= lines[0].keys()
    assert "authorization" not in {name.lower() for line in lines for name in line["headers"]}
    assert any(line["method"] == "POST" and line["url"].endswith("/invitations") for line in lines)


async def test_an_interrupted_run_leaves_no_process(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def stay(*_: object) -> None:
        arrived.set()
        await asyncio.sleep(600)

    before = set(psutil.Process().children(recursive=True))
    task = asyncio.create_task(run(options(tmp_path, cycles=1), afterwards=stay))
    await arrived.wait()
    running = set(psutil.Process().children(recursive=True)) - before

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert len(running) >= 3
    assert not any(process.is_running() for process in running)


async def test_a_port_in_use_is_said_before_anything_is_left_running(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async with server:
        with pytest.raises(UnusableInputError, match=f"Port {port} cannot be used"):
            await run(options(tmp_path, port=port))
