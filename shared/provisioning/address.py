"""Can this person be invited by this address?"""

from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation

FORBIDDEN_CHARACTERS = frozenset('~!#$%^&*()+=[]{}\\/|;:"<>?,')
"""https://learn.microsoft.com/graph/api/invitation-post (invitedUserEmailAddress)"""


def address_problem(mail: str | None, verified_domains: frozenset[str]) -> ErrorInformation | None:
    """Return why the address cannot be used, or None. `verified_domains` are those of the source, in lower case.

    An address in a domain that the source has not verified may be somebody else's: it proves nothing about this person.
    """
    if mail is None:
        return _problem("ImportSkipped", "The person has no mail in the source.", "Give the person a mail address.")
    local, at, domain = mail.rpartition("@")
    if not at or not local or not domain or _refused(local) or "@" in local or any(c.isspace() for c in mail):
        return _problem(
            "InvitationCreationFailureInvalidPropertyValue",
            "Graph does not accept the person's mail as the address of an invitation.",
            'Change the mail in the source: none of ~!#$%^&*()+=[]{}\\/|;:"<>?, and no . or - at the ends of the part '
            "before the @.",
        )
    if domain.lower() not in verified_domains:  # case folding would make one of ß and ss: two domains, two owners
        return _problem(
            "InvalidDomain",
            f"The mail's domain '{domain}' is not a verified domain of the source tenant.",
            "Verify the domain in the source tenant, or change the person's mail.",
        )
    return None


def normalized_mail(mail: str) -> str:
    """Return the form in which addresses are compared and claimed: trimmed, lower case."""
    return mail.strip().casefold()


def _refused(local: str) -> bool:
    return bool(FORBIDDEN_CHARACTERS.intersection(local)) or local[0] in ".-" or local[-1] in ".-"


def _problem(code: str, reason: str, action: str) -> ErrorInformation:
    return ErrorInformation(
        code=code, reason=reason, category=ErrorCategory.NON_SERVICE_FAILURE, recommended_action=action
    )
