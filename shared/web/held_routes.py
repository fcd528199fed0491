"""Removals that the guard holds: see them, approve or reject exactly what was seen."""

import re
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.audit import Activity
from shared.cycles.pending import Pending, Verdict, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.audit import audited
from shared.orchestration.decide_held import HeldRemovals, decide_held, held_removals
from shared.web.acting import act_of
from shared.web.errors import bad_request
from shared.web.found_job import found_job
from shared.web.initiator import initiator_text
from shared.web.requests import caller, engine_of, json_body, number_option
from shared.web.small_bodies import read_small

MOST_SHOWN: Final = 1000
_DIGEST = re.compile("[0-9a-f]{32}")
_ACTIONS = {WorkKind.DISABLE: "disable"}
_ACTIVITIES = {Verdict.APPROVED: Activity.APPROVE, Verdict.REJECTED: Activity.REJECT}


class _Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    digest: str


async def read_held(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Who is held, how many they are, and the digest that a decision has to name."""
    top = number_option(request, "$top", default=100, most=MOST_SHOWN)
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    held = await held_removals(engine, job.state)
    shown = [_resource(row) for row in held.rows[:top]]
    return JSONResponse(
        {
            "held": _what(held, job.state),
            "count": len(held.rows),
            "digest": held.digest or None,
            "value": shown,
        }
    )


async def approve(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Let exactly the held set go, each of them once proven."""
    return await _decide(request, service_principal_id, job_id, Verdict.APPROVED)


async def reject(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Keep exactly the held set as it is."""
    return await _decide(request, service_principal_id, job_id, Verdict.REJECTED)


async def _decide(request: Request, service_principal_id: str, job_id: str, verdict: Verdict) -> Response:
    digest = _digest(await json_body(request))
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    by, activity = initiator_text(caller(request).principal), _ACTIVITIES[verdict]
    act = act_of(
        request, activity, job, changes={"held": (_code(job.state), verdict.value)}, details={"Digest": digest}
    )
    decide = partial(decide_held, engine, job.state, digest, verdict, by)
    held = await audited(engine, act, decide, told=lambda decided: {"Count": str(len(decided.rows))})
    return JSONResponse({"count": len(held.rows), "verdict": verdict.value}, status_code=HTTPStatus.OK)


def _digest(body: bytes) -> str:
    decision = read_small(body, _Decision, '{"digest": "..."} with the digest of heldRemovals')
    if not _DIGEST.fullmatch(decision.digest):
        raise bad_request("The digest must be the one of heldRemovals: 32 hexadecimal digits.")
    return decision.digest


def _what(held: HeldRemovals, state: ConfigurationState) -> str | None:
    """Return the code of the guard that holds; of creates and rewrites nobody is named."""
    return _code(state) if held.digest else None


def _code(state: ConfigurationState) -> str | None:
    return None if state.quarantine is None else state.quarantine.code


def _resource(row: Pending) -> dict[str, object]:
    return {"sourceId": row.source_id, "action": _ACTIONS.get(row.kind, "delete"), "stagedCycle": row.staged_cycle}
