"""How does the runner speak to the product? As an administrator, whoever is signed in."""

import httpx

from sandbox.runner.clients import JobClient
from sandbox.scenarios.scenario import configuration_document


async def test_the_runner_is_an_administrator_whoever_is_signed_in() -> None:
    roles: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        roles.append(request.headers.get("X-Sandbox-Role"))
        return httpx.Response(200, json={"value": []})

    document = configuration_document(source_id="s", target_id="t", service_principal_id="sp")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://127.0.0.1") as http:
        job = JobClient(http=http, document=document)
        for ask in (job.apply, job.start, job.status_code, job.cycles, job.workload):
            await ask()

    assert roles == ["Administrator"] * 5
