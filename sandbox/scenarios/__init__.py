"""Scenarios: invented companies, directories from outside, and what happens in them between two cycles.

Everything is seeded: the same name, size and seed are the same company.
"""

from sandbox.scenarios.catalogue import SCENARIOS, build_scenario
from sandbox.scenarios.life import Change, Life, LifeOptions, life_between_cycles
from sandbox.scenarios.scenario import Plan, Scenario
from sandbox.scenarios.source_directory import SourceDirectoryError, load_source_directory

__all__ = [
    "SCENARIOS",
    "Change",
    "Life",
    "LifeOptions",
    "Plan",
    "Scenario",
    "SourceDirectoryError",
    "build_scenario",
    "life_between_cycles",
    "load_source_directory",
]
