"""How many of the changes that a mutation tester makes to a package do its tests notice?

    pip install cosmic-ray==8.7.0
    python -m tests.mutating shared/expressions --quick tests.shared.expressions.test_cases:check_all_cases
    python -m tests.mutating shared/provisioning --files 'scoping*.py'

The changes are those of cosmic-ray's operators, one for each place and kind of change; type annotations are left alone.
Each is tried in a process of its own, forked from one that has not loaded the package, with the changed module in
memory only: the tree is never written to. First comes a quick check if one is named, a function of the tests that
raises where something is wrong, then pytest over the folder of the package's tests.
"""

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import hypothesis
import pytest

SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which operator changes a file, at the how-manieth of its places, and where that is."""

    file: Path
    operator: str
    occurrence: int
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.operator}"


Place = tuple[int, int]


class Operator(Protocol):
    """What is used of cosmic-ray's operators."""

    def mutation_positions(self, node: object) -> Iterable[tuple[Place, Place]]: ...


def main() -> None:
    parser = argparse.ArgumentParser(description="Change a package in many ways and see which its tests notice.")
    parser.add_argument("package", type=Path, help="for instance shared/expressions")
    parser.add_argument("--sample", type=int, default=300, help="how many changes, drawn by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", default="*.py", help="which files of it, as a pattern")
    parser.add_argument("--quick", default="", metavar="MODULE:FUNCTION", help="tried before the tests")
    options = parser.parse_args()
    changes = list(all_changes(options.package, options.files))
    drawn = random.Random(options.seed).sample(changes, min(options.sample, len(changes)))
    if is_noticed(None, options.quick, f"tests/{options.package}"):
        sys.exit("the tests fail without any change; repair that first")
    survived = 0
    for number, change in enumerate(drawn, 1):
        if not is_noticed(change, options.quick, f"tests/{options.package}"):
            survived += 1
            print(f"survived: {change}", flush=True)
        if number % 25 == 0:
            print(f"{number} of {len(drawn)} tried, {survived} survived", flush=True)
    score = 100 * (1 - survived / max(1, len(drawn)))
    print(f"{len(changes)} changes are possible, {len(drawn)} were tried, {survived} survived: {score:.1f} % noticed")


def all_changes(package: Path, files: str = "*.py") -> Iterator[Change]:
    plugins: Any = importlib.import_module("cosmic_ray.plugins")
    reading: Any = importlib.import_module("cosmic_ray.ast")
    for file in sorted(package.rglob(files)):
        nodes = list(reading.ast_nodes(reading.get_ast_from_path(file)))
        for name in sorted(plugins.operator_names()):
            operator = plugins.get_operator(name)
            if not operator.arguments():
                yield from _changes_by(operator(), name, file, nodes)


def _changes_by(operator: Operator, name: str, file: Path, nodes: Sequence[Any]) -> Iterator[Change]:
    annotations = _annotations(file)
    places = (start for node in nodes for start, _end in operator.mutation_positions(node))
    for occurrence, (line, column) in enumerate(places):
        if not any(first <= (line, column) < last for first, last in annotations):
            yield Change(file=file, operator=name, occurrence=occurrence, line=line, column=column)


def _annotations(file: Path) -> list[tuple[Place, Place]]:
    """Where the annotations of a file begin and end."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.expr) and part.end_lineno is not None and part.end_col_offset is not None:
                found.append(((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)))
    return found


def is_noticed(change: Change | None, quick: str, tests: str) -> bool:
    """Whether a process with this change (None: without any) finds anything wrong, or finds no end."""
    child = os.fork()
    if child == 0:
        os._exit(_tried(change, quick, tests))
    _, status = os.waitpid(child, 0)
    return status != 0


def _tried(change: Change | None, quick: str, tests: str) -> int:
    """Return 0 where nothing was noticed; this process ends with it."""
    signal.alarm(SECONDS)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the process ends with it
    if change is not None:
        sys.meta_path.insert(0, _Changed(change))
    sys.dont_write_bytecode = True
    try:
        if quick:
            module, _, function = quick.partition(":")
            getattr(importlib.import_module(module), function)()
    except BaseException:  # noqa: BLE001 - anything at all is noticed
        return 1
    # hypothesis is imported already, which pytest would warn of, and warnings are errors.
    ignored = "ignore::pytest.PytestAssertRewriteWarning"
    return int(pytest.main(["-x", "-q", "-W", ignored, "-p", "no:cacheprovider", tests]) != 0)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, changed."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._module = ".".join(change.file.with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name != self._module:
            return None
        return importlib.util.spec_from_file_location(
            name,
            self._change.file.absolute(),
            loader=self,
            submodule_search_locations=[str(self._change.file.parent)]
            if self._change.file.stem == "__init__"
            else None,
        )

    def exec_module(self, module: ModuleType) -> None:
        plugins: Any = importlib.import_module("cosmic_ray.plugins")
        mutating: Any = importlib.import_module("cosmic_ray.mutating")
        operator = plugins.get_operator(self._change.operator)()
        code = mutating.mutate_code(self._change.file.read_text("utf-8"), operator, self._change.occurrence)
        exec(compile(code, str(self._change.file), "exec"), module.__dict__)  # that is the point


if __name__ == "__main__":
    hypothesis.settings.register_profile("mutating", max_examples=20, deadline=None, database=None, derandomize=True)
    hypothesis.settings.load_profile("mutating")
    main()
