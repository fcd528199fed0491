"""Is everything there that a configuration needs? Looks, changes nothing, and says of each point that is amiss."""

import asyncio
from collections.abc import Awaitable, Mapping

from shared.configuration.configuration import Configuration
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict, NewerRow, StorageUnavailable
from shared.setup.diagnosis import Finding, diagnose
from shared.setup.sights import AppSight, Sights

_FAILURES = (StorageUnavailable, Conflict, NewerRow)


async def diagnose_job(engine: Engine, configuration: Configuration) -> tuple[Finding, ...]:
    """Return what is amiss, nothing if all is well. Never raises for what it looks at."""
    source, target, app = await asyncio.gather(
        engine.directories.inspect_source(configuration),
        engine.directories.inspect_target(configuration),
        _app(engine, configuration),
    )
    return diagnose(configuration, Sights(source=source, target=target, app=app))


async def _app(engine: Engine, configuration: Configuration) -> AppSight:
    target_id = configuration.target.tenant_id
    tables: Mapping[str, Awaitable[object]] = {
        "configurations": engine.configurations.state(configuration.id),
        "cycles": engine.cycles.newest(configuration.id, 1),
        "watermarks": engine.watermarks.all(configuration.id),
    }
    queues: Mapping[str, Awaitable[object]] = {
        "import": engine.import_queue.length(),
        "provisioning": engine.provisioning_queue.length(),
    }
    failing_tables, failing_queues = await _failing(tables), await _failing(queues)
    try:
        read_only = await engine.budgets.is_read_only()
        blocked = (await engine.budgets.invitations(target_id)).blocks > 0
    except _FAILURES:
        return AppSight(failing_tables=(*failing_tables, "budgets"), failing_queues=failing_queues)
    return AppSight(
        failing_tables=failing_tables, failing_queues=failing_queues, read_only=read_only, invitations_blocked=blocked
    )


async def _failing(parts: Mapping[str, Awaitable[object]]) -> tuple[str, ...]:
    answers = await asyncio.gather(*parts.values(), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, _FAILURES):
            raise answer
    return tuple(name for name, answer in zip(parts, answers, strict=True) if isinstance(answer, BaseException))
