"""How is the product run with something changed in it? As a copy of the tree, by the same command as always."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sandbox.runner.options import REPOSITORY
from sandbox.runner.processes import inherited_environment
from tests.whole.planted_bugs import Substitution

PARTS = ("function_app.py", "host.json", "functions", "shared", "sandbox", "cli")
NODE_MODULES = Path("sandbox/azurite/node_modules")

#: Engine seconds in a real one: faster, and the ticks in between take the machine from what is to be done.
TIME_SCALE = "200"
#: A run takes some ten seconds, on a busy machine minutes. One that waits for something that never comes gives up by
#: itself; this only ends what does not even do that.
SECONDS = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    status: int
    output: str


def copy_tree(destination: Path, changes: Iterable[Substitution] = ()) -> Path:
    """The tree with these changes; the storage emulator is not copied but shared."""
    destination.mkdir()
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, destination / part, ignore=shutil.ignore_patterns("node_modules"))
        else:
            shutil.copy2(source, destination / part)
    (destination / NODE_MODULES).symlink_to(REPOSITORY / NODE_MODULES, target_is_directory=True)
    for change in changes:
        file = destination / change.file
        file.write_text(file.read_text().replace(change.original, change.replacement))
    return destination


async def run_sandbox(*arguments: str, tree: Path = REPOSITORY, seconds: float = SECONDS) -> Outcome:
    """``python -m sandbox --once`` in a tree, to its end."""
    command = [sys.executable, "-m", "sandbox", "--once", "--port", "0", *_with_scale(arguments)]
    with tempfile.TemporaryFile() as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=tree,
            env=inherited_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError as late:
            raise AssertionError(f"not over after {seconds:.0f} seconds; it said:\n{_said(output)}") from late
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        return Outcome(status=process.returncode or 0, output=_said(output))


def _said(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode()


def _with_scale(arguments: Sequence[str]) -> list[str]:
    return [*arguments] if "--time-scale" in arguments else ["--time-scale", TIME_SCALE, *arguments]
