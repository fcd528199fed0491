"""The groups that decide who is in scope, with those within them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.nesting import GroupInScope
from shared.orchestration.read_groups import MOST_GROUPS
from shared.orchestration.report_groups import GroupReport, report_groups
from shared.web.found_job import found_job
from shared.web.requests import engine_of
from shared.web.resources import Resource


async def read_scope_groups(request: Request, service_principal_id: str, job_id: str) -> Response:
    """All of them, as the last completed cycle read them: sizes, depth, and which contain each other."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    nested = job.configuration.scope.reads_nesting
    return JSONResponse(_resource(await report_groups(engine, job), nested=nested))


def _resource(report: GroupReport, *, nested: bool) -> Resource:
    nesting = report.nesting
    return {
        "cycle": report.cycle or None,
        "nestedGroups": nested,
        "count": len(nesting.groups),
        "limit": MOST_GROUPS if nested else None,
        "depth": nesting.depth,
        "people": nesting.people,
        "cycles": [list(groups) for groups in nesting.cycles],
        "value": [_group(each) for each in nesting.groups],
    }


def _group(group: GroupInScope) -> Resource:
    return {
        "id": group.id,
        "assigned": group.assigned,
        "depth": group.depth,
        "members": group.members,
        "groups": list(group.groups),
    }
