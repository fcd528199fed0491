"""How does a campaign run from its command line to its exit status? Seeds in order, so many side by side."""

import asyncio
import json
import math
import signal
from collections.abc import Sequence

from rich.console import Console

from sandbox.campaign.ground import SEEDS_TOGETHER, open_ground
from sandbox.campaign.options import CampaignOptions, parse_campaign_options
from sandbox.campaign.outcome import Outcome, Summary
from sandbox.campaign.printing import print_outcome, print_summary
from sandbox.campaign.run_seed import run_seed

AGREED = 0
DISAGREED = 1
INTERRUPTED = 130


async def main(arguments: Sequence[str], console: Console) -> int:
    """Run all seeds; 0 only if each agrees."""
    options = parse_campaign_options(arguments)
    task = asyncio.ensure_future(run_campaign(options, console))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        summary = await task
    except asyncio.CancelledError:
        return INTERRUPTED
    if options.json is not None:
        options.json.write_text(json.dumps(summary.to_json(), indent=1), encoding="utf-8")
    print_summary(console, summary, options)
    return AGREED if summary.agreement else DISAGREED


async def run_campaign(options: CampaignOptions, console: Console) -> Summary:
    """All seeds, each printed when it is over."""
    outcomes: list[Outcome] = []
    slots = asyncio.Semaphore(options.jobs)

    async def run(seeds: range) -> None:
        async with slots, open_ground(seeds) as ground:
            for seed in seeds:
                outcome = await run_seed(seed, options, ground)
                outcomes.append(outcome)
                print_outcome(console, outcome, options)

    together = min(SEEDS_TOGETHER, math.ceil(len(options.seeds) / options.jobs))
    async with asyncio.TaskGroup() as group:
        for first in range(0, len(options.seeds), together):
            group.create_task(run(options.seeds[first : first + together]))
    return Summary(outcomes=outcomes)
