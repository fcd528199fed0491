"""How does a host run on a machine whose clock is wrong? ``python -m sandbox.host.wrong_clock --ahead SECONDS ...``

Whatever asks Python for the time of day gets the wrong one: the host's timers, the headers of its requests, its log.
The monotonic clock is right, as on any machine. What else is given are the options of ``python -m sandbox.host``, of
which ``--time-origin`` is what the machine takes for the origin.
"""

import argparse
import ctypes
import datetime as dt
import gc
import sys
import time
from collections.abc import Callable
from typing import Any


def set_ahead(seconds: float) -> None:
    """Put the clocks of this process so many seconds ahead, also for modules that have taken hold of them."""
    true_time, true_nanoseconds = time.time, time.time_ns
    # A nursery has frozen all that it knows; what is frozen refers to nothing.
    gc.unfreeze()
    _take_over(true_time, lambda: true_time() + seconds)
    _take_over(true_nanoseconds, lambda: true_nanoseconds() + int(seconds * 1e9))
    gc.freeze()
    kind = dt.datetime
    _replace(kind, "now", lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
    _replace(kind, "today", lambda cls: cls.fromtimestamp(time.time()))
    _replace(kind, "utcnow", lambda cls: cls.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None))


def _take_over(function: Callable[[], Any], another: Callable[[], Any]) -> None:
    """Put another function wherever a module has this one."""
    for names in gc.get_referrers(function):
        if isinstance(names, dict):
            names.update({name: another for name, value in names.items() if value is function})


def _replace(kind: type, name: str, function: Callable[..., Any]) -> None:
    """Replace a class method of a type that is written in C and lets nobody do so.

    A subclass in its place would be another type to every library that tells types apart by identity.
    """
    methods: dict[str, Any] = gc.get_referents(kind.__dict__)[0]
    methods[name] = classmethod(function)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def main(arguments: list[str]) -> None:
    """Hosts a project on such a machine until the process is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.host.wrong_clock", allow_abbrev=False)
    parser.add_argument("--ahead", type=float, required=True, help="seconds; below zero the clock is behind")
    own, others = parser.parse_known_args(arguments)
    set_ahead(own.ahead)
    # Only now: a class keeps what it was made from.
    from sandbox.host.__main__ import main as host  # noqa: PLC0415

    host(others)


if __name__ == "__main__":
    main(sys.argv[1:])
