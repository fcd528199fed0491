"""A host lives through a storage that fails: it asks again until there is an answer."""

import pytest
from aiohttp import ClientPayloadError
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from sandbox.host import persistence
from sandbox.host.persistence import persistently


class Storage:
    """Fails in the given ways, one after the other, and answers then."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = [*failures]

    async def answer(self) -> str:
        if self._failures:
            raise self._failures.pop(0)
        return "answer"


async def test_whatever_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence, "PAUSE_SECONDS", 0.0)
    storage = Storage(
        HttpResponseError("500"),
        ServiceRequestError("no connection"),
        ServiceResponseError("no answer"),
        ClientPayloadError("cut off"),
        ConnectionResetError(),
    )

    assert await persistently(storage.answer) == "answer"


@pytest.mark.parametrize("answer", [ResourceExistsError("409"), ResourceNotFoundError("404")])
async def test_that_something_exists_or_does_not_is_an_answer(answer: Exception) -> None:
    with pytest.raises(type(answer)):
        await persistently(Storage(answer).answer)
