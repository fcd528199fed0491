"""On demand: find the people who are meant, and provision them now."""

from collections.abc import Awaitable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.configuration.user_mapping import rule_in_force
from shared.cycles.audit import Activity
from shared.orchestration.audit import audited
from shared.orchestration.on_demand_result import OnDemandResult
from shared.orchestration.provision_group import provision_group
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.orchestration.search_subjects import search_subjects
from shared.web.acting import act_of
from shared.web.errors import not_found
from shared.web.found_job import found_job
from shared.web.initiator import initiator_text
from shared.web.on_demand_request import read_search, read_subjects
from shared.web.on_demand_resource import candidate_resource, key_text, value_text
from shared.web.requests import caller, engine_of, json_body

_METADATA = "v1.0/$metadata#"


async def search(request: Request, service_principal_id: str, job_id: str) -> Response:
    """People of the source whose names or addresses begin with what was typed; `more` says that there are others.

    A POST, so that nobody's name is part of a URL that somebody logs.
    """
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    candidates = await search_subjects(engine, job, read_search(await json_body(request)))
    context = f"{request.base_url}{_METADATA}Collection(microsoft.graph.synchronizationJobSubject)"
    value = [candidate_resource(each) for each in candidates.people]
    return JSONResponse({"@odata.context": context, "value": value, "more": candidates.more})


async def provision(request: Request, service_principal_id: str, job_id: str) -> Response:
    """Provision up to five people, or members of a group, now, and say what came of each."""
    engine = await engine_of(request)
    job = await found_job(engine, service_principal_id, job_id)
    subjects = read_subjects(await json_body(request), rule_in_force(job.configuration))
    by = initiator_text(caller(request).principal)
    details = {} if subjects.group is None else {"Group": subjects.group.id}
    act = act_of(request, Activity.PROVISION_ON_DEMAND, job, people=subjects.everybody, details=details)

    def provisioned() -> Awaitable[Sequence[OnDemandResult] | None]:
        if subjects.group is None:
            return provision_on_demand(engine, job_id, subjects.people, by)
        return provision_group(engine, job, subjects.group, by)

    results = await audited(engine, act, provisioned, told=_told)
    if results is None:
        raise not_found(job_id)
    context = f"{request.base_url}{_METADATA}microsoft.graph.stringKeyStringValuePair"
    return JSONResponse(
        {"@odata.context": context, "key": key_text(results), "value": value_text(results, job.configuration)}
    )


def _told(results: Sequence[OnDemandResult] | None) -> Mapping[str, str]:
    return {result.source_id: result.status.value for result in results or ()}
