"""A seed in which everything goes wrong at once: both tenants agree in the end, nobody doubled, lost or removed.

`python -m sandbox campaign --seeds 1-200` takes as many as one likes.
"""

import pytest

from sandbox.campaign.options import CampaignOptions
from sandbox.campaign.run_seed import run_seed


@pytest.mark.parametrize("seed", range(1, 2))
async def test_a_seed_agrees_whatever_goes_wrong(seed: int) -> None:
    options = CampaignOptions(seeds=range(seed, seed + 1))

    outcome = await run_seed(seed, options)

    assert outcome.agreement, (options.command(seed), outcome.to_json()["problems"], outcome.logs)
    assert outcome.kills > 0
    assert sum(outcome.faults.values()) > 0
