"""`python -m sandbox.tenants` as a process: it says when it is ready, serves, and ends cleanly."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.sandbox.tenants.two_tenants import SOURCE, world

ROOT = Path(__file__).parents[3]


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "sandbox.tenants", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def address(started: "subprocess.Popen[str]") -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip().rpartition(" ")[2]


def test_it_prints_one_line_when_ready_serves_and_ends_on_sigterm_with_0(tmp_path: Path) -> None:
    world().dump(tmp_path / "world.json")

    with process("--world", str(tmp_path / "world.json"), "--time-scale", "60", "--quota", "S") as started:
        base = address(started)
        token = {"Authorization": f"Bearer sandbox.{SOURCE}"}
        answer = httpx.get(f"{base}/organization", headers=token)
        started.send_signal(signal.SIGTERM)
        output, errors = started.communicate(timeout=60)

    assert base.startswith("http://127.0.0.1:")
    assert answer.json()["value"][0]["id"] == SOURCE
    assert (started.returncode, output, errors) == (0, "", "")


def test_a_bad_world_is_named_and_the_status_is_2(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text('{"tenants": [{"displayName": "x"}]}')

    with process("--world", str(tmp_path / "world.json")) as started:
        _, errors = started.communicate(timeout=60)

    assert started.returncode == 2
    assert "has no id" in errors
    assert "Traceback" not in errors


def test_a_cut_connection_reaches_a_client_as_one(tmp_path: Path) -> None:
    world().dump(tmp_path / "world.json")

    with process("--world", str(tmp_path / "world.json")) as started, httpx.Client() as http:
        base = address(started)
        http.post(f"{base.removesuffix('/v1.0')}/_sandbox/faults", json={"cut_before": 1.0})
        try:
            http.get(f"{base}/organization", headers={"Authorization": f"Bearer sandbox.{SOURCE}"})
            outcome = "answered"
        except httpx.TransportError:
            outcome = "cut"

    assert outcome == "cut"
