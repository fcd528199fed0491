"""The command itself: what a wrong input looks like from outside."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.runner.options import REPOSITORY


def sandbox(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False, timeout=60)


def test_a_bad_source_directory_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"users": [{}]}')

    ended = sandbox("--once", "--source-directory", str(path))

    assert ended.returncode == 2
    assert ended.stderr == f"sandbox: {path}: users[0] has no id. Export it with its id.\n"


@pytest.mark.parametrize("option", ["--json", "--record", "--dump"])
def test_what_cannot_be_written_is_said_before_anything_runs(tmp_path: Path, option: str) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "within"

    ended = sandbox("--once", option, str(path))

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"sandbox: {path} cannot be written: ")


def test_help_names_every_option() -> None:
    shown = sandbox("--help").stdout

    for option in ("scenario", "source-directory", "users", "cycles", "once", "json", "faults", "latency", "quota"):
        assert f"--{option}" in shown
    for option in ("time-scale", "record", "dump", "port", "role", "seed"):
        assert f"--{option}" in shown
