"""How does a bug get into the engine while it is loaded, and out again? By other code in its own functions.

Whoever has imported a function has the bug too; nothing is imported anew, no file is changed.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import CodeType, FunctionType, ModuleType

from tests.machine.planted_bugs import REPOSITORY, PlantedBug


@contextmanager
def planted(bug: PlantedBug) -> Iterator[None]:
    """Let the engine have the bug."""
    sound = _functions(import_module(_name_of(bug)))
    wrong = _functions(_with_bug(bug))
    changed = {name: function for name, function in sound.items() if wrong[name].__code__ != function.__code__}
    before = {name: function.__code__ for name, function in changed.items()}
    try:
        _put(changed, {name: wrong[name].__code__ for name in changed})
        yield
    finally:
        _put(changed, before)


def changed_functions(bug: PlantedBug) -> list[str]:
    """The functions that the bug changes."""
    sound, wrong = _functions(import_module(_name_of(bug))), _functions(_with_bug(bug))
    return [name for name, function in sound.items() if wrong[name].__code__ != function.__code__]


def _put(functions: dict[str, FunctionType], codes: dict[str, CodeType]) -> None:
    for name, function in functions.items():
        function.__code__ = codes[name]


def _name_of(bug: PlantedBug) -> str:
    return bug.file.removesuffix(".py").replace("/", ".")


def _with_bug(bug: PlantedBug) -> ModuleType:
    """The module made once more of its source with the bug; nobody imports it."""
    path = REPOSITORY / bug.file
    module = ModuleType(_name_of(bug))
    text = path.read_text().replace(bug.original, bug.replacement)
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


def _functions(module: ModuleType) -> dict[str, FunctionType]:
    """The functions of a module and of its classes, by their qualified names."""
    own = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    classes = [each for each in own if inspect.isclass(each)]
    found = [*own, *(each for kind in classes for each in vars(kind).values())]
    plain = [_plain(each) for each in found]
    return {each.__qualname__: each for each in plain if each is not None and each.__module__ == module.__name__}


def _plain(found: object) -> FunctionType | None:
    """The function under a property, a class method or a decorator; None if it is something else."""
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    unwrapped = inspect.unwrap(found) if callable(found) else found
    return unwrapped if isinstance(unwrapped, FunctionType) else None
