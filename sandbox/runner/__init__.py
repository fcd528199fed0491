"""The runner: starts the local world, runs cycles, lets life go on in between, and has the judge compare.

It knows the engine by its HTTP API alone.
"""

from sandbox.runner.options import Options, parse_options
from sandbox.runner.problems import GaveUpError, UnusableInputError
from sandbox.runner.run import run

__all__ = ["GaveUpError", "Options", "UnusableInputError", "parse_options", "run"]
