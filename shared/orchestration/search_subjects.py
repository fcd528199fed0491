"""Whom of the source may somebody mean who wants to see a person provisioned?"""

from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job
from shared.orchestration.ports import Candidates

MOST_CANDIDATES = 20
"""A choice that still fits in the eye; whoever finds more types more of the name."""


async def search_subjects(engine: Engine, job: Job, text: str) -> Candidates:
    """Return people of the job's source, disabled and deleted ones too. Raises what reading from Graph raises."""
    return await engine.directories.source(job.configuration).search(text, MOST_CANDIDATES)
