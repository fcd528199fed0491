"""Does the tree keep its own rules? Direction, purity, size, and an app that imports with an empty environment."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("function_app.py", "functions", "shared", "cli", "sandbox", "bench")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50

# Each layer may import itself and the layers named behind it. `ports` are named where the use cases are not allowed.
ALLOWED = {
    "functions": ("functions", "shared.wiring", "shared.telemetry", "shared.orchestration"),
    "cli": ("cli", "shared.setup", "shared.provisioning", "shared.configuration", "shared.expressions"),
    "sandbox": ("sandbox",),
    "sandbox.seeding": ("sandbox", "shared"),  # writes what the engine would have written, by the engine's own formats
    "bench": ("bench", "sandbox", "shared"),
    "shared.wiring": (
        "shared.web",
        "shared.orchestration",
        "shared.adapters",
        "shared.configuration",
        "shared.settings",
        "shared.telemetry",
    ),
    "shared.web": (
        "shared.web",
        "shared.orchestration",
        "shared.setup",
        "shared.provisioning",
        "shared.cycles",
        "shared.configuration",
        "shared.expressions",
    ),
    "shared.orchestration": (
        "shared.orchestration",
        "shared.setup",
        "shared.provisioning",
        "shared.cycles",
        "shared.configuration",
        "shared.expressions",
    ),
    "shared.adapters": (
        "shared.adapters",
        "shared.orchestration.ports",
        "shared.setup",
        "shared.provisioning",
        "shared.cycles",
        "shared.configuration",
    ),
    "shared.setup": ("shared.setup", "shared.configuration"),
    "shared.cycles": ("shared.cycles", "shared.provisioning", "shared.configuration", "shared.expressions"),
    "shared.provisioning": ("shared.provisioning", "shared.configuration", "shared.expressions"),
    "shared.configuration": ("shared.configuration", "shared.expressions"),
    "shared.expressions": ("shared.expressions",),
    "shared.settings": ("shared.configuration",),
    "shared.telemetry": ("shared.telemetry", "shared.orchestration.ports"),
    "function_app": ("functions",),
}
OURS = ("functions", "cli", "sandbox", "shared", "function_app", "tests", "bench")

PURE = ("shared/expressions", "shared/configuration", "shared/provisioning", "shared/cycles", "shared/setup")
IMPURE = (
    *(
        "asyncio",
        "httpx",
        "aiohttp",
        "azure",
        "msgraph",
        "os",
        "socket",
        "time",
        "random",
        "secrets",
        "uuid",
        "logging",
    ),
    *("pathlib", "subprocess", "threading", "opentelemetry", "urllib.request", "http", "io", "tempfile"),
)
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "open", "print", "input"})


def source_files(*folders: str) -> list[Path]:
    names = folders or SOURCES
    found = [
        path for name in names for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    return [path for path in found if "node_modules" not in path.parts]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module in {"shared", "functions"})


def layer_of(module: str) -> str | None:
    fitting = [layer for layer in ALLOWED if module == layer or module.startswith(f"{layer}.")]
    return max(fitting, key=len) if fitting else None


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", source_files(), ids=module_name)
def test_a_module_imports_only_the_layers_below_it(path: Path) -> None:
    layer = layer_of(module_name(path))

    foreign = [name for name in imported_modules(path) if is_within(name, OURS) and name not in {"shared", "functions"}]

    assert layer is not None or path.name == "__init__.py", f"{path} belongs to no layer"
    if layer is not None:
        assert [name for name in foreign if not is_within(name, ALLOWED[layer])] == []


@pytest.mark.parametrize("path", source_files(*PURE), ids=module_name)
def test_the_core_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    imports = [name for name in imported_modules(path) if is_within(name, IMPURE)]
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called_name(node) in IMPURE_CALLS
    ]
    waits = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]

    assert (imports, calls, waits) == ([], [], [])


def _called_name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", source_files(), ids=module_name)
def test_files_and_functions_fit_in_the_eye(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert too_long == []
    assert text.count("\n") <= LONGEST_FILE


@pytest.mark.parametrize("path", source_files(), ids=module_name)
def test_a_module_says_first_which_question_it_answers(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_app_imports_with_an_empty_environment() -> None:
    code = "import function_app; print(len(function_app.app.get_functions()))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "6"), done.stderr


def test_the_simulated_tenants_and_the_judge_know_nothing_of_the_engine() -> None:
    apart = [path for path in source_files("sandbox") if not is_within(module_name(path), ("sandbox.seeding",))]
    named = {name for path in apart for name in imported_modules(path)}
    independent = {name for path in source_files("sandbox/tenants", "sandbox/judge") for name in imported_modules(path)}

    assert not [name for name in named if is_within(name, ("shared", "functions", "cli", "function_app"))]
    assert not [name for name in independent if is_within(name, ("sandbox.seeding",))]


# Their `now` is no decision of the engine: the date in the body of an error.
TELL_THE_TIME = {"shared/adapters/clock.py", "shared/web/errors.py"}
CLOCKS = {
    f"{name}.{call}" for name in ("datetime", "date", "time", "dt") for call in ("now", "utcnow", "today", "time")
}


def test_nobody_asks_the_machine_for_the_time_but_the_engines_clock() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in source_files("shared", "functions")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS | {"time.monotonic"}
    }

    assert asking == TELL_THE_TIME
