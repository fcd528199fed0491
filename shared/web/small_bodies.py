"""What does a small body of a fixed shape say?"""

from typing import TypeVar

import msgspec

from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError
from shared.web.errors import bad_request

_Body = TypeVar("_Body")


def read_small(body: bytes, kind: type[_Body], shape: str) -> _Body:
    """Return the body. Raises GraphError (400), which says the shape that it must have."""
    try:
        value, problems = read_json(body)
        found = msgspec.convert(value, kind)
    except (ConfigurationError, msgspec.ValidationError) as error:
        raise bad_request(f"The body must be {shape}.") from error
    if problems:
        raise bad_request(f"The body must be {shape}.")
    return found
