"""Timer: which configurations are due, and what got stuck?"""

import azure.functions as func

from shared.orchestration.start_cycles import tick
from shared.telemetry import span
from shared.wiring import engine

blueprint = func.Blueprint()


# Every five minutes: an expression for every 40 does not exist (`0 */40 * * * *` fires at :00 and :40).
@blueprint.timer_trigger(schedule="0 */5 * * * *", arg_name="timer", run_on_startup=False)
async def cycle_timer(timer: func.TimerRequest) -> None:  # noqa: ARG001  the binding's name
    """Start what is due and send again what nobody works on."""
    with span("cycle_timer"):
        await tick(await engine())
