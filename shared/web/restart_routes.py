"""Restart a job, with Graph's criteria.

https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
"""

from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shared.cycles.audit import Activity
from shared.cycles.reset_scope import USUAL, ResetScope, UnknownScope, parse_reset_scope
from shared.orchestration.audit import audited
from shared.orchestration.restart_job import restart_job
from shared.web.acting import act_of
from shared.web.authorization import Role
from shared.web.errors import GraphError, bad_request
from shared.web.found_job import found_job
from shared.web.initiator import initiator_text
from shared.web.requests import caller, engine_of, json_body
from shared.web.small_bodies import read_small

_SHAPE = '{"criteria": {"resetScope": "Watermark, Escrows, QuarantineState"}}'
_NO_APPROVER = "ForceDeletes approves held removals, and so needs the role Approver."


class _Criteria(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    reset_scope: str | None = None
    odata_type: str | None = msgspec.field(default=None, name="@odata.type")


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    criteria: _Criteria = _Criteria()


async def restart(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Let the job forget what the criteria name, and run at once."""
    scopes = read_scopes(await json_body(request))
    engine, who = await engine_of(request), caller(request)
    job = await found_job(engine, service_principal_id, job_id)
    if ResetScope.FORCE_DELETES in scopes and not who.may(Role.APPROVER, job_id):
        raise GraphError(HTTPStatus.FORBIDDEN, "Authorization_RequestDenied", _NO_APPROVER)
    by, named = initiator_text(who.principal), ", ".join(sorted(scopes))
    act = act_of(request, Activity.RESTART, job, details={"ResetScope": named})
    await audited(engine, act, lambda: restart_job(engine, job_id, scopes, by))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def read_scopes(body: bytes) -> frozenset[ResetScope]:
    """Return what a body asks for; without criteria it is what the portal's restart does. Raises GraphError (400)."""
    text = read_small(body, _Body, _SHAPE).criteria.reset_scope
    if text is None:
        return USUAL
    try:
        return parse_reset_scope(text)
    except UnknownScope as error:
        allowed = ", ".join(ResetScope)
        raise bad_request(f"resetScope takes {allowed}, with commas between several of them.") from error
