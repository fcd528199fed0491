"""How does a log record say who asked for it? As one text, which the log's reader takes apart again.

A cycle's work is asked for by nobody; Entra's name for that is kept: administrators filter by it.
"""

from shared.web.principal import InitiatorType, Principal

SERVICE_NAME = "Azure AD Provisioning Service"


def initiator_text(principal: Principal) -> str:
    """Return kind, object id and name: neither kind nor id holds a space."""
    return f"{principal.kind} {principal.object_id} {principal.name}"


def initiator_resource(text: str) -> dict[str, str]:
    """Return Graph's `initiator`; an empty text is the service itself."""
    if not text:
        return {"id": "", "displayName": SERVICE_NAME, "initiatorType": InitiatorType.SYSTEM.value}
    kind, _, rest = text.partition(" ")
    object_id, _, name = rest.partition(" ")
    return {"id": object_id, "displayName": name, "initiatorType": kind}
