"""Queue `import`: reads one slice of a cycle."""

import azure.functions as func

from shared.orchestration.hints import NEWER
from shared.orchestration.import_changes import import_changes
from shared.orchestration.messages import NewerMessage, decode_import
from shared.telemetry import span
from shared.wiring import IMPORT_QUEUE, engine

blueprint = func.Blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=IMPORT_QUEUE, connection="AzureWebJobsStorage")
async def import_queue(message: func.QueueMessage) -> None:
    """Go on reading; a message of a newer version of the app is put back for that one."""
    text = message.get_body().decode()
    try:
        hint = decode_import(text)
    except NewerMessage:
        await (await engine()).import_queue.send(text, delay=NEWER)
        return
    with span("import_queue", parent=hint.traceparent, configuration_id=hint.configuration_id, cycle=hint.cycle):
        await import_changes(await engine(), hint)
