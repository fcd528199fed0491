"""What is the whole of the simulated tenants: their world, its clock, and the two ways in (Graph and control)?"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, TypedDict, Unpack

from sandbox.tenants.application import Application, application_of
from sandbox.tenants.control import Life, dump, encoded
from sandbox.tenants.exchange import Answer, Request
from sandbox.tenants.faults import PROFILES, Faults, FaultSwitches
from sandbox.tenants.gateway import Gateway
from sandbox.tenants.quotas import Quota, QuotaSize
from sandbox.tenants.recording import Recorder
from sandbox.tenants.tenant import Tenant, load_tenant
from sandbox.world import Document, World, WorldError


class Conditions(TypedDict, total=False):
    """Under which conditions the tenants answer; all may be left out."""

    #: A profile by name, or switches.
    faults: str | FaultSwitches
    quota: str
    #: Of every answer, in engine milliseconds.
    latency_ms: float
    #: Engine seconds in a real one; only latency needs it, the rest is read from the clock.
    time_scale: float
    seed: int
    record: Path | None


class Simulation:
    """Microsoft Graph for the tenants of a world, mountable in process; single-threaded like its event loop."""

    def __init__(
        self, world: World, *, clock: Callable[[], float] = time.time, **conditions: Unpack[Conditions]
    ) -> None:
        self._clock = clock
        self._random = Random(conditions.get("seed", 1))
        self._faults = Faults(switches_of(conditions.get("faults", "none")), self._random)
        self._delay = conditions.get("latency_ms", 0.0)
        self._milliseconds = 1000 * conditions.get("time_scale", 1.0)
        self._tenants: dict[str, Tenant] = {}
        for document in world.tenants:
            if document.id.lower() in self._tenants:
                raise WorldError(f"Tenant {document.id} stands in the world twice.")
            quota = Quota(QuotaSize(conditions.get("quota", "off")))
            self._tenants[document.id.lower()] = load_tenant(document, quota, self._random, clock())
        self._follow_switches()
        record = conditions.get("record")
        self._recorder = Recorder(record) if record else None
        self._gateway = Gateway(
            tenants=self._tenants,
            faults=self._faults,
            recorder=self._recorder,
            accepts_automatically=world.automatic_redemption_accepts,
        )
        self.application: Application = application_of(self)

    def close(self) -> None:
        if self._recorder is not None:
            self._recorder.close()

    def tenant(self, tenant_id: str) -> Tenant:
        if tenant_id.lower() not in self._tenants:
            raise KeyError(f"The world has no tenant {tenant_id}. It has: {', '.join(self._tenants)}.")
        return self._tenants[tenant_id.lower()]

    def dump(self, tenant_id: str) -> Document:
        tenant = self.tenant(tenant_id)
        tenant.purge_expired(self.now())
        return dump(tenant)

    def change(self, tenant_id: str, changes: Sequence[Mapping[str, Any]]) -> list[str | None]:
        """Apply changes in order; per change the id of what it created or touched, if it names one."""
        life = Life(self.tenant(tenant_id), self.now(), self._random)
        return [life.apply(change) for change in changes]

    def statistics(self) -> dict[str, dict[str, int]]:
        return {tenant.id: asdict(tenant.statistics) for tenant in self._tenants.values()}

    def set_faults(
        self, profile: str | None = None, *, tenant_id: str | None = None, switches: Mapping[str, Any] | None = None
    ) -> None:
        """Put a profile in force, single switches on top of it or of what is in force, for all tenants or one."""
        of_tenant = self.tenant(tenant_id).id if tenant_id else None
        current = switches_of(profile) if profile else self._faults.of(of_tenant or "")
        self._faults.set(current.with_changes(switches or {}), of_tenant)
        self._follow_switches()

    def now(self) -> float:
        return self._clock()

    def real_delay(self, request: Request) -> float:
        tenant = self._gateway.tenant_of(request)
        extra = self._faults.of(tenant.id).latency_ms if tenant else 0.0
        return (self._delay + extra) / self._milliseconds

    def serve(self, request: Request) -> Answer | None:
        return self._gateway.serve(request, self.now())

    def control(self, method: str, path: str, body: object) -> Answer:
        """The control API over HTTP: the same methods for runner, judge and tests in other processes."""
        match (method, *path.strip("/").split("/")[1:]):
            case ("GET", "health"):
                return Answer(
                    status=200, body={"status": "ok", "tenants": [each.id for each in self._tenants.values()]}
                )
            case ("GET", "statistics"):
                return Answer(status=200, body=self.statistics())
            case ("GET", "tenants", tenant_id) if tenant_id.lower() in self._tenants:
                self.tenant(tenant_id).purge_expired(self.now())
                return Answer(status=200, body=dump(self.tenant(tenant_id), encoded))
            case ("POST", "tenants", tenant_id, "changes") if tenant_id.lower() in self._tenants:
                return Answer(status=200, body={"ids": self.change(tenant_id, _list(body))})
            case ("GET", "faults"):
                return Answer(status=200, body=dict(self._faults.fired))
            case ("POST", "faults") if isinstance(body, dict):
                rest = {name: value for name, value in body.items() if name not in {"profile", "tenant"}}
                self.set_faults(body.get("profile"), tenant_id=body.get("tenant"), switches=rest)
                return Answer(status=200, body={})
        return Answer(status=404, body={"error": {"code": "NotFound", "message": f"No control at {method} {path}."}})

    def _follow_switches(self) -> None:
        for tenant in self._tenants.values():
            tenant.people.replication.seconds = self._faults.of(tenant.id).lag_seconds


def switches_of(faults: str | FaultSwitches) -> FaultSwitches:
    """The switches of a profile by its name."""
    if isinstance(faults, FaultSwitches):
        return faults
    if faults not in PROFILES:
        raise ValueError(f"Unknown fault profile {faults!r}. Known: {', '.join(PROFILES)}.")
    return PROFILES[faults]


def _list(body: object) -> list[dict[str, Any]]:
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise ValueError('Changes are a JSON list of objects, each with "op".')
    return body
