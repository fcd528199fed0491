"""Who does this, and why, for the audit?"""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request

from shared.cycles.audit import Activity, AuditedValue
from shared.orchestration.audit import Act
from shared.orchestration.change_configuration import Author
from shared.orchestration.job_status import Job
from shared.web.errors import bad_request
from shared.web.initiator import initiator_text
from shared.web.requests import caller

REASON: Final = "tenantsync-reason"
LONGEST_REASON: Final = 512


def author_of(request: Request) -> Author:
    """Return who calls, and the reason that they give. Raises GraphError (400)."""
    return Author(by=initiator_text(caller(request).principal), reason=_reason(request))


def act_of(
    request: Request,
    activity: Activity,
    job: Job | None = None,
    *,
    changes: Mapping[str, tuple[object, object]] | None = None,
    **more: Sequence[str] | Mapping[str, str],
) -> Act:
    """Return what the caller is about to do; `changes` are before and after by name."""
    author = author_of(request)
    values = [
        AuditedValue(name=name, before=_text(old), after=_text(new)) for name, (old, new) in (changes or {}).items()
    ]
    people, details = more.get("people", ()), more.get("details", {})
    return Act(
        activity=activity,
        configuration_id="" if job is None else job.configuration.id,
        display_name="" if job is None else job.configuration.display_name,
        initiated_by=author.by,
        reason=author.reason,
        changes=tuple(values),
        people=tuple(people),
        details=details if isinstance(details, Mapping) else {},
    )


def _reason(request: Request) -> str:
    """A header holds no text beyond ASCII, so it is percent-encoded."""
    text = unquote(request.headers.get(REASON, ""))
    if len(text) > LONGEST_REASON or not all(each.isprintable() for each in text):
        raise bad_request(f"Tenantsync-Reason must be printable text of at most {LONGEST_REASON} characters.")
    return text


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
