"""Are parts of complex properties read and written one by one?"""

import pytest

from shared.adapters.graph.answer import attributes, body_of, selected
from shared.orchestration.ports import UnexpectedAnswer

FIRST, SECOND = (f"onPremisesExtensionAttributes/extensionAttribute{number}" for number in (1, 2))
EXTENSION = "extension_0123456789abcdef0123456789abcdef_level"


def test_of_a_complex_property_the_whole_is_selected_once() -> None:
    assert selected(["id", FIRST, "mail", SECOND]) == ("id", "onPremisesExtensionAttributes", "mail")


def test_each_part_is_an_attribute() -> None:
    found = attributes(
        {"onPremisesExtensionAttributes": {"extensionAttribute1": "x"}, "mail": "m"}, [FIRST, SECOND, "mail"]
    )

    assert found == {FIRST: "x", SECOND: None, "mail": "m"}


def test_a_complex_property_without_a_value_has_no_parts() -> None:
    assert attributes({"onPremisesExtensionAttributes": None}, [FIRST]) == {FIRST: None}
    assert attributes({}, [FIRST]) == {}


def test_a_complex_property_of_another_shape_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer):
        attributes({"onPremisesExtensionAttributes": "x"}, [FIRST])


def test_only_extensions_may_be_numbers() -> None:
    assert attributes({EXTENSION: 7}, [EXTENSION]) == {EXTENSION: 7}
    with pytest.raises(UnexpectedAnswer):
        attributes({"mail": 7}, ["mail"])


def test_parts_are_written_in_one_object() -> None:
    assert body_of({FIRST: "x", "mail": "m", SECOND: None, "businessPhones": ("1",)}) == {
        "onPremisesExtensionAttributes": {"extensionAttribute1": "x", "extensionAttribute2": None},
        "mail": "m",
        "businessPhones": ("1",),
    }
