"""How is the reference engine hosted? One function for every path, as the product's."""

import os

import azure.functions as func
import httpx

from tests.sandbox.runner.reference_engine import ReferenceEngine

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
graph = httpx.AsyncClient(base_url=os.environ["TENANTSYNC_GRAPH_ENDPOINT"].removesuffix("/v1.0"), trust_env=False)
engine = ReferenceEngine(graph)


@app.route(route="{*path}", methods=[func.HttpMethod.GET, func.HttpMethod.PUT, func.HttpMethod.POST])
async def http(req: func.HttpRequest) -> func.HttpResponse:
    answer = await engine.answer(req.method, req.url.partition("?")[0].rsplit("/", 1)[-1], req.get_body())
    return func.HttpResponse(answer, mimetype="application/json")
