"""What can be asked of `python -m sandbox campaign`?"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Faster, and what never rests (ticks, polling) takes the machine from what is to be done.
TIME_SCALE = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOptions:
    seeds: range
    #: So many hosts on one storage; None: the seed decides.
    hosts: int | None = None
    #: So many people; None: the seed decides.
    users: int | None = None
    #: Seeds that run side by side.
    jobs: int = 1
    #: Engine seconds in a real one.
    time_scale: float = TIME_SCALE
    #: Real seconds after which a seed that has not come to its end has failed.
    limit: float = 240.0
    json: Path | None = None

    def command(self, seed: int) -> str:
        """What repeats one seed."""
        parts = ["python -m sandbox campaign", f"--seeds {seed}-{seed}"]
        parts += [f"--hosts {self.hosts}"] if self.hosts is not None else []
        parts += [f"--users {self.users}"] if self.users is not None else []
        parts += [f"--time-scale {self.time_scale:g}"] if self.time_scale != TIME_SCALE else []
        return " ".join(parts)


def parse_campaign_options(arguments: Sequence[str]) -> CampaignOptions:
    """The options of a command line; a wrong one ends the process with status 2 and a sentence."""
    return CampaignOptions(**vars(_parser().parse_args(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox campaign",
        description="Runs the local world once for each seed while everything goes wrong, and judges each at its end.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--seeds", type=_seeds, required=True, metavar="A-B", help="one run for each of these numbers")
    add("--hosts", type=_count, metavar="N", help="functions hosts on one storage; without it the seed decides")
    add("--users", type=_count, metavar="N", help="internal people of the source; without it the seed decides")
    add("--jobs", type=_count, default=1, metavar="N", help="seeds that run side by side")
    add("--time-scale", type=float, default=TIME_SCALE, metavar="X", help="how fast the world's time runs")
    add("--limit", type=float, default=240.0, metavar="SECONDS", help="a seed that takes longer has failed")
    add("--json", type=Path, metavar="FILE", help="write what came of each seed")
    return parser


def _seeds(text: str) -> range:
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds: give 1-20, or 7 alone")
    return range(int(match[1]), int(match[2] or match[1]) + 1)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few: give at least 1")
    return number
