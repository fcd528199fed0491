"""How long does the app take to load, against the packages of Azure that every app of this kind has to load?"""

import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

from bench.figure import Figure

ROUNDS = 5
OURS = "import function_app"
PACKAGES = "import azure.functions, azure.identity.aio, azure.data.tables.aio, azure.storage.queue.aio"


def figures() -> list[Figure]:
    """Return the ratio of the two, each the shortest of some processes in turn, in CPU time."""
    for code in (OURS, PACKAGES):
        _seconds(code)  # what is not compiled yet would count for one of them
    pairs = [(_seconds(OURS), _seconds(PACKAGES)) for _ in range(ROUNDS)]
    ours, packages = (min(times) for times in zip(*pairs, strict=True))
    return [
        Figure(
            what="`import function_app`, against importing the packages of Azure that it needs",
            seen=f"{ours / packages:.1f}× the time",
            wanted="≤ 2.5×",
            met=ours <= 2.5 * packages,
            note=f"{ours:.2f} s of CPU time, interpreter included",
        )
    ]


def _seconds(code: str) -> float:
    before = _used()
    subprocess.run([sys.executable, "-c", code], check=True)
    return _used() - before


def _used() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
