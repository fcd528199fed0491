"""How is the local world run? ``python -m sandbox --help`` says it; ``python -m sandbox campaign --help`` how often."""

import asyncio
import signal
import sys

from rich.console import Console

from sandbox import campaign
from sandbox.report import Report
from sandbox.runner import GaveUpError, UnusableInputError, parse_options, run
from sandbox.runner.local_world import LocalWorld
from sandbox.runner.options import Options
from sandbox.runner.progress import ConsoleProgress, print_closing

AGREED = 0
DISAGREED = 1
UNUSABLE = 2
GAVE_UP = 3
INTERRUPTED = 130


async def main(options: Options, console: Console) -> int:
    """Run, print the closing statement, stay up unless asked to end; the status says whether the tenants agree."""
    task = asyncio.ensure_future(_run(options, console))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return INTERRUPTED
    except UnusableInputError as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return UNUSABLE
    except GaveUpError as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return GAVE_UP


async def _run(options: Options, console: Console) -> int:
    judged: list[Report] = []

    async def afterwards(world: LocalWorld, report: Report) -> None:
        judged.append(report)
        print_closing(console, report)
        console.print(f"Open {world.address}", soft_wrap=True)
        if not options.once:
            console.print("Stays up until Ctrl+C.")
            await _stay_up(world)

    try:
        report = await run(options, progress=ConsoleProgress(console), afterwards=afterwards)
    except asyncio.CancelledError:
        # Whoever ends a world that had come to its judgement did not interrupt anything.
        if not judged:
            raise
        report = judged[0]
    return AGREED if report.agreement else DISAGREED


async def _stay_up(world: LocalWorld) -> None:
    while True:
        world.check()
        await asyncio.sleep(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["campaign"]:
        sys.exit(asyncio.run(campaign.main(sys.argv[2:], Console())))
    sys.exit(asyncio.run(main(parse_options(sys.argv[1:]), Console())))
