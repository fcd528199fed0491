"""HTTP: one ASGI function for the whole API, built on the first request."""

import azure.functions as func

from shared.telemetry import span
from shared.wiring import web_application

blueprint = func.Blueprint()
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


# Anonymous to the host's keys: App Service Authentication is in front, and the application judges the principal.
@blueprint.route(route="{*path}", methods=METHODS, auth_level=func.AuthLevel.ANONYMOUS)
async def http(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Answer with the application's response."""
    with span("http", parent=req.headers.get("traceparent", "")):
        response: func.HttpResponse = await func.AsgiMiddleware(web_application()).handle_async(req, context)
        return response
