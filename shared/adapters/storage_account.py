"""How do we reach a storage account: its address, our identity, our patience?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import PipelineResponse

Answer = PipelineResponse[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one request may take and how often it is repeated; what is left after that is for the queue."""

    retries: int = 3
    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    backoff_seconds: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageAccount:
    """One service (tables or queues) of an account: a connection string, or an endpoint with a credential."""

    connection_string: str = ""
    endpoint: str = ""
    credential: AsyncTokenCredential | None = None
    patience: Patience = Patience()
    on_date: Callable[[datetime], None] | None = None
    """Is told the `Date` of each answer, also of errors (for the clock)."""

    def __post_init__(self) -> None:
        by_identity = bool(self.endpoint) and self.credential is not None
        if bool(self.connection_string) == by_identity or bool(self.connection_string) == bool(self.endpoint):
            raise ValueError("A storage account is reached by a connection string, or by an endpoint and a credential.")

    def answered(self, answer: Answer) -> None:
        """Hear one answer of storage."""
        date = answer.http_response.headers.get("Date")
        if self.on_date is not None and date:
            self.on_date(parsedate_to_datetime(date))
