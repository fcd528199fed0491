"""How is Azurite started, addressed, measured and stopped?

Facts behind it: https://learn.microsoft.com/azure/storage/common/storage-install-azurite
"""

import asyncio
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.azurite.access_log import AccessLog
from sandbox.node import NodeMissingError, node

HOME = Path(__file__).parent
START_SECONDS = 60.0
STOP_SECONDS = 5.0

# The account that every storage emulator has: a documented constant, not a secret.
# https://learn.microsoft.com/azure/storage/common/storage-connect-azurite#well-known-storage-account-and-key
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(\d+)")


class AzuriteError(Exception):
    """Azurite did not start; what it printed follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of several accounts of an emulator, each with tables and queues of its own."""

    connection_string: str
    log: AccessLog

    def transactions(self) -> int:
        return self.log.transactions()


class Azurite:
    """One Azurite process on ports of its own, in memory unless a directory is given.

    ``access_log`` is the file that receives its output, one line per request; without it a temporary one. ``accounts``
    are the names of the accounts that it has; all of them have the same key.
    """

    def __init__(
        self, directory: Path | None = None, *, access_log: Path | None = None, accounts: Sequence[str] = (ACCOUNT,)
    ) -> None:
        self._accounts = accounts
        self._directory = directory
        self._log_path = access_log
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: AccessLog | None = None
        self.connection_string = ""

    async def __aenter__(self) -> Self:
        path = self._log_path or self._scratch_directory() / "azurite.log"
        self._log = AccessLog(path)
        self._process = _start(self._command(), path, self._accounts)
        try:
            self.connection_string = connection_string(await self._ports(path), self._accounts[0])
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            await asyncio.to_thread(_stop, self._process)
        if self._scratch is not None:
            self._scratch.cleanup()

    @property
    def process_id(self) -> int:
        if self._process is None:
            raise AzuriteError("Azurite has not been started.")
        return self._process.pid

    def transactions(self) -> int:
        """How many table and queue requests came so far, as a bill would count them; see ``AccessLog``."""
        return 0 if self._log is None else self._log.transactions()

    def account(self, name: str) -> Account:
        """One of the accounts, by its name."""
        if self._log is None or name not in self._accounts:
            raise AzuriteError(f"This Azurite has no account {name}: it is started with all that it has.")
        text = self.connection_string.replace(self._accounts[0], name)
        return Account(connection_string=text, log=AccessLog(self._log.path, f"{name}/"))

    def _scratch_directory(self) -> Path:
        self._scratch = tempfile.TemporaryDirectory(prefix="azurite-")
        return Path(self._scratch.name)

    def _command(self) -> list[str]:
        persistence = ["--location", str(self._directory)] if self._directory else ["--inMemoryPersistence"]
        if not (HOME / "node_modules").is_dir():
            raise NodeMissingError(f"Azurite is not installed in {HOME}: run `make bootstrap`.")
        # --skipApiVersionCheck: the newest libraries speak versions of the REST API that no Azurite accepts yet.
        options = ["--disableTelemetry", "--skipApiVersionCheck", *persistence]
        ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
        return [str(node()), "start.cjs", *options, *ports]

    async def _ports(self, output: Path) -> dict[str, int]:
        deadline = time.monotonic() + START_SECONDS
        while True:
            text = _printed(output)
            ports = {service: int(port) for service, port in _LISTENING.findall(text)}
            if len(ports) == 3:
                return ports
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise AzuriteError(f"Azurite did not start within {START_SECONDS:.0f} s. It printed:\n{text}")
            await asyncio.sleep(0.02)


def connection_string(ports: dict[str, int], account: str = ACCOUNT) -> str:
    """The connection string of an Azurite that listens on these ports (by service: Blob, Queue, Table)."""
    endpoints = (f"{service}Endpoint=http://127.0.0.1:{port}/{account}" for service, port in ports.items())
    return ";".join(
        ("DefaultEndpointsProtocol=http", f"AccountName={account}", f"AccountKey={ACCOUNT_KEY}", *endpoints)
    )


def _start(command: list[str], output: Path, accounts: Sequence[str]) -> subprocess.Popen[bytes]:
    with output.open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=HOME,
            env={**os.environ, "AZURITE_ACCOUNTS": ";".join(f"{name}:{ACCOUNT_KEY}" for name in accounts)},
            start_new_session=True,
        )


def _printed(output: Path) -> str:
    return output.read_text(errors="replace")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process for certain: asked first, killed after ``STOP_SECONDS``."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
