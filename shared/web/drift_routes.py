"""Drift: see what is otherwise in the target, and release whom the target's side has blocked or deleted."""

from functools import partial
from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.audit import Activity
from shared.orchestration.audit import audited
from shared.orchestration.read_drift import read_drift
from shared.orchestration.release_departures import release_departures
from shared.provisioning.link import Link
from shared.provisioning.pass_steps import shown
from shared.provisioning.provisioning_log import ModifiedProperty
from shared.web.acting import act_of
from shared.web.found_job import found_job
from shared.web.initiator import initiator_text
from shared.web.requests import caller, engine_of, json_body, number_option
from shared.web.resources import Resource, time_text
from shared.web.small_bodies import read_small

MOST_SHOWN: Final = 1000
MOST_RELEASED: Final = 500

_SourceId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class _Released(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    # the name is that of the JSON
    sourceIds: Annotated[list[_SourceId], msgspec.Meta(min_length=1, max_length=MOST_RELEASED)]  # noqa: N815


async def drift(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Whose object is left otherwise than the mapping wants it, by whom was looked at last."""
    top = number_option(request, "$top", default=100, most=MOST_SHOWN)
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    report = await read_drift(engine, job.state, top)
    value = [_resource(link) for link in report.links]
    return JSONResponse({"lookedAt": job.configuration.drift is not None, "count": report.count, "value": value})


async def release(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Undo, once, that the target's side has blocked or deleted these people."""
    shape = f'{{"sourceIds": ["..."]}} with 1 to {MOST_RELEASED} ids'
    ids = read_small(await json_body(request), _Released, shape).sourceIds
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    act = act_of(request, Activity.RELEASE, job, people=ids)
    by = initiator_text(caller(request).principal)
    done = await audited(
        engine,
        act,
        partial(release_departures, engine, job.state, ids, by),
        told=lambda found: {"Count": str(len(found.released))},
    )
    return JSONResponse({"released": list(done.released), "notDeparted": list(done.others)})


def _resource(link: Link) -> Resource:
    found = link.drift
    return {
        "sourceId": link.source_id,
        "targetId": link.target_id,
        "departure": link.departure.value or None,
        "sinceDateTime": None if found is None else time_text(found.since),
        "attributes": [] if found is None else [_attribute(each) for each in found.attributes],
    }


def _attribute(each: ModifiedProperty) -> Resource:
    return {"name": each.name, "wanted": shown(each.desired), "found": shown(each.current)}
