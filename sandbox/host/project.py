"""Which functions does a project directory hold? Its function_app.py is imported as the Functions worker does it."""

import importlib
import inspect
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import azure.functions as func
from azure.functions.decorators.function_app import Function

from sandbox.host.bindings import HostedFunction, parse
from sandbox.host.settings import SettingsError

MODULE = "function_app"


def load(project: Path, settings: Mapping[str, str]) -> tuple[HostedFunction, ...]:
    """The functions of the app. Once per process: the app keeps a register of the names it has given out."""
    module = preload(project)
    apps = [value for value in vars(module).values() if isinstance(value, func.FunctionRegister)]
    if len(apps) != 1:
        raise SettingsError(f"{MODULE}.py holds {len(apps)} function apps; the worker wants one.")
    return tuple(_hosted(function, settings) for function in apps[0].get_functions())


def preload(project: Path) -> ModuleType:
    """Import the app; the second time costs nothing."""
    os.chdir(project)
    if str(project) not in sys.path:
        sys.path.insert(0, str(project))
    return importlib.import_module(MODULE)


def _hosted(function: Function, settings: Mapping[str, str]) -> HostedFunction:
    handler = function.get_user_function()
    name = function.get_function_name() or handler.__name__
    trigger, outputs = parse(name, function.get_raw_bindings(), settings)
    return HostedFunction(
        name=name,
        trigger=trigger,
        outputs=outputs,
        handler=handler,
        wants_context="context" in inspect.signature(handler).parameters,
    )
