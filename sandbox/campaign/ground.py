"""What do seeds share that run one after another? What is the same for all: imported Python, and a running emulator.

Each seed has a storage account of its own there, and its own tenants and hosts.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.azurite import Azurite
from sandbox.azurite.emulator import Account
from sandbox.runner.nursery import Nursery, open_nursery
from sandbox.runner.options import REPOSITORY

#: The emulator keeps what seeds leave behind in memory, and becomes slow of it.
SEEDS_TOGETHER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is there when a seed begins."""

    nursery: Nursery
    storage: Azurite

    def account(self, seed: int) -> Account:
        """The storage of a seed, empty at first."""
        return self.storage.account(_account_name(seed))


@contextlib.asynccontextmanager
async def open_ground(seeds: Iterable[int]) -> AsyncIterator[Ground]:
    """The ground for these seeds, each of which is run there once."""
    with tempfile.TemporaryDirectory(prefix="campaigns-") as logs:
        storage = Azurite(access_log=Path(logs) / "azurite.log", accounts=[_account_name(seed) for seed in seeds])
        async with storage, open_nursery(REPOSITORY, Path(logs) / "nursery.log") as nursery:
            yield Ground(nursery=nursery, storage=storage)


def _account_name(seed: int) -> str:
    return f"seed{seed}"
