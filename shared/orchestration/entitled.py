"""Who is entitled by an assignment, and may what was read of it serve once more?"""

from dataclasses import dataclass
from datetime import datetime

from shared.configuration.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """The assignments, read to their end."""

    users: frozenset[str]
    groups: frozenset[str]

    @property
    def proves_absence(self) -> bool:
        """Does being in none of them mean anything? An empty answer is not proof: it may be a read that failed."""
        return bool(self.users or self.groups)


class Entitlements:
    """The assignments that this process read last, for each enterprise application."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], tuple[datetime, Entitled]] = {}

    def keep(self, configuration: Configuration, began: datetime, entitled: Entitled) -> None:
        """Keep what was read; `began` is when reading it began."""
        self._read[_application(configuration)] = (began, entitled)

    def read_since(self, configuration: Configuration, since: datetime) -> Entitled | None:
        """Return what was read if that began at `since` or later."""
        began, entitled = self._read.get(_application(configuration), (None, None))
        return entitled if began is not None and began >= since else None


def _application(configuration: Configuration) -> tuple[str, str]:
    return configuration.source.tenant_id, configuration.source.service_principal_id
