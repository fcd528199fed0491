"""How does one ask Graph who holds an address, or whose name somebody has typed?"""

from collections.abc import Iterable


def quoted(value: str) -> str:
    """Return an OData string literal: https://learn.microsoft.com/graph/query-parameters#escaping-single-quotes."""
    return "'" + value.replace("'", "''") + "'"


def invited_user_principal_name(mail: str, initial_domain: str) -> str:
    """Return the name that an invitation of the address gets.

    https://learn.microsoft.com/entra/external-id/user-properties#user-principal-name
    """
    local, _, domain = mail.rpartition("@")
    return f"{local}_{domain}#EXT#@{initial_domain}"


def address_filter(mail: str) -> str:
    """Return the filter for objects that hold the address, as their own or as another one."""
    # the type prefix tells the primary address from others, and any() compares exactly
    literal, primary, other = quoted(mail), quoted(f"SMTP:{mail}"), quoted(f"smtp:{mail}")
    return (
        f"mail eq {literal} or otherMails/any(x:x eq {literal}) "
        f"or proxyAddresses/any(x:x eq {primary}) or proxyAddresses/any(x:x eq {other})"
    )


def holder_filter(mail: str, initial_domain: str) -> str:
    """Return the filter for objects that hold the address or the name that inviting it would give."""
    name = quoted(invited_user_principal_name(mail, initial_domain))
    return f"userPrincipalName eq {name} or {address_filter(mail)}"


def value_filter(name: str, value: str) -> str:
    """Return the filter for objects whose attribute has the value; Graph compares text without case."""
    return f"{name} eq {quoted(value)}"


def beginning_filter(text: str, names: Iterable[str]) -> str:
    """Return the filter for objects of which one of these properties begins with the text, without case.

    https://learn.microsoft.com/graph/aad-advanced-queries#user-properties
    """
    return " or ".join(f"startswith({name},{quoted(text)})" for name in names)


def name_ending_filter(text: str) -> str:
    """Return the filter for objects whose user principal name ends so, as it does behind a deleted one's object id."""
    return f"endswith(userPrincipalName,{quoted(text)})"


def words_search(text: str) -> str:
    """Return the $search for objects whose name has words that begin with those of the text.

    https://learn.microsoft.com/graph/search-query-parameter#using-search-on-directory-object-collections
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"displayName:{escaped}"'


def ids_filter(ids: tuple[str, ...]) -> str:
    """Return the only filter that delta takes: https://learn.microsoft.com/graph/api/group-delta (50 at most)."""
    return " or ".join(f"id eq {quoted(value)}" for value in ids)
