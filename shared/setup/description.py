"""How is a plan told to the person who is asked, and what is left for them to do in a portal?"""

import json
from collections.abc import Iterator

from shared.setup.desired import Setup
from shared.setup.permissions import Side
from shared.setup.plan import PolicyChange
from shared.setup.resource import Kind

_PORTAL = "https://entra.microsoft.com"


def described(change: PolicyChange) -> str:
    """Say in one line what a change does, and why."""
    because = f" ({change.reason})" if change.reason else ""
    named = f"{change.resource.kind} {change.resource.key}"
    if change.resource.kind in _PLAIN:
        return f"{_PLAIN[change.resource.kind]} {change.resource.key}{because}"
    if change.before is None:
        return f"create {named}: {_shown(change.after)}{because}"
    return f"change {named}: {_shown(change.before)} -> {_shown(change.after)}{because}"


def described_undo(change: PolicyChange) -> str:
    """Say in one line what taking a change back does."""
    named = f"{change.resource.kind} {change.resource.key}"
    return f"remove {named}" if change.before is None else f"put back {named}: {_shown(change.before)}"


def portal_steps(setup: Setup) -> tuple[str, ...]:
    """Return what Graph v1.0 does not let us do or see, each with its place in the portal."""
    return tuple(_steps(setup))


def _steps(setup: Setup) -> Iterator[str]:
    if setup.side is Side.SOURCE:
        if not setup.managed_identity:
            yield (
                "When the function app exists, run this command again with --managed-identity and the object id of its "
                "user-assigned identity: Azure portal > Managed Identities > (the identity) > Overview > Object "
                "(principal) ID."
            )
        if not setup.assignments:
            yield (
                "To synchronize some people only, assign them: Microsoft Entra admin center > Entra ID > Enterprise "
                f"apps > tenantsync > Users and groups > Add user/group ({_PORTAL}), and set scope.kind to assigned."
            )
        return
    yield (
        "See that the list of allowed or blocked domains, which Graph v1.0 does not show, lets the source's domains "
        "pass: Microsoft Entra admin center > Entra ID > External Identities > External collaboration settings > "
        f"Collaboration restrictions ({_PORTAL})."
    )
    yield (
        "If people are not to remove themselves, restrict it: External collaboration settings > External user leave "
        "settings."
    )


_PLAIN = {Kind.CONSENT: "consent to", Kind.ASSIGNMENT: "assign"}


def _shown(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
