"""Which endpoints are there, who may call each, and with which query options?

The application serves exactly these; an endpoint that is not in the table does not exist.
"""

from dataclasses import dataclass
from typing import Final

from shared.web.authorization import Role

JOBS: Final = "/v1.0/servicePrincipals/{service_principal_id}/synchronization/jobs"
JOB: Final = f"{JOBS}/{{job_id}}"
HEALTH: Final = "/healthz"
LOGS: Final = "/v1.0/auditLogs/provisioning"
AUDITS: Final = "/v1.0/auditLogs/directoryAudits"
READ_ONLY: Final = "/v1.0/readOnly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path. `role` None: anybody, signed in or not."""

    method: str
    path: str
    role: Role | None
    options: frozenset[str] = frozenset()
    """The query options that are understood; any other is refused."""
    everywhere: bool = False
    """It concerns all configurations, so a role for some of them is not enough."""


READ_HEALTH: Final = Endpoint(method="GET", path=HEALTH, role=None)
LIST_JOBS: Final = Endpoint(method="GET", path=JOBS, role=Role.READER)
READ_JOB: Final = Endpoint(method="GET", path=JOB, role=Role.READER)
START_JOB: Final = Endpoint(method="POST", path=f"{JOB}/start", role=Role.OPERATOR)
PAUSE_JOB: Final = Endpoint(method="POST", path=f"{JOB}/pause", role=Role.OPERATOR)
RESTART_JOB: Final = Endpoint(method="POST", path=f"{JOB}/restart", role=Role.OPERATOR)
PROVISION_ON_DEMAND: Final = Endpoint(method="POST", path=f"{JOB}/provisionOnDemand", role=Role.OPERATOR)
SEARCH_SUBJECTS: Final = Endpoint(method="POST", path=f"{JOB}/searchSubjects", role=Role.OPERATOR)
VALIDATE_CREDENTIALS: Final = Endpoint(method="POST", path=f"{JOB}/validateCredentials", role=Role.OPERATOR)
READ_DIAGNOSIS: Final = Endpoint(method="GET", path=f"{JOB}/diagnosis", role=Role.OPERATOR)
READ_HELD: Final = Endpoint(method="GET", path=f"{JOB}/heldRemovals", role=Role.READER, options=frozenset({"$top"}))
APPROVE_HELD: Final = Endpoint(method="POST", path=f"{JOB}/approve", role=Role.APPROVER)
REJECT_HELD: Final = Endpoint(method="POST", path=f"{JOB}/reject", role=Role.APPROVER)
READ_DRIFT: Final = Endpoint(method="GET", path=f"{JOB}/drift", role=Role.READER, options=frozenset({"$top"}))
RELEASE: Final = Endpoint(method="POST", path=f"{JOB}/release", role=Role.APPROVER)
DELETE_JOB: Final = Endpoint(method="DELETE", path=JOB, role=Role.ADMINISTRATOR)
READ_CONFIGURATION: Final = Endpoint(method="GET", path=f"{JOB}/configuration", role=Role.READER)
PUT_CONFIGURATION: Final = Endpoint(method="PUT", path=f"{JOB}/configuration", role=Role.ADMINISTRATOR)
VERSIONS: Final = f"{JOB}/configuration/versions"
LIST_VERSIONS: Final = Endpoint(method="GET", path=VERSIONS, role=Role.READER, options=frozenset({"$top"}))
READ_VERSION: Final = Endpoint(method="GET", path=f"{VERSIONS}/{{number}}", role=Role.READER)
DIFF_VERSIONS: Final = Endpoint(
    method="GET", path=f"{JOB}/configuration/diff", role=Role.READER, options=frozenset({"from", "to"})
)
ROLL_BACK: Final = Endpoint(method="POST", path=f"{JOB}/configuration/rollback", role=Role.ADMINISTRATOR)
READ_SCHEMA: Final = Endpoint(method="GET", path=f"{JOB}/schema", role=Role.READER)
PUT_SCHEMA: Final = Endpoint(method="PUT", path=f"{JOB}/schema", role=Role.ADMINISTRATOR)
PATCH_SCHEMA: Final = Endpoint(method="PATCH", path=f"{JOB}/schema", role=Role.ADMINISTRATOR)
DELETE_SCHEMA: Final = Endpoint(method="DELETE", path=f"{JOB}/schema", role=Role.ADMINISTRATOR)
READ_OPERATORS: Final = Endpoint(method="GET", path=f"{JOB}/schema/filterOperators", role=Role.READER)
READ_FUNCTIONS: Final = Endpoint(method="GET", path=f"{JOB}/schema/functions", role=Role.READER)
PARSE_EXPRESSION: Final = Endpoint(method="POST", path=f"{JOB}/schema/parseExpression", role=Role.READER)
DISCOVER: Final = Endpoint(
    method="POST", path=f"{JOB}/schema/directories/{{directory_id}}/discover", role=Role.OPERATOR
)
ADD_ATTRIBUTE: Final = Endpoint(
    method="POST", path=f"{JOB}/schema/directories/{{directory_id}}/attributes", role=Role.ADMINISTRATOR
)
LIST_CYCLES: Final = Endpoint(method="GET", path=f"{JOB}/cycles", role=Role.READER, options=frozenset({"$top"}))
READ_WORKLOAD: Final = Endpoint(method="GET", path=f"{JOB}/workload", role=Role.READER)
READ_SCOPE_GROUPS: Final = Endpoint(method="GET", path=f"{JOB}/scopeGroups", role=Role.READER)
READ_STATEMENT: Final = Endpoint(method="GET", path=f"{JOB}/statement", role=Role.READER)
READ_SWITCH: Final = Endpoint(method="GET", path=READ_ONLY, role=Role.READER)
PUT_SWITCH: Final = Endpoint(method="PUT", path=READ_ONLY, role=Role.OPERATOR, everywhere=True)
PAGED: Final = frozenset({"$filter", "$orderby", "$top", "$skiptoken"})
LIST_LOGS: Final = Endpoint(method="GET", path=LOGS, role=Role.READER, options=PAGED)
DOWNLOAD_LOGS: Final = Endpoint(
    method="GET", path=f"{LOGS}/download", role=Role.READER, options=PAGED | frozenset({"$format"})
)
LIST_AUDITS: Final = Endpoint(method="GET", path=AUDITS, role=Role.READER, options=PAGED)
