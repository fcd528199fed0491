"""The emergency switch: while the app is read-only nothing is written to any target tenant."""

from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.cycles.audit import Activity
from shared.orchestration.audit import audited
from shared.web.acting import act_of
from shared.web.initiator import initiator_text
from shared.web.requests import caller, engine_of, json_body
from shared.web.small_bodies import read_small


class _Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    read_only: bool


async def read_switch(request: Request) -> Response:
    """Whether the app is read-only, by the switch or by its setting."""
    engine = await engine_of(request)
    return JSONResponse({"readOnly": await engine.budgets.is_read_only()})


async def put_switch(request: Request) -> Response:
    """Switch it; a setting that says read-only wins, so the answer says what holds."""
    wanted = read_small(await json_body(request), _Switch, '{"readOnly": true} or {"readOnly": false}')
    engine = await engine_of(request)
    by = initiator_text(caller(request).principal)
    changes = {"readOnly": (await engine.budgets.is_read_only(), wanted.read_only)}
    switch = partial(engine.budgets.set_read_only, on=wanted.read_only, by=by, now=engine.clock.now())
    await audited(engine, act_of(request, Activity.READ_ONLY, changes=changes), switch)
    return JSONResponse({"readOnly": await engine.budgets.is_read_only()})
