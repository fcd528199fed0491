"""What can be measured on one machine? ``make bench`` writes docs/performance.md; ARGS choose rows and sizes."""

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import creating, cycles, importing, reading
from bench.figure import Figure
from bench.report import merged, page

REPORT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

Rows = Callable[[argparse.Namespace], Coroutine[Any, Any, list[Figure]]]


async def _reading(_: argparse.Namespace) -> list[Figure]:
    return reading.figures()


async def _importing(_: argparse.Namespace) -> list[Figure]:
    return importing.figures()


#: The groups of rows in the order in which they run; each can run by itself.
GROUPS: Mapping[str, Rows] = {
    "reading": _reading,
    "importing": _importing,
    "cycles": lambda chosen: cycles.figures(chosen.people),
    "escrows": lambda chosen: cycles.escrow_figures(chosen.escrows),
    "creates": lambda chosen: creating.memory_figures(chosen.creates),
    "quota": lambda chosen: creating.quota_figures(creating.QuotaRun(seconds=chosen.seconds, scale=chosen.scale)),
    "peer": lambda chosen: creating.peer_figures(chosen.peer),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the table to a file and to standard output. The status says nothing of the figures."""
    chosen = _parser().parse_args(arguments)
    for name in chosen.rows:
        sys.stderr.write(f"bench: {name}\n")
        figures = asyncio.run(GROUPS[name](chosen))
        # at once: whoever has to end a long run keeps what it has measured
        before = chosen.output.read_text() if chosen.output.exists() else ""
        chosen.output.write_text(page(merged(before, figures, f"{datetime.now(UTC):%Y-%m-%d}, {machine()}")))
    sys.stdout.write(chosen.output.read_text())
    return 0


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures ratios and counts within one run.")
    parser.add_argument("--output", type=Path, default=REPORT, help="where the table goes; docs/performance.md")
    parser.add_argument("--rows", nargs="+", choices=list(GROUPS), default=list(GROUPS), help="which rows; all of them")
    parser.add_argument("--people", type=int, default=20_000, help="in the cycles; up to 1000000")
    parser.add_argument("--escrows", type=int, default=2_000, help="open escrows at a restart")
    parser.add_argument("--creates", type=int, default=2_000, help="people created for the memory of a host")
    parser.add_argument("--seconds", type=float, default=75.0, help="how long writes are counted against the quota")
    parser.add_argument("--scale", type=float, default=2.0, help="how fast time runs meanwhile")
    parser.add_argument("--peer", type=int, default=600, help="people created beside the SDK")
    return parser


if __name__ == "__main__":
    sys.exit(main())
