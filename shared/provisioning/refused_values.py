"""Which values would Graph refuse? Whoever has one is not invited: the object would stay without any attribute."""

import re

from shared.configuration.directory_schema import TARGET_ATTRIBUTES, TargetAttribute
from shared.provisioning.entry import Attributes, AttributeValue
from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation


def value_problem(desired: Attributes) -> ErrorInformation | None:
    """Return which of the desired values Graph does not take, or None."""
    refused = [name for name, value in desired.items() if not _is_accepted(TARGET_ATTRIBUTES[name], value)]
    if not refused:
        return None
    names = ", ".join(refused)
    return ErrorInformation(
        code="InvitationCreationFailureInvalidPropertyValue",
        reason=f"Graph does not accept what the source has as {names}: it is too long, or not of the form it takes.",
        category=ErrorCategory.NON_SERVICE_FAILURE,
        recommended_action=f"Correct in the source: {names}.",
    )


def _is_accepted(attribute: TargetAttribute, value: AttributeValue) -> bool:
    if isinstance(value, tuple):  # "only one number can be set": the only collection is businessPhones
        return len(value) <= 1 and all(value)
    if not isinstance(value, str):
        return True
    fits = attribute.max_length is None or len(value) <= attribute.max_length
    return fits and (attribute.pattern is None or re.fullmatch(attribute.pattern, value) is not None)
