"""What can be asked of `python -m sandbox`?"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.scenarios import SCENARIOS

REPOSITORY = Path(__file__).resolve().parents[2]

FAULT_PROFILES = ("none", "throttled", "flaky")
QUOTAS = ("off", "S", "M", "L")
STORAGES = ("azurite", "sqlite")
ROLES = ("Administrator", "Approver", "Operator", "Reader", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    scenario: str = "company"
    source_directory: Path | None = None
    users: int = 60
    #: The world begins with tenants that agree already.
    seed_agreed: bool = False
    storage: str = "azurite"
    cycles: int = 3
    once: bool = False
    json: Path | None = None
    faults: str = "none"
    #: Of each answer of Graph, in engine milliseconds.
    latency: float = 0.0
    quota: str = "off"
    #: Engine seconds in a real one.
    time_scale: float = 60.0
    record: Path | None = None
    dump: Path | None = None
    port: int = 7071
    role: str = "Administrator"
    seed: int = 1
    #: Where function_app.py is; not an option of the command line, which always runs the product.
    project: Path = REPOSITORY


def parse_options(arguments: Sequence[str]) -> Options:
    """The options of a command line; a wrong one ends the process with status 2 and a sentence."""
    return Options(**vars(_parser().parse_args(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Runs tenantsync between two simulated tenants and judges whether they agree.",
        allow_abbrev=False,
    )
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--scenario", choices=sorted(SCENARIOS), default="company", help="which invented company")
    origin.add_argument("--source-directory", type=Path, metavar="FILE", help="a directory exported in Graph's JSON")
    origin.add_argument("--seed-agreed", action="store_true", help="two tenants of so many people that agree already")
    parser.add_argument("--users", type=_count, default=60, metavar="N", help="internal people of the company")
    parser.add_argument("--storage", choices=STORAGES, default="azurite", help="sqlite from 20,000 people on")
    parser.add_argument("--cycles", type=_count, default=3, metavar="N", help="the initial cycle and those after it")
    parser.add_argument("--once", action="store_true", help="end after the cycles, with 0 only if the tenants agree")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report")
    parser.add_argument("--faults", choices=FAULT_PROFILES, default="none", help="what goes wrong in Graph")
    parser.add_argument("--latency", type=_not_negative, default=0.0, metavar="MS", help="of each answer of Graph")
    parser.add_argument("--quota", choices=QUOTAS, default="off", help="Graph's quotas for a tenant of this size")
    parser.add_argument(
        "--time-scale", type=_positive, default=60.0, metavar="X", help="how fast the world's time runs"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="write every request to Graph as a JSON line")
    parser.add_argument("--dump", type=Path, metavar="DIR", help="write each tenant at the end")
    parser.add_argument("--port", type=_port, default=7071, help="of API and portal; 0 is any free one")
    parser.add_argument("--role", choices=ROLES, default="Administrator", help="who is signed in to the portal")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed is another company")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few: give at least 1")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give 0 to 65535")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not usable: give a number above 0")
    return number


def _not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not usable: give 0 or more")
    return number
