"""What does Graph's text of a reset scope ask for?"""

import pytest

from shared.cycles.reset_scope import USUAL, ResetScope, UnknownScope, parse_reset_scope

FULL = USUAL | {ResetScope.CONNECTOR_DATA_STORE}


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("Watermark", {ResetScope.WATERMARK}),
        ("Watermark, Escrows, QuarantineState", USUAL),
        ("Watermark,Escrows,  QuarantineState", USUAL),
        ("Watermark, Watermark", {ResetScope.WATERMARK}),
        ("Full", FULL),
        ("Full, Escrows", FULL),
        ("ForceDeletes", {ResetScope.FORCE_DELETES}),
        ("Full, ForceDeletes", FULL | {ResetScope.FORCE_DELETES}),
    ],
)
def test_names_between_commas_are_read(text: str, scopes: set[ResetScope]) -> None:
    assert parse_reset_scope(text) == scopes


@pytest.mark.parametrize("text", ["", "None", "watermark", "Watermark;Escrows", "Watermark,", "7"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnknownScope):
        parse_reset_scope(text)
