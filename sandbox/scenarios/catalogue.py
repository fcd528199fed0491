"""Which scenarios are there, by name?"""

from collections.abc import Callable, Mapping

from sandbox.scenarios.company import assigned, company, review
from sandbox.scenarios.scenario import Plan, Scenario

SCENARIOS: Mapping[str, Callable[[Plan], Scenario]] = {
    "company": company,
    "review": review,
    "assigned": assigned,
}


def build_scenario(name: str, plan: Plan) -> Scenario:
    return SCENARIOS[name](plan)
