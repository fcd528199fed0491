"""What does it mean that somebody is not in scope, and what can be done about it?"""

from typing import Final

from shared.provisioning.provisioning_log import ProvisioningStep, StepType
from shared.provisioning.scoping import ScopingReason

REASONS: Final = {
    ScopingReason.GUEST: (
        "The person is a guest of the source tenant (userType Guest); its members are synchronized.",
        "If the person belongs to the organization, change their userType to Member.",
    ),
    ScopingReason.EXTERNAL: (
        "The person signs in to another tenant: in the source they are a B2B user themselves.",
        "Synchronize the person from the tenant that they sign in to.",
    ),
    ScopingReason.NOT_ASSIGNED: (
        "Neither the person nor a group that they are a direct member of is assigned to the enterprise application.",
        "Assign the person, or one of their groups, to the enterprise application; it takes some minutes to be seen.",
    ),
    ScopingReason.FILTERED: (
        "A scoping filter does not let the person through: ScopeEvaluationResult names each clause and what it gives.",
        "Change the person's attributes in the source, or the scoping filter.",
    ),
    ScopingReason.NOT_READ: (
        "An input filter leaves the person alone: nothing is written, and nothing is removed.",
        "Change the person's attributes in the source, or the input filter.",
    ),
    ScopingReason.DELETED: (
        "The person is not in the source directory: deleted, or never there.",
        "Restore the person in the source tenant.",
    ),
}
"""By reason: what it means, and the remedy."""


def reason_of(steps: tuple[ProvisioningStep, ...]) -> ScopingReason | None:
    """Return why the scoping step found somebody out of scope; None where it did not, or was not come to."""
    for step in steps:
        if step.type is StepType.SCOPING and step.details.get("SkipReason"):
            return ScopingReason(step.details["SkipReason"])
    return None
