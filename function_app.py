"""The function app: registers what `functions` offers, and nothing else."""

import azure.functions as func

from functions import cycle_timer, http, import_queue, poison_queue, provisioning_queue

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
for module in (cycle_timer, import_queue, provisioning_queue, poison_queue, http):
    app.register_functions(module.blueprint)
