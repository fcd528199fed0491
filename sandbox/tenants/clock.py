"""How is engine time written, and how fast does it pass?"""

import time
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache


class ScaledClock:
    """Engine time: `scale` engine seconds pass in each real second since `origin`."""

    __slots__ = ("origin", "scale")

    def __init__(self, *, origin: float, scale: float) -> None:
        self.origin = origin
        self.scale = scale

    def __call__(self) -> float:
        return self.origin + (time.time() - self.origin) * self.scale


def moment(at: float) -> str:
    """Graph's timestamp, whole seconds."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise_moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str | None, otherwise: float) -> float:
    return datetime.fromisoformat(text).timestamp() if text else otherwise


def http_date(at: float) -> str:
    """RFC 1123, whole seconds: https://www.rfc-editor.org/rfc/rfc9110#field.date"""
    return _http_date(int(at))


@lru_cache(maxsize=64)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)  # many answers are of one second
