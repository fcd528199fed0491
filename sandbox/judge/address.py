"""Can an address be invited, and what does the target call the user that the invitation makes?"""

#: https://learn.microsoft.com/graph/api/resources/invitation: not allowed in the address of an invited user.
REFUSED_CHARACTERS = frozenset('~!#$%^&*()+=[]{}\\/|;:"<>?,')


def domain_of(mail: str) -> str:
    return mail.rpartition("@")[2].casefold()


def is_invitable(mail: str) -> bool:
    """Whether an invitation takes the address: allowed characters, no dot or hyphen at an end of the local part."""
    local, at, domain = mail.rpartition("@")
    if not (local and at and domain) or "@" in local:
        return False
    if any(character.isspace() or character in REFUSED_CHARACTERS for character in mail):
        return False
    return local[0] not in ".-" and local[-1] not in ".-"


def external_principal_name(mail: str, initial_domain: str) -> str:
    """The user principal name that Entra gives to an invited user
    (https://learn.microsoft.com/entra/external-id/user-properties)."""
    return f"{mail.replace('@', '_')}#EXT#@{initial_domain}".casefold()
