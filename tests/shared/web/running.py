"""What has a test of the API to look at? A small company after its first cycles."""

import httpx

from sandbox.scenarios import Plan, build_scenario
from tests.engine.local_engine import LocalEngine
from tests.shared.web.calling import calling


async def company(*, cycles: int) -> LocalEngine:
    world = LocalEngine(build_scenario("company", Plan(users=30)))
    await world.start()
    for _ in range(cycles):
        await world.run_cycle()
    return world


def jobs_path(world: LocalEngine) -> str:
    principal = world.documents[0]["source"]["servicePrincipalId"]
    return f"/v1.0/servicePrincipals/{principal}/synchronization/jobs"


def job_path(world: LocalEngine, below: str = "") -> str:
    return f"{jobs_path(world)}/{world.documents[0]['id']}{below}"


def operating(world: LocalEngine) -> httpx.AsyncClient:
    return calling(world.engine, "Tenantsync.Operator")


def plain_people(world: LocalEngine, count: int) -> list[str]:
    """People about whom nothing is odd: the last ones, before the guests; those without a manager come first."""
    users = world.simulation.dump(world.source_id)["users"]
    members = [user for user in users if user.get("userType") == "Member" and user.get("accountEnabled") is True]
    return [user["id"] for user in sorted(members, key=lambda user: "manager" not in user)[-count:]]
