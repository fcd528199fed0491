"""Which values would Graph refuse?"""

import pytest

from shared.provisioning.entry import AttributeValue
from shared.provisioning.provisioning_log import ErrorCategory
from shared.provisioning.refused_values import value_problem

#: (attribute, value, Graph takes it)
TABLE: list[tuple[str, AttributeValue, bool]] = [
    ("givenName", "x" * 64, True),
    ("givenName", "x" * 65, False),
    ("employeeId", "x" * 17, False),
    ("givenName", None, True),
    ("accountEnabled", True, True),
    ("preferredLanguage", "x" * 200, True),
    ("businessPhones", (), True),
    ("businessPhones", ("+49 1",), True),
    ("businessPhones", ("+49 1", "+49 2"), False),
    ("businessPhones", ("",), False),
    ("usageLocation", "DE", True),
    ("usageLocation", "de", False),
    ("usageLocation", "D", False),
]


@pytest.mark.parametrize(("name", "value", "accepted"), TABLE)
def test_lengths_and_forms_are_those_of_graph(name: str, value: AttributeValue, accepted: bool) -> None:
    assert (value_problem({name: value}) is None) is accepted


def test_the_problem_names_the_attributes_and_not_their_values() -> None:
    problem = value_problem({"givenName": "Q" * 65, "surname": "Lovelace", "city": "Q" * 129})

    assert problem is not None
    assert problem.category is ErrorCategory.NON_SERVICE_FAILURE
    assert "givenName, city" in problem.reason
    assert "QQ" not in problem.reason + problem.recommended_action
    assert "surname" not in problem.reason
