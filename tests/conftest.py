"""What do tests of several packages share? One Azurite per process of the test run, and one authority to believe."""

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import certifi
import pytest
import pytest_asyncio

from sandbox.azurite import Azurite

_LONG = Path(__file__).parent / "whole"
_END = "-----END CERTIFICATE-----\n"


def pytest_configure(config: pytest.Config) -> None:
    """Let every client believe one authority instead of 150: nobody is called over TLS, and reading them is slow."""
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    one = Path(folder.name, "authority.pem")
    one.write_text(Path(certifi.where()).read_text(encoding="utf-8").split(_END)[0] + _END, encoding="utf-8")
    os.environ["SSL_CERT_FILE"] = str(one)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take first what lasts for half a minute and mostly waits: at the end one process would wait for it alone."""
    items.sort(key=lambda item: not item.path.is_relative_to(_LONG))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def azurite() -> AsyncIterator[Azurite]:
    """A running storage emulator; every worker of pytest-xdist has its own. Names in it are up to the test."""
    async with Azurite() as storage:
        yield storage
