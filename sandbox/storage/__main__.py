"""How is the storage of a large world started as a process?"""

import argparse
import signal
import sys
from pathlib import Path

import uvicorn

from sandbox.storage.application import application_of
from sandbox.storage.database import Database


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.storage", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True, metavar="FILE", help="a line for each request")
    parser.add_argument("--database", type=Path, metavar="FILE", help="what is there already; without it nothing is")
    options = parser.parse_args(arguments)
    # uvicorn stops on SIGTERM and then raises it again for whoever was there before: nobody dies of it.
    signal.signal(signal.SIGTERM, lambda *_: None)
    database = Database(options.database)
    with options.log.open("w", buffering=1, encoding="utf-8") as log:
        configuration = uvicorn.Config(
            application_of(database, log),
            host="127.0.0.1",
            port=options.port,
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(configuration).run()
    database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
