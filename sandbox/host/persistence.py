"""How does the host live through a storage that fails? It tries again, as the platform does, and never ends of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import ClientError
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

log = logging.getLogger(__name__)

#: aiohttp's and the sockets' own errors pass the Azure libraries while a body is read.
STORAGE_FAILURES = (AzureError, ClientError, OSError)
PAUSE_SECONDS = 0.2

_Value = TypeVar("_Value")


async def persistently(request: Callable[[], Awaitable[_Value]]) -> _Value:
    """What the request returns in the end; that something exists or does not is an answer, and is raised."""
    while True:
        try:
            return await request()
        except (ResourceExistsError, ResourceNotFoundError):
            raise
        except STORAGE_FAILURES as error:
            log.warning("Storage fails the host itself, which tries again: %s", error)
            await asyncio.sleep(PAUSE_SECONDS)
