"""Which versions of a configuration may a request replace?"""

import re
from collections.abc import Callable

from starlette.requests import Request

from shared.orchestration.apply_configuration import any_version
from shared.web.errors import bad_request

# `*`, or entity tags as we give them; weak ones too, because Graph's own are weak.
_IF_MATCH = re.compile(r'\s*(?:\*|(?:W/)?"\d{1,9}"(?:\s*,\s*(?:W/)?"\d{1,9}"){0,9})\s*')


def expected_versions(request: Request) -> Callable[[int], bool]:
    """Return which versions may be replaced: any without If-Match. Raises GraphError (400)."""
    text = request.headers.get("if-match")
    if text is None:
        return any_version
    if not _IF_MATCH.fullmatch(text):
        raise bad_request("If-Match must hold the ETag of an answer, or *.")
    if text.strip() == "*":
        return bool
    versions = {int(number) for number in re.findall(r"\d+", text)}
    return versions.__contains__
