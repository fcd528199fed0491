"""The poison queues: what failed five times becomes an escrow and a log record, never silence."""

import azure.functions as func

from shared.orchestration.ports import Clock
from shared.orchestration.record_poison import GivenUp, record_import_poison, record_provisioning_poison
from shared.telemetry import span
from shared.wiring import IMPORT_QUEUE, PROVISIONING_QUEUE, engine

blueprint = func.Blueprint()


@blueprint.queue_trigger(
    arg_name="message", queue_name=f"{PROVISIONING_QUEUE}-poison", connection="AzureWebJobsStorage"
)
async def provisioning_poison(message: func.QueueMessage) -> None:
    """Put the entries that a message named into escrow."""
    with span("provisioning_poison"):
        at_hand = await engine()
        await record_provisioning_poison(at_hand, _given_up(message, at_hand.clock))


@blueprint.queue_trigger(arg_name="message", queue_name=f"{IMPORT_QUEUE}-poison", connection="AzureWebJobsStorage")
async def import_poison(message: func.QueueMessage) -> None:
    """End the cycle that a message named as failed."""
    with span("import_poison"):
        at_hand = await engine()
        await record_import_poison(at_hand, _given_up(message, at_hand.clock))


def _given_up(message: func.QueueMessage, clock: Clock) -> GivenUp:
    inserted = message.insertion_time
    known = inserted is not None and inserted.tzinfo is not None
    return GivenUp(
        body=message.get_body(), id=message.id or "", inserted=inserted if inserted and known else clock.now()
    )
