"""A seed in which everything goes wrong at once: both tenants agree in the end, nobody doubled, lost or removed.

`python -m sandbox campaign --seeds 1-200` takes as many as one likes; so does `TENANTSYNC_TEST_CAMPAIGNS=20`.
"""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.campaign.ground import Ground, open_ground
from sandbox.campaign.options import CampaignOptions
from sandbox.campaign.run_seed import run_seed

SEEDS = range(1, int(os.environ.get("TENANTSYNC_TEST_CAMPAIGNS", "10")) + 1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ground() -> AsyncIterator[Ground]:
    """One for each process of the test run."""
    async with open_ground(SEEDS) as ground:
        yield ground


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_seed_agrees_whatever_goes_wrong(seed: int, ground: Ground) -> None:
    options = CampaignOptions(seeds=range(seed, seed + 1))

    outcome = await run_seed(seed, options, ground)

    assert outcome.agreement, (options.command(seed), outcome.to_json()["problems"], outcome.logs)
    assert outcome.kills > 0
    assert sum(outcome.faults.values()) > 0
