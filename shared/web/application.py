"""The HTTP API as one ASGI application: exactly the endpoints of the table, each behind its check."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.orchestration.engine import Engine
from shared.web import (
    audit_routes,
    configuration_routes,
    diagnosis_routes,
    drift_routes,
    endpoints,
    expression_routes,
    group_routes,
    held_routes,
    job_routes,
    log_routes,
    on_demand_routes,
    read_only_routes,
    restart_routes,
    schema_routes,
    version_routes,
)
from shared.web.endpoints import Endpoint
from shared.web.errors import handle
from shared.web.gateway import Gateway
from shared.web.principal import AccessSettings
from shared.web.requests import admit

__all__ = ["AccessSettings", "create_app"]

Route = Callable[..., Awaitable[Response]]


async def healthz() -> Response:
    """The process answers; nothing more is told to anybody."""
    return JSONResponse({"status": "ok"})


ROUTES: dict[Endpoint, Route] = {
    endpoints.READ_HEALTH: healthz,
    endpoints.LIST_JOBS: job_routes.read_jobs,
    endpoints.READ_JOB: job_routes.read_job,
    endpoints.START_JOB: job_routes.start,
    endpoints.PAUSE_JOB: job_routes.pause,
    endpoints.RESTART_JOB: restart_routes.restart,
    endpoints.PROVISION_ON_DEMAND: on_demand_routes.provision,
    endpoints.SEARCH_SUBJECTS: on_demand_routes.search,
    endpoints.LIST_CYCLES: job_routes.read_cycles,
    endpoints.READ_WORKLOAD: job_routes.read_workload,
    endpoints.VALIDATE_CREDENTIALS: diagnosis_routes.validate_credentials,
    endpoints.READ_DIAGNOSIS: diagnosis_routes.read_diagnosis,
    endpoints.READ_STATEMENT: job_routes.read_statement,
    endpoints.READ_SCOPE_GROUPS: group_routes.read_scope_groups,
    endpoints.READ_HELD: held_routes.read_held,
    endpoints.APPROVE_HELD: held_routes.approve,
    endpoints.REJECT_HELD: held_routes.reject,
    endpoints.READ_DRIFT: drift_routes.drift,
    endpoints.RELEASE: drift_routes.release,
    endpoints.DELETE_JOB: job_routes.delete,
    endpoints.READ_SWITCH: read_only_routes.read_switch,
    endpoints.PUT_SWITCH: read_only_routes.put_switch,
    endpoints.READ_CONFIGURATION: configuration_routes.read_configuration,
    endpoints.PUT_CONFIGURATION: configuration_routes.put_configuration,
    endpoints.LIST_VERSIONS: version_routes.list_versions,
    endpoints.READ_VERSION: version_routes.read_version,
    endpoints.DIFF_VERSIONS: version_routes.diff_versions,
    endpoints.ROLL_BACK: version_routes.roll_back_version,
    endpoints.LIST_AUDITS: audit_routes.list_audits,
    endpoints.READ_SCHEMA: schema_routes.read_schema,
    endpoints.PUT_SCHEMA: schema_routes.put_schema,
    endpoints.PATCH_SCHEMA: schema_routes.patch_schema,
    endpoints.DELETE_SCHEMA: schema_routes.delete_schema,
    endpoints.READ_OPERATORS: schema_routes.read_filter_operators,
    endpoints.READ_FUNCTIONS: schema_routes.read_functions,
    endpoints.PARSE_EXPRESSION: expression_routes.parse_expression,
    endpoints.DISCOVER: schema_routes.discover,
    endpoints.ADD_ATTRIBUTE: schema_routes.add,
    endpoints.LIST_LOGS: log_routes.list_logs,
    endpoints.DOWNLOAD_LOGS: log_routes.download_logs,
}


def create_app(engine_provider: Callable[[], Awaitable[Engine]], access: AccessSettings) -> FastAPI:
    """Build the application; the engine is asked for by the first request that needs it."""
    options: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None, "redirect_slashes": False}
    app = FastAPI(title="tenantsync", **options)
    app.state.engine = engine_provider
    app.add_middleware(Gateway, settings=access)
    for refused in (HTTPException, RequestValidationError):
        app.add_exception_handler(refused, handle)
    for endpoint, route in ROUTES.items():
        app.add_api_route(
            endpoint.path,
            route,
            methods=[endpoint.method],
            dependencies=[Depends(admit(endpoint))],
            response_model=None,
        )
    return app
