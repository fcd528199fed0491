"""May this request in, and what does it get?

The order is Graph's: token, path, quota, permission, query options, body, and then the directory. What the profile lets
go wrong comes between quota and permission, or after the write.
"""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.batch import answer_batch
from sandbox.tenants.call import Call, Caller
from sandbox.tenants.calls import find_call
from sandbox.tenants.clock import moment
from sandbox.tenants.context import Context
from sandbox.tenants.exchange import Answer, GraphError, Request
from sandbox.tenants.faults import Fault, Faults
from sandbox.tenants.handlers import HANDLERS
from sandbox.tenants.properties import USER_PROPERTIES
from sandbox.tenants.quotas import units_of
from sandbox.tenants.recording import Recorder
from sandbox.tenants.tenant import Tenant

_BEARER = "bearer sandbox."
_OF_ADMINISTRATOR = ".administrator"
_OUTAGES = (500, 502, 503, 504)


@dataclass(slots=True, kw_only=True)
class Gateway:
    """All tenants behind one door."""

    tenants: Mapping[str, Tenant]
    faults: Faults
    recorder: Recorder | None
    accepts_automatically: bool

    def serve(self, request: Request, now: float) -> Answer | None:
        """The answer to one HTTP request; None cuts the connection."""
        tenant = self.tenant_of(request)
        batch = request.path == ("$batch",)
        fault = self.faults.draw_connection(tenant.id, batch=batch) if tenant else Fault.NONE
        happened = fault not in {Fault.CUT_BEFORE, Fault.UNAVAILABLE_BEFORE}
        answer = self.answer(request, now) if happened else None
        if fault in {Fault.CUT_BEFORE, Fault.CUT_AFTER}:
            answer = None
        elif fault is not Fault.NONE:
            answer = _refusal(errors.unavailable(self.faults.random.choice((503, 504))), request, now)
        self._record(request, answer, tenant, now)
        return answer

    def answer(self, request: Request, now: float) -> Answer:
        """The answer to one request, alone or in a batch."""
        tenant = self.tenant_of(request)
        try:
            if tenant is None or not _token_holds(tenant, caller_of(request)):
                raise errors.invalid_token()
            return _with_roles(tenant, request, self._admitted(tenant, request, now))
        except GraphError as error:
            refusal = _refusal(error, request, now)
            return refusal if tenant is None else _with_roles(tenant, request, refusal)

    def tenant_of(self, request: Request) -> Tenant | None:
        """The tenant that the token names: Bearer sandbox.<tenant id>, or a verified domain instead of the id."""
        token = request.headers.get("authorization", "").lower()
        if not token.startswith(_BEARER):
            return None
        name = token[len(_BEARER) :].removesuffix(_OF_ADMINISTRATOR)
        return self.tenants.get(name) or next((t for t in self.tenants.values() if name in t.verified_domains), None)

    def _admitted(self, tenant: Tenant, request: Request, now: float) -> Answer:
        found = find_call(request.method, request.path, caller_of(request))
        if found is None:
            path = "/".join(request.path)
            raise GraphError(501, "NotImplemented", f"{request.method} /{path} is not a call of the product.")
        call, parameters = found
        if call.name == "batch":
            _check_shape(call, request)
            return answer_batch(request, lambda item: self._item(item, tenant, now), self.faults.random)
        tenant.purge_expired(now)
        context = Context(
            tenant=tenant,
            call=call,
            parameters=parameters,
            request=request,
            now=now,
            faults=self.faults,
            tenants=self.tenants,
            accepts_automatically=self.accepts_automatically,
            caller=caller_of(request),
        )
        return self._performed(context)

    def _item(self, request: Request, tenant: Tenant, now: float) -> Answer:
        if request.path == ("$batch",):
            return _refusal(GraphError(400, "BadRequest", "Batches do not nest."), request, now)
        answer = self.answer(request, now)
        self._record(request, answer, tenant, now)
        return answer

    def _performed(self, context: Context) -> Answer:
        tenant, call = context.tenant, context.call
        tenant.statistics.requests += 1
        units = units_of(call.units, frozenset(context.request.options), _top(context.request))
        self._check_quota(context, units)
        fault = self.faults.draw(tenant.id, writes=bool(call.writes))
        self._fail_before(context, fault)
        tenant.statistics.writes += call.writes
        _check_permission(context)
        _check_shape(call, context.request, tenant)
        answer = HANDLERS[call.name](context)
        if fault is Fault.UNAVAILABLE_AFTER:
            raise errors.unavailable(self.faults.random.choice((503, 504)))
        headers = {**answer.headers, "x-ms-resource-unit": str(units)}
        if percentage := tenant.quota.percentage():
            headers["x-ms-throttle-limit-percentage"] = percentage
        return Answer(status=answer.status, body=answer.body, headers=headers)

    def _check_quota(self, context: Context, units: int) -> None:
        """429 over the quota, and for every write until the Retry-After of a refused one has passed."""
        tenant, call = context.tenant, context.call
        refusal = tenant.quota.charge(units, call.writes, context.now)
        if call.writes and context.now < tenant.writes_not_before:
            wait = max(1, math.ceil(tenant.writes_not_before - context.now))
            raise self._throttled(context, "Write", "WriteLimitExceeded", wait)
        if refusal is not None:
            if call.writes:
                tenant.writes_not_before = context.now + refusal.retry_after
            raise self._throttled(context, refusal.what, refusal.limit, refusal.retry_after)

    def _fail_before(self, context: Context, fault: Fault) -> None:
        if fault is Fault.THROTTLED:
            wait = self.faults.retry_after(context.tenant.id)
            writes = bool(context.call.writes)
            if writes and wait is not None:
                context.tenant.writes_not_before = context.now + wait
            what = ("Write", "WriteLimitExceeded") if writes else ("Read", "CPULimitExceeded")
            raise self._throttled(context, *what, wait)
        if fault is Fault.UNAVAILABLE_BEFORE:
            raise errors.unavailable(self.faults.random.choice(_OUTAGES))
        if fault is Fault.CONFLICT:
            raise errors.concurrency()

    def _throttled(self, context: Context, what: str, limit: str, wait: int | None) -> GraphError:
        context.tenant.statistics.throttled += 1
        return errors.throttled(context.tenant.id, what, limit, wait)

    def _record(self, request: Request, answer: Answer | None, tenant: Tenant | None, now: float) -> None:
        if self.recorder is not None:
            self.recorder.note(request, answer, tenant.id if tenant else None, now)


def caller_of(request: Request) -> Caller:
    """Who the token says it is."""
    token = request.headers.get("authorization", "").lower()
    return Caller.ADMINISTRATOR if token.endswith(_OF_ADMINISTRATOR) else Caller.APPLICATION


def _token_holds(tenant: Tenant, caller: Caller) -> bool:
    """Entra gives a token for a tenant only to an application that has a service principal there."""
    return caller is Caller.ADMINISTRATOR or (tenant.knows_application and not tenant.refuses_tokens)


def _with_roles(tenant: Tenant, request: Request, answer: Answer) -> Answer:
    """Tokens here hold nothing; so the answer that proves the tenant says what a token's roles claim would."""
    if request.path != ("organization",):
        return answer
    return replace(answer, headers={**answer.headers, "x-sandbox-roles": " ".join(sorted(tenant.permissions))})


def _check_permission(context: Context) -> None:
    if context.granted.isdisjoint(context.call.permissions):
        raise errors.invitation_denied() if context.call.name == "invite" else errors.denied()


def _check_shape(call: Call, request: Request, tenant: Tenant | None = None) -> None:
    """Only what the table allows: the product has no business with the rest."""
    unknown = sorted(set(request.options) - call.options)
    if unknown:
        raise errors.bad_request(f"Query option '{unknown[0]}' is not supported by {call.method} /{call.path}.")
    missing = sorted(call.required - set(request.options))
    if missing:
        raise errors.bad_request(f"Query option '{missing[0]}' is required by {call.method} /{call.path}.")
    if not call.properties:
        if request.body not in (None, {}):
            raise errors.bad_request(f"{call.method} /{call.path} takes no body.")
        return
    if not request.document:
        raise GraphError(400, "BadRequest", "Empty Payload. JSON content expected.")
    extensions = tenant.extension_properties if tenant is not None and call.name == "update_user" else frozenset[str]()
    for name in sorted(set(request.document) - call.properties - extensions):
        reason = "is read-only and cannot be set" if name in USER_PROPERTIES else "does not exist on the type"
        raise errors.bad_request(f"Property '{name}' {reason}.", name)


def _top(request: Request) -> int | None:
    text = request.options.get("$top", "")
    return int(text) if text.isdigit() else None


def _refusal(error: GraphError, request: Request, now: float) -> Answer:
    """Graph's error body: https://learn.microsoft.com/graph/errors#error-resource-type"""
    request_id = str(uuid.uuid4())
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "innerError": {
            "date": moment(now).removesuffix("Z"),
            "request-id": request_id,
            "client-request-id": request.headers.get("client-request-id", request_id),
        },
    }
    if error.target:
        body["details"] = [{"code": "InvalidValue", "message": error.message, "target": error.target}]
    return Answer(status=error.status, body={"error": body}, headers=error.headers)
