"""May this link, which Graph gave us or storage kept, be followed with our token?"""

from urllib.parse import SplitResult, unquote, urlsplit

from shared.orchestration.ports import UnexpectedAnswer


def relative_link(link: str, base_url: str) -> str:
    """Return the part of the link below the base URL; raises UnexpectedAnswer if it leads anywhere else.

    Links are opaque: what is below the base URL is followed as it stands.
    """
    base = urlsplit(base_url)
    try:
        parts = urlsplit(link)
        same = _origin(parts) == _origin(base)
    except ValueError:
        same = False
    # a character that one parser drops and another keeps makes two hosts of one link
    if not same or "\\" in link or "#" in link or any(c.isspace() or not c.isprintable() for c in link):
        raise UnexpectedAnswer("A link leads to another host than the configured one; it was not followed.")
    segments = unquote(parts.path).split("/")
    if not parts.path.startswith(base.path + "/") or ".." in segments or "." in segments:
        raise UnexpectedAnswer(f"A link leads out of '{base.path}/'; it was not followed.")
    return link[len(f"{parts.scheme}://{parts.netloc}{base.path}") :]


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None, bool]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default, "@" in parts.netloc
