"""What can a function app ask of the host? A bit of everything, for tests."""

import asyncio
import json
from typing import List  # noqa: UP035 - see post_item

import azure.functions as func

STORAGE = "AzureWebJobsStorage"

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.timer_trigger(arg_name="timer", schedule="%SCHEDULE%")
@app.queue_output(arg_name="first", queue_name="%PREFIX%-first", connection=STORAGE)
def tick(timer: func.TimerRequest, first: func.Out[str]) -> None:
    status: dict[str, str] = getattr(timer, "schedule_status")  # noqa: B009 - missing in the type that the worker wants
    first.set(json.dumps({"pastDue": timer.past_due, "status": sorted(status)}))


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-first", connection=STORAGE)
@app.queue_output(arg_name="second", queue_name="%PREFIX%-second", connection=STORAGE)
async def forward(message: func.QueueMessage, second: func.Out[str], context: func.Context) -> None:
    second.set(f"{context.function_name}:{message.get_body().decode()}")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-second", connection=STORAGE)
@app.queue_output(arg_name="$return", queue_name="%PREFIX%-done", connection=STORAGE)
def finish(message: func.QueueMessage) -> str:
    return f"{message.dequeue_count}:{message.get_body().decode()}"


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-broken", connection=STORAGE)
@app.queue_output(arg_name="seen", queue_name="%PREFIX%-seen", connection=STORAGE)
async def broken(message: func.QueueMessage, seen: func.Out[str]) -> None:
    seen.set("never sent")
    raise RuntimeError(f"attempt {message.dequeue_count} at {message.get_body().decode()}")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-broken-poison", connection=STORAGE)
@app.queue_output(arg_name="done", queue_name="%PREFIX%-done", connection=STORAGE)
async def poisoned(message: func.QueueMessage, done: func.Out[str]) -> None:
    done.set(f"poison:{message.get_body().decode(errors='replace')}")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-slow", connection=STORAGE)
@app.queue_output(arg_name="done", queue_name="%PREFIX%-done", connection=STORAGE)
async def slow(message: func.QueueMessage, done: func.Out[str]) -> None:
    print("slow begins", flush=True)  # noqa: T201 - the test waits for it
    await asyncio.sleep(float(message.get_body()))
    done.set("slow ended")


@app.route(route="items/{name}/{part?}", methods=["GET"])
async def item(req: func.HttpRequest) -> func.HttpResponse:
    principal = {name: value for name, value in req.headers.items() if name.startswith("x-ms-client-principal")}
    document = {
        "parameters": dict(req.route_params),
        "query": dict(req.params),
        "url": req.url,
        "principal": principal,
        "headers": sorted(req.headers),
    }
    return func.HttpResponse(json.dumps(document), mimetype="application/json", status_code=200)


@app.route(route="items/{name}", methods=["POST"])
@app.queue_output(arg_name="done", queue_name="%PREFIX%-done", connection=STORAGE)
def post_item(req: func.HttpRequest, done: func.Out[List[str]]) -> func.HttpResponse:  # noqa: UP006 - the worker refuses list[str]
    done.set([f"{req.route_params['name']}:{req.get_body().decode()}", "and another"])
    return func.HttpResponse(status_code=202, headers={"Location": "/here"})


@app.route(route="files/{*path}", methods=["GET"])
def files(req: func.HttpRequest) -> str:
    return str(req.route_params["path"])


@app.route(route="broken")
def broken_http(req: func.HttpRequest) -> str:
    raise RuntimeError(f"{req.method} fails")
