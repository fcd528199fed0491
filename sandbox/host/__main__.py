"""How is the local functions host started? ``python -m sandbox.host --port 7071 --project DIR``."""

import argparse
import asyncio
import logging
import os
import sys
import time
from pathlib import Path

from sandbox.host.clock import EngineClock
from sandbox.host.host import HostOptions, run
from sandbox.host.principal import Role

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> None:
    """Hosts a project until the process is told to stop."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # What the storage libraries and their transport say of each request drowns the app.
    logging.getLogger("azure").setLevel(logging.WARNING)
    host = HostOptions(
        project=options.project.resolve(),
        port=options.port,
        role=options.role,
        clock=EngineClock(origin=options.time_origin, scale=options.time_scale),
        longest_idle=options.polling,
        timers=options.timers,
    )
    try:
        asyncio.run(run(host))
    except TimeoutError:
        log.warning("Some invocations had not ended when the host had to; storage will offer their messages again.")
        # A thread that does not end would keep the process for as long as it likes.
        os._exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.host", description="Runs a function app locally.")
    parser.add_argument("--port", type=int, default=7071, help="0 is any free one; it is printed")
    parser.add_argument("--project", type=Path, default=Path(), help="the directory of function_app.py")
    parser.add_argument("--role", type=Role, choices=list(Role), default=Role.ADMINISTRATOR, help="who is signed in")
    parser.add_argument("--time-scale", type=float, default=1.0, help="engine seconds per second")
    parser.add_argument("--time-origin", type=float, default=time.time(), help="when both times were equal")
    parser.add_argument("--polling", type=float, default=0.2, help="longest pause before an idle queue is read again")
    parser.add_argument("--no-timers", dest="timers", action="store_false", help="another host of the app has them")
    parser.add_argument("--log-level", default="WARNING", help="what the app's log lets through to standard error")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
