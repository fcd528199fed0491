"""Queue `provisioning`: takes one chunk of entries into the target."""

import azure.functions as func

from shared.orchestration.hints import NEWER
from shared.orchestration.messages import NewerMessage, decode_provisioning
from shared.orchestration.provision_entries import provision_entries
from shared.telemetry import span
from shared.wiring import PROVISIONING_QUEUE, engine

blueprint = func.Blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=PROVISIONING_QUEUE, connection="AzureWebJobsStorage")
async def provisioning_queue(message: func.QueueMessage) -> None:
    """Work on the entries; a message of a newer version of the app is put back for that one."""
    text = message.get_body().decode()
    try:
        hint = decode_provisioning(text)
    except NewerMessage:
        await (await engine()).provisioning_queue.send(text, delay=NEWER)
        return
    with span("provisioning_queue", parent=hint.traceparent, configuration_id=hint.configuration_id):
        await provision_entries(await engine(), hint)
