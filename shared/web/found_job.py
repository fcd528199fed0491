"""Which job does a path name? One exists under the service principal that its configuration names, and nowhere else."""

import re

from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job, find_job
from shared.web.errors import not_found

# What a configuration may be called; anything else is not even looked for.
_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


async def found_job(engine: Engine, service_principal_id: str, job_id: str) -> Job:
    """Return the job. Raises GraphError (404)."""
    job = await find_job(engine, job_id) if _ID.fullmatch(job_id) else None
    if job is None or job.configuration.source.service_principal_id != service_principal_id.lower():
        raise not_found(job_id)
    return job
