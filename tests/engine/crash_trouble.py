"""In which stories must a process be able to die? Those in which a tenant, a queue or the work itself gives trouble."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.orchestration.record_poison import GivenUp, record_import_poison, record_provisioning_poison
from tests.engine.crash_stories import PAIR, Act, Prelude, after_death, an_hour, becomes, company, each, joins
from tests.engine.crash_walk import Story, Way
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import SOURCE, TARGET, Document, id_of

LEASE = timedelta(minutes=10)
OUTAGE = timedelta(minutes=2)
NO_POLICY: Document = {"op": "setPartner", "tenantId": SOURCE, "set": {"identitySynchronization": None}}
POLICY: Document = {
    "op": "setPartner",
    "tenantId": SOURCE,
    "set": {"identitySynchronization": {"userSyncInbound": {"isSyncAllowed": True}}},
}


def throttled(told: Prelude) -> Prelude:
    """The target will take no writes in the first minutes of the next cycle."""

    async def prelude() -> LocalEngine:
        local = await told()
        begins = (await local.state()).next_due or local.clock.now()
        local.simulation.tenant(TARGET).writes_not_before = (begins + OUTAGE).timestamp()
        return local

    return prelude


async def refused(local: LocalEngine) -> None:
    """The partner policy forbids it for a while."""
    local.change_target(NO_POLICY)
    await local.run_for(CYCLE)
    local.change_target(POLICY)
    await an_hour(local)


async def forbidden(local: LocalEngine) -> None:
    """For a while nobody may read users any more."""
    permissions = local.simulation.tenant(SOURCE).permissions
    local.change({"op": "setPermissions", "permissions": sorted(permissions - {"User.Read.All"})})
    await local.run_for(CYCLE)
    local.change({"op": "setPermissions", "permissions": sorted(permissions)})
    await an_hour(local)


async def unanswered(local: LocalEngine) -> None:
    """The source answers nothing in the first minutes of the next cycle."""
    local.simulation.set_faults(tenant_id=SOURCE, switches={"unavailable_before": 1.0})
    begins = (await local.state()).next_due or local.clock.now()
    await local.run_for(begins + OUTAGE - local.clock.now())
    local.simulation.set_faults("none")
    await an_hour(local)


def escrowed(*changes: Document) -> Prelude:
    """Guests who must not be adopted stood in the way; then something changes in the target."""

    async def prelude() -> LocalEngine:
        local = await company(*joins(*PAIR), guests=PAIR, configuration={"adoption": "none"})()
        await local.run_cycle()
        local.judge()
        local.change_target(*changes)
        local.judge()
        return local

    return prelude


def purged(names: Sequence[str]) -> list[Document]:
    return [{"op": "purgeUser", "id": id_of(f"guest {name}")} for name in names]


def without_messages(told: Prelude) -> Prelude:
    """All messages are lost while there is work."""

    async def prelude() -> LocalEngine:
        local = await told()
        while not await local.queues.queue("provisioning").length():
            await local.step()
        for name in ("import", "provisioning"):
            await local.queues.queue(name).clear()
        return local

    return prelude


def given_up(told: Prelude, queue: str) -> Prelude:
    """The next message of a queue is given up, and all leases have run out."""

    async def prelude() -> LocalEngine:
        local = await told()
        while not await local.queues.queue(queue).length():
            await local.step()
        local.clock.time += LEASE
        return local

    return prelude


def poison(queue: str) -> Act:
    """The host hands a message over that failed five times, until somebody takes it."""

    async def act(local: LocalEngine) -> None:
        (message,) = await local.queues.queue(queue).receive()
        await local.queues.queue(queue).delete(message)
        dead = GivenUp(body=message.text.encode(), id="message-1", inserted=local.clock.now())
        record = record_import_poison if queue == "import" else record_provisioning_poison
        await local.insist(lambda engine: record(engine, dead))
        await an_hour(local)

    return act


STORIES: Mapping[str, Story] = {
    "a target that takes no writes": Story(
        prelude=throttled(company(*becomes(*PAIR, city="Gera"), here=PAIR)),
        log=each(PAIR, "update success"),
        passes=["table budgets", "graph: PATCH"],
    ),
    "a policy that forbids it": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=refused,
        log=each(PAIR, "update success"),
        passes=["table configurations", "graph: PATCH"],
    ),
    "a source that forbids it": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=forbidden,
        log=each(PAIR, "update success"),
        passes=["table configurations", "graph: PATCH"],
    ),
    "a source that does not answer": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=unanswered,
        log=each(PAIR, "update success"),
        passes=["queue import", "graph: PATCH"],
    ),
    "an escrow": Story(
        prelude=company(*joins(*PAIR), guests=PAIR, configuration={"adoption": "none"}),
        log=each(PAIR, "other failure"),
        passes=["Upsert due:9"],
    ),
    "an escrow that is tried again": Story(
        prelude=escrowed(*purged(PAIR)),
        act=an_hour,
        log=each(PAIR, "create success"),
        passes=["graph: POST /invitations"],
    ),
    "a source that has changed since it was read": Story(
        prelude=after_death(
            company(*becomes(*PAIR, city="Gera"), here=PAIR), "Insert work:", Way.BEFORE, *becomes("ada", city="Jena")
        ),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
    ),
    "queues that are emptied": Story(
        prelude=without_messages(company(*becomes(*PAIR, city="Gera"), here=PAIR)),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["queue import", "queue provisioning"],
    ),
    "a provisioning message that is given up": Story(
        prelude=given_up(
            after_death(company(*becomes(*PAIR, city="Gera"), here=PAIR), "Insert work:", Way.AFTER), "provisioning"
        ),
        act=poison("provisioning"),
        log=[*each(PAIR, "other failure"), *each(PAIR, "update success")],
        passes=["table provisioninglogs", "graph: PATCH"],
    ),
    "an import message that is given up": Story(
        prelude=given_up(company(*becomes(*PAIR, city="Gera"), here=PAIR), "import"),
        act=poison("import"),
        log=each(PAIR, "update success"),
        passes=["table configurations", "graph: PATCH"],
    ),
}
