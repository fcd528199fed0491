"""What was done to whom? Log records of the configurations that somebody may see."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.configuration.configuration import Configuration
from shared.orchestration.engine import Engine
from shared.orchestration.job_status import find_job
from shared.orchestration.ports import LogQuery
from shared.provisioning.provisioning_log import ProvisioningLogRecord


class BadSkipToken(Exception):
    """The skip token is not one that this API handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPass:
    """A record, and the configuration that it belongs to."""

    record: ProvisioningLogRecord
    configuration: Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPasses:
    passes: tuple[LoggedPass, ...]
    next: str
    """Opaque; empty at the end."""


_EVERY = LogQuery()


async def read_logs(
    engine: Engine, configuration_ids: Collection[str], *, top: int, skip: str, query: LogQuery = _EVERY
) -> LoggedPasses:
    """Return up to `top` records behind the place that `skip` names (empty: the first). Raises BadSkipToken."""
    try:
        page = await engine.log_index.page(sorted(configuration_ids), top, skip, query)
    except ValueError as error:
        raise BadSkipToken from error
    configurations: dict[str, Configuration] = {}
    for configuration_id in {record.configuration_id for record in page.records}:
        job = await find_job(engine, configuration_id)
        if job is not None:
            configurations[configuration_id] = job.configuration
    passes = tuple(
        LoggedPass(record=record, configuration=configurations[record.configuration_id])
        for record in page.records
        if record.configuration_id in configurations
    )
    return LoggedPasses(passes=passes, next=page.next)
