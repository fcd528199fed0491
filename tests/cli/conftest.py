"""What do tests of the command line share?"""

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.cli.answering_server import AnsweringServer, answering_server

Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with answering_server() as running:
        yield running


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tenantsync` with arguments, in an environment that says nothing of the machine."""
    for name in ("TENANTSYNC_URL", "TENANTSYNC_TOKEN", "TENANTSYNC_SERVICE_PRINCIPAL"):
        monkeypatch.delenv(name, raising=False)

    def run_tenantsync(*arguments: str, stdin: bytes | str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    return run_tenantsync
