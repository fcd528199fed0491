"""What does a failure of an Azure storage library mean to the engine: wait, or somebody must act?"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aiohttp import ClientError
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from shared.adapters.tables.rows import StorageOutage, StorageRefused

# Requests that time alone makes good: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
_WAITING_STATUSES = frozenset({408, 429})
_WAITING_CODES = frozenset({"TableBeingDeleted", "QueueBeingDeleted", "OperationTimedOut", "ServerBusy"})

_CODE = re.compile(r"""(?:"code":\s*"|<Code>|ErrorCode:)(?!None)(\w+)""")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Let no exception of a vendor out: StorageOutage or StorageRefused instead."""
    try:
        yield
    except HttpResponseError as error:
        raise answered_error(error) from error
    # aiohttp's and the sockets' own errors pass azure-core while a body is read
    except (AzureError, ClientError, OSError) as error:
        raise StorageOutage(f"Storage did not answer: {type(error).__name__}.") from error


def answered_error(error: HttpResponseError) -> StorageOutage | StorageRefused:
    """The meaning of an answer that is an error."""
    status = error.status_code
    code = error_code(error)
    told = f"status {status}, {code or 'no code'}"
    if isinstance(error, ClientAuthenticationError):
        return StorageRefused(f"Storage refuses our identity ({told}): check the role assignments on the account.")
    if status is None or status >= 500 or status in _WAITING_STATUSES or code in _WAITING_CODES:
        return StorageOutage(f"Storage cannot answer now ({told}).", retry_after=_retry_after(error))
    return StorageRefused(f"Storage refuses the request ({told}).")


def error_code(error: HttpResponseError) -> str:
    """The code of storage's error; some paths of the libraries leave it in the header or in the text only."""
    code = getattr(error, "error_code", None)
    if code:
        return str(getattr(code, "value", code))
    return _header(error, "x-ms-error-code") or _code_in_text(str(error))


def _code_in_text(text: str) -> str:
    code = _CODE.search(text)
    return code[1] if code else ""


def _retry_after(error: HttpResponseError) -> float | None:
    text = _header(error, "Retry-After")
    return float(text) if text.isdecimal() else None


def _header(error: HttpResponseError, name: str) -> str:
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    return headers.get(name) or ""
