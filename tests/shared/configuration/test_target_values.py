"""What does a value become in the target, and which values would Graph refuse?"""

import pytest

from shared.configuration.directory_schema import UserAttribute, target_attribute
from shared.configuration.scoping_filter import AttributeType
from shared.configuration.target_values import AttributeValue, constant_problem, fitted, is_accepted
from shared.expressions import ExpressionError, Value

MANY = UserAttribute(name="many", multivalued=True)
WHOLE = UserAttribute(name="whole", type=AttributeType.INTEGER)


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        (b"ab", target_attribute("city"), "YWI="),
        (2.5, target_attribute("city"), "2.5"),
        (2.0, target_attribute("city"), "2"),
        (("", None, "b"), target_attribute("city"), "b"),
        ((), target_attribute("city"), None),
        (("a", "", None, 5), MANY, ("a", "5")),
        (None, MANY, ()),
        (" TRUE ", target_attribute("accountEnabled"), True),
        (0, target_attribute("accountEnabled"), False),
        (" 7", WHOLE, 7),
        ("3/4/2026 1:02:03 PM", target_attribute("employeeHireDate"), "2026-03-04T13:02:03Z"),
    ],
)
def test_a_value_is_fitted_to_the_attribute(value: Value, target: UserAttribute, expected: AttributeValue) -> None:
    assert fitted(value, target) == expected


@pytest.mark.parametrize(("value", "name"), [("maybe", "accountEnabled"), ("maybe", "showInAddressList")])
def test_what_does_not_fit_is_an_error_that_names_no_value(value: str, name: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        fitted(value, target_attribute(name))

    assert value not in caught.value.message


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("businessPhones", ("1", "2"), False),
        ("businessPhones", ("1",), True),
        ("employeeId", "1" * 16, True),
        ("employeeId", "1" * 17, False),
        ("userType", "Robot", False),
        ("usageLocation", "DE", True),
        ("usageLocation", "de", False),
        ("accountEnabled", True, True),
        ("employeeHireDate", "2026-01-31", True),
        ("employeeHireDate", "31.1.2026", False),
    ],
)
def test_what_graph_refuses_is_known_before_it_is_asked(name: str, value: AttributeValue, accepted: bool) -> None:
    assert is_accepted(target_attribute(name), value) is accepted


def test_a_constant_that_does_not_fit_says_why() -> None:
    assert constant_problem("x", WHOLE) == "the attribute takes a whole number, and this is none"
    assert constant_problem("Robot", target_attribute("userType")) == "is nothing that Graph takes for userType"
    assert constant_problem("Guest", target_attribute("userType")) is None
