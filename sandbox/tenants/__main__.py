"""How are the simulated tenants started as a process? `python -m sandbox.tenants --help` answers it too."""

import argparse
import gc
import signal
import socket
import sys
import time
from pathlib import Path

import uvicorn

from sandbox.tenants.clock import ScaledClock
from sandbox.tenants.faults import PROFILES
from sandbox.tenants.quotas import QuotaSize
from sandbox.tenants.simulation import Simulation
from sandbox.world import World, WorldError


class AnnouncingServer(uvicorn.Server):
    """Says in one line when it listens, and where: the runner waits for that line."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Simulated tenants ready at http://127.0.0.1:{port}/v1.0", flush=True)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    # Nothing of a world ever becomes garbage: looking for it among a million people would take most of the time.
    gc.disable()
    clock = ScaledClock(origin=options.time_origin, scale=options.time_scale)
    try:
        simulation = Simulation(
            World.load(options.world),
            clock=clock,
            faults=options.faults,
            quota=options.quota,
            latency_ms=options.latency,
            time_scale=options.time_scale,
            seed=options.seed,
            record=options.record,
        )
    except (WorldError, OSError) as error:
        print(f"sandbox.tenants: {error}", file=sys.stderr)
        return 2
    gc.freeze()
    gc.enable()
    # uvicorn stops on SIGTERM and then raises it again for whoever was there before: nobody dies of it.
    signal.signal(signal.SIGTERM, lambda *_: None)
    configuration = uvicorn.Config(
        simulation.application,
        host="127.0.0.1",
        port=options.port,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    AnnouncingServer(configuration).run()
    simulation.close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.tenants", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--world", type=Path, required=True, metavar="FILE")
    parser.add_argument("--faults", choices=sorted(PROFILES), default="none")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="engine milliseconds per answer")
    parser.add_argument("--quota", choices=[each.value for each in QuotaSize], default="off")
    parser.add_argument("--time-scale", type=float, default=1.0, metavar="X")
    parser.add_argument("--time-origin", type=float, default=time.time(), metavar="UNIX-SECONDS")
    parser.add_argument("--record", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
