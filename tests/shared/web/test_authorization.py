"""Who may call what? The whole table, and it is held against the routes that the application really has."""

import pytest
from starlette.routing import Route

from shared.orchestration.apply_configuration import apply_configuration
from shared.web.application import AccessSettings, create_app
from shared.web.authorization import READING_DIRECTORY_ROLES
from tests.shared.configuration.documents import SERVICE_PRINCIPAL
from tests.shared.fakes import configuration, memory_engine
from tests.shared.web.calling import calling, error_of

ID = "contoso-fabrikam"
READER, OPERATOR, APPROVER, ADMINISTRATOR = "Reader", "Operator", "Approver", "Administrator"
EVERY = (READER, OPERATOR, APPROVER, ADMINISTRATOR)
JOBS = "/v1.0/servicePrincipals/{service_principal_id}/synchronization/jobs"
JOB = f"{JOBS}/{{job_id}}"

ALLOWED = {
    ("GET", JOBS): EVERY,
    ("GET", JOB): EVERY,
    ("GET", f"{JOB}/configuration"): EVERY,
    ("GET", f"{JOB}/configuration/versions"): EVERY,
    ("GET", f"{JOB}/configuration/versions/{{number}}"): EVERY,
    ("GET", f"{JOB}/configuration/diff"): EVERY,
    ("POST", f"{JOB}/configuration/rollback"): (ADMINISTRATOR,),
    ("GET", f"{JOB}/cycles"): EVERY,
    ("GET", f"{JOB}/workload"): EVERY,
    ("GET", f"{JOB}/statement"): EVERY,
    ("GET", "/v1.0/auditLogs/provisioning"): EVERY,
    ("GET", "/v1.0/auditLogs/provisioning/download"): EVERY,
    ("GET", "/v1.0/auditLogs/directoryAudits"): EVERY,
    ("POST", f"{JOB}/start"): (OPERATOR, ADMINISTRATOR),
    ("POST", f"{JOB}/pause"): (OPERATOR, ADMINISTRATOR),
    ("POST", f"{JOB}/restart"): (OPERATOR, ADMINISTRATOR),
    ("GET", f"{JOB}/schema"): EVERY,
    ("PUT", f"{JOB}/schema"): (ADMINISTRATOR,),
    ("PATCH", f"{JOB}/schema"): (ADMINISTRATOR,),
    ("DELETE", f"{JOB}/schema"): (ADMINISTRATOR,),
    ("GET", f"{JOB}/schema/filterOperators"): EVERY,
    ("GET", f"{JOB}/schema/functions"): EVERY,
    ("POST", f"{JOB}/schema/parseExpression"): EVERY,
    ("POST", f"{JOB}/schema/directories/{{directory_id}}/discover"): (OPERATOR, ADMINISTRATOR),
    ("POST", f"{JOB}/schema/directories/{{directory_id}}/attributes"): (ADMINISTRATOR,),
    ("POST", f"{JOB}/provisionOnDemand"): (OPERATOR, ADMINISTRATOR),
    ("POST", f"{JOB}/searchSubjects"): (OPERATOR, ADMINISTRATOR),
    ("POST", f"{JOB}/validateCredentials"): (OPERATOR, ADMINISTRATOR),
    ("GET", f"{JOB}/diagnosis"): (OPERATOR, ADMINISTRATOR),
    ("PUT", f"{JOB}/configuration"): (ADMINISTRATOR,),
    ("DELETE", JOB): (ADMINISTRATOR,),
    ("GET", f"{JOB}/heldRemovals"): EVERY,
    ("GET", f"{JOB}/drift"): EVERY,
    ("POST", f"{JOB}/release"): (APPROVER, ADMINISTRATOR),
    ("GET", f"{JOB}/scopeGroups"): EVERY,
    ("POST", f"{JOB}/approve"): (APPROVER, ADMINISTRATOR),
    ("POST", f"{JOB}/reject"): (APPROVER, ADMINISTRATOR),
    ("GET", "/v1.0/readOnly"): EVERY,
    ("PUT", "/v1.0/readOnly"): (OPERATOR, ADMINISTRATOR),
}
ANONYMOUS = {("GET", "/healthz")}


async def _no_engine() -> object:
    raise AssertionError("no request is made")


def routes() -> set[tuple[str, str]]:
    app = create_app(_no_engine, AccessSettings(platform_authentication=True))  # type: ignore[arg-type]
    assert all(isinstance(route, Route) for route in app.routes)
    return {(method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()}


MATRIX = [(method, path, role, role in roles) for (method, path), roles in ALLOWED.items() for role in EVERY]
LISTS = {
    ("GET", JOBS),
    ("GET", "/v1.0/auditLogs/provisioning"),
    ("GET", "/v1.0/auditLogs/provisioning/download"),
    ("GET", "/v1.0/auditLogs/directoryAudits"),
    ("GET", "/v1.0/readOnly"),
}
EVERYWHERE = {("PUT", "/v1.0/readOnly")}


def address(path: str) -> str:
    filled = path.format(service_principal_id=SERVICE_PRINCIPAL, job_id=ID, number=1, directory_id="target")
    return f"{filled}?from=1" if filled.endswith("/diff") else filled


async def statuses(*roles: str, platform: bool = True) -> dict[tuple[str, str], int]:
    """What somebody is answered at every endpoint, where no answer changes what the next one is."""
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    async with calling(engine, *roles, platform=platform) as client:
        answers = {(method, path): await client.request(method, address(path)) for method, path in sorted(ALLOWED)}
    for answer in answers.values():
        if answer.is_error:
            error_of(answer)
    return {endpoint: answer.status_code for endpoint, answer in answers.items()}


async def status_of(method: str, path: str, *roles: str, wids: tuple[str, ...] = ()) -> int:
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    async with calling(engine, *roles, wids=wids) as client:
        answer = await client.request(method, address(path))
    if answer.is_error:
        error_of(answer)
    return answer.status_code


def test_every_route_has_a_row_in_the_table() -> None:
    assert routes() == set(ALLOWED) | ANONYMOUS


@pytest.mark.parametrize(("method", "path", "role", "allowed"), MATRIX)
async def test_a_role_opens_its_endpoints_and_no_others(method: str, path: str, role: str, allowed: bool) -> None:
    status = await status_of(method, path, f"Tenantsync.{role}")

    # The endpoints with a body are asked without one: they refuse its type, once the role is accepted. Credentials
    # cannot be validated where there are no tenants.
    assert status in ({200, 204, 415, 503} if allowed else {403})


@pytest.mark.parametrize(
    "role",
    [
        "",
        "Administrator",
        "tenantsync.administrator",
        "Tenantsync.Owner",
        "Tenantsync.Administrator:",
        "Tenantsync.Administrator ",
    ],
)
async def test_what_is_no_role_of_ours_opens_nothing(role: str) -> None:
    assert await statuses(role) == dict.fromkeys(ALLOWED, 403)


@pytest.mark.parametrize("named", ["another", f"{ID}:", f"{ID}x", ID.upper()])
async def test_a_role_for_another_configuration_opens_only_lists(named: str) -> None:
    found = await statuses(f"Tenantsync.Administrator:{named}")

    assert found == {endpoint: 200 if endpoint in LISTS else 403 for endpoint in ALLOWED}


async def test_without_the_platform_nobody_gets_in() -> None:
    assert await statuses("Tenantsync.Administrator", platform=False) == dict.fromkeys(ALLOWED, 401)


@pytest.mark.parametrize(("method", "path", "role", "allowed"), MATRIX)
async def test_a_role_for_one_configuration_opens_that_one(method: str, path: str, role: str, allowed: bool) -> None:
    status = await status_of(method, path, f"Tenantsync.{role}:{ID}")

    allowed = allowed and (method, path) not in EVERYWHERE
    assert status in ({200, 204, 415, 503} if allowed else {403})


@pytest.mark.parametrize("wid", sorted(READING_DIRECTORY_ROLES))
@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED))
async def test_directory_roles_that_may_read_logs_are_readers(method: str, path: str, wid: str) -> None:
    status = await status_of(method, path, wids=(wid.upper(),))

    assert status in ({200, 415} if READER in ALLOWED[method, path] else {403})


@pytest.mark.parametrize(
    "wid",
    [
        "b79fbf4d-3ef9-4689-8143-76b194e85509",  # what every member of a tenant has
        "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
    ],
)
async def test_other_directory_roles_open_nothing(wid: str) -> None:
    assert await status_of("GET", JOBS, wids=(wid,)) == 403


async def test_a_refusal_does_not_tell_whether_a_job_exists() -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    paths = [f"{address(JOBS)}/{name}" for name in (ID, "unknown")]

    async with calling(engine, "Tenantsync.Reader:another") as client:
        answers = [error_of(await client.get(path)) for path in paths]

    assert [error["code"] for error in answers] == ["Authorization_RequestDenied"] * 2
    assert answers[0]["message"] == answers[1]["message"]


async def test_lists_hold_only_what_the_caller_may_see() -> None:
    engine = memory_engine()
    for name in ("one", "two", "three"):
        await apply_configuration(engine, configuration({"/id": name}))

    async with calling(engine, "Tenantsync.Reader:one", "Tenantsync.Operator:three") as client:
        answer = await client.get(address(JOBS))

    assert [job["id"] for job in answer.json()["value"]] == ["one", "three"]
