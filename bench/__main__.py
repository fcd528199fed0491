"""What can be measured on one machine in a minute? ``make bench`` writes docs/performance.md."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import importing, reading
from bench.figure import Figure

REPORT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def main() -> int:
    """Measure, write the table to a file and to standard output. The status says nothing of the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures ratios within one run.")
    parser.add_argument("--output", type=Path, default=REPORT, help="where the table goes; docs/performance.md")
    output: Path = parser.parse_args().output
    text = report([*reading.figures(), *importing.figures()], datetime.now(UTC))
    output.write_text(text)
    sys.stdout.write(text)
    return 0


def report(figures: list[Figure], now: datetime) -> str:
    """Return the table, with the machine, the date and how to repeat it."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        "# Performance",
        "",
        f"Written by `make bench` on {now:%Y-%m-%d}, {machine}. Each figure is a ratio of two CPU times of one run.",
        "",
        "| What | Seen | Wanted | Met | |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {each.what} | {each.seen} | {each.wanted} | {'yes' if each.met else 'no'} | {each.note} |"
            for each in figures
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
