"""Which values would Graph refuse? Whoever has one is not invited: the object would stay without any attribute."""

from shared.configuration.directory_schema import target_attribute
from shared.configuration.target_values import is_accepted
from shared.provisioning.entry import Attributes
from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation


def value_problem(desired: Attributes) -> ErrorInformation | None:
    """Return which of the desired values Graph does not take, or None."""
    refused = [name for name, value in desired.items() if not is_accepted(target_attribute(name), value)]
    if not refused:
        return None
    names = ", ".join(refused)
    return ErrorInformation(
        code="InvitationCreationFailureInvalidPropertyValue",
        reason=f"Graph does not accept what the source has as {names}: it is too long, or not of the form it takes.",
        category=ErrorCategory.NON_SERVICE_FAILURE,
        recommended_action=f"Correct in the source: {names}.",
    )
