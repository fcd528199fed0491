"""How does an administrator set one of the two tenants up, and put it back as it was?"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from cli.administrator import (
    Administrator,
    Denied,
    Graph,
    InCloud,
    NotSignedIn,
    Place,
    SignIn,
    SignInAs,
    Unreached,
    administrator,
)
from cli.output import fail
from cli.record_file import default_record, load_record, save_record
from cli.tenant_reading import NoTenant, Reading, Tenant, find_tenant, own_tenant, read_tenant
from shared.configuration.configuration import Cloud
from shared.setup.description import described, described_undo, portal_steps
from shared.setup.desired import Setup, desired_of
from shared.setup.permissions import Side
from shared.setup.plan import Plan, PolicyChange, plan_of
from shared.setup.record import Record, UnreadableRecord, remember, undo_of
from shared.setup.requests import Ids, UnknownPermission, applying_request, ids_after, undoing_request
from shared.setup.resource import Kind

# Seconds between the tries, a minute in all; the objects that hang on one that was just made.
_WAITS = (1, 2, 4, 8, 15, 30)
_LATER = frozenset({Kind.SERVICE_PRINCIPAL, Kind.FEDERATED_CREDENTIAL, Kind.CONSENT, Kind.ASSIGNMENT})
_NOT_THERE_YET = frozenset({400, 404})

app = typer.Typer(no_args_is_help=True, help="Set up the two tenants, and put them back as they were.")

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask: both tenants belong to one organization, and apply.")]
Undo = Annotated[bool, typer.Option("--undo", help="Restore the values from before the setup.")]
RecordFile = Annotated[
    Path | None, typer.Option("--record", help="Where the values from before are kept; there is a default place.")
]
ApplicationId = Annotated[
    str, typer.Option("--application-id", help="appId of the application; `setup source` prints it.")
]
ManagedIdentity = Annotated[
    str, typer.Option("--managed-identity", help="Object id of the function app's user-assigned identity.")
]
Assigned = Annotated[
    list[str] | None, typer.Option("--assign", help="Object id of a person or group to synchronize; may be repeated.")
]
Document = Annotated[
    Path | None, typer.Option("--configuration", help="Write a configuration document for the pair to this new file.")
]
Patience = Annotated[float, typer.Option("--patience", help="Times a second between tries.", min=0, hidden=True)]
SourceTenant = Annotated[str, typer.Option("--source", help="Id or domain of the source tenant.")]
TargetTenant = Annotated[str, typer.Option("--target", help="Id or domain of the target tenant.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a command is carried out."""

    yes: bool
    undo: bool
    record: Path | None
    place: Place
    patience: float = 1.0


@app.command()
def source(  # noqa: PLR0913, PLR0917 - typer makes options of them
    source_tenant: SourceTenant,
    target_tenant: TargetTenant,
    application_id: ApplicationId = "",
    managed_identity: ManagedIdentity = "",
    assign: Assigned = None,
    configuration: Document = None,
    yes: Yes = False,  # noqa: FBT002 - typer makes an option of it
    undo: Undo = False,  # noqa: FBT002
    record: RecordFile = None,
    cloud: InCloud = Cloud.GLOBAL,
    graph: Graph = "",
    sign_in: SignInAs = SignIn.DEVICE_CODE,
    patience: Patience = 1.0,
) -> None:
    """First: the application, its consents, and automatic redemption towards the target."""
    place = Place(cloud=cloud, graph=graph, sign_in=sign_in)
    way = Way(yes=yes, undo=undo, record=record, place=place, patience=patience)
    wanted = Setup(
        side=Side.SOURCE,
        tenant_id=source_tenant,
        other_tenant_id=target_tenant,
        other_name="",
        cloud=cloud,
        app_id=application_id,
        managed_identity=managed_identity,
        assignments=tuple(assign or ()),
    )
    with _signed_in(wanted, way) as session:
        if undo:
            session.undo()
            return
        reading = session.apply()
        if configuration is not None:
            _write_configuration(configuration, session, reading)
        _print_next(session, reading)


@app.command()
def target(  # noqa: PLR0913, PLR0917
    source_tenant: SourceTenant,
    target_tenant: TargetTenant,
    application_id: ApplicationId = "",
    yes: Yes = False,  # noqa: FBT002
    undo: Undo = False,  # noqa: FBT002
    record: RecordFile = None,
    cloud: InCloud = Cloud.GLOBAL,
    graph: Graph = "",
    sign_in: SignInAs = SignIn.DEVICE_CODE,
    patience: Patience = 1.0,
) -> None:
    """Second: the application's consents, inbound synchronization and automatic redemption for people of the source."""
    if not application_id and not undo:
        fail("step missing: setup source. It registers the application and prints its --application-id", exit_code=1)
    place = Place(cloud=cloud, graph=graph, sign_in=sign_in)
    way = Way(yes=yes, undo=undo, record=record, place=place, patience=patience)
    wanted = Setup(
        side=Side.TARGET,
        tenant_id=target_tenant,
        other_tenant_id=source_tenant,
        other_name="",
        cloud=cloud,
        app_id=application_id,
    )
    with _signed_in(wanted, way) as session:
        if undo:
            session.undo()
            return
        session.apply()
        typer.echo("Next: tenantsync configuration apply FILE --start")


@dataclass(kw_only=True)
class Session:
    """One command in one tenant, as an administrator."""

    administrator: Administrator
    setup: Setup
    own: Tenant
    other: Tenant
    way: Way

    @property
    def record_path(self) -> Path:
        return self.way.record or default_record(self.setup)

    def apply(self) -> Reading:
        """Show what would change, and change it if that is agreed to."""
        reading = read_tenant(self.administrator, self.setup)
        self._check_credential(reading)
        plan = plan_of(desired_of(self.setup), reading.observed)
        typer.echo(f"{self.own.name} ({self.own.id}) as {self.setup.side}, {self.other.name} ({self.other.id})")
        for change in plan.changes:
            typer.echo(f"  {described(change)}")
        if not plan.changes:
            typer.echo("  nothing to change")
        else:
            self._confirm()
            reading = self._make(plan, self._unchanged(reading))
        for step in portal_steps(self.setup):
            typer.echo(f"By hand: {step}")
        return reading

    def undo(self) -> None:
        """Restore what the record says was there before; nothing at all where somebody has edited since."""
        record = load_record(self.record_path)
        if record is None:
            fail(f"there is no record of a setup at {self.record_path}; name it by --record", exit_code=1)
        self._check_record(record)
        reading = read_tenant(self.administrator, record.setup)
        undo = undo_of(record, reading.observed)
        for edited in undo.edited:
            typer.echo(f"edited since: {edited.resource.kind} {edited.resource.key}: {edited.message}", err=True)
        if undo.edited:
            fail("nothing was changed; put these back by hand, then undo again", exit_code=1)
        for change in undo.changes:
            typer.echo(f"  {described_undo(change)}")
        if undo.changes and not self.way.yes:
            typer.confirm("Put this back?", abort=True)
        for change in undo.changes:
            self.administrator.send(undoing_request(change, reading.ids))
        self.record_path.unlink()
        typer.echo("as before")

    def _make(self, plan: Plan, reading: Reading) -> Reading:
        record = load_record(self.record_path) or Record(setup=self.setup)
        self._check_record(record)
        # before the first change: whatever happens, what was there is known
        record = remember(record, replace(self.setup, app_id=record.setup.app_id or self.setup.app_id), plan)
        save_record(self.record_path, record)
        for change in plan.changes:
            reading = replace(reading, ids=ids_after(change, self._send(change, reading.ids), reading.ids))
        typer.echo(f"done; --undo takes it back by {self.record_path}")
        return reading

    def _send(self, change: PolicyChange, ids: Ids) -> dict[str, object]:
        """Make one change. What was just made may not be everywhere yet, and a refusal means that nothing was done.

        https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments and others name such delays
        """
        request = applying_request(change, ids)
        for wait in _WAITS if change.before is None else ():
            try:
                return self.administrator.send(request)
            except Denied as denied:
                if denied.status not in _NOT_THERE_YET or change.resource.kind not in _LATER:
                    raise
                time.sleep(wait * self.way.patience)
        try:
            return self.administrator.send(request)
        except Denied as denied:
            _explain(change.resource.kind, self.setup, denied)
            raise

    def _unchanged(self, reading: Reading) -> Reading:
        """Read once more: between the plan and the answer somebody may have changed what the plan was made from."""
        now = read_tenant(self.administrator, self.setup)
        if plan_of(desired_of(self.setup), now.observed) != plan_of(desired_of(self.setup), reading.observed):
            fail(
                "somebody has changed the tenant since the plan was shown; nothing was changed, run it again",
                exit_code=1,
            )
        return now

    def _confirm(self) -> None:
        if self.way.yes:
            return
        question = f"Do {self.own.name} and {self.other.name} ({self.other.domain}) belong to one organization?"
        typer.confirm(question, abort=True)
        typer.confirm(f"Change {self.own.name} as shown?", abort=True)

    def _check_record(self, record: Record) -> None:
        mine = (self.setup.side, self.setup.tenant_id, self.setup.other_tenant_id)
        if (record.setup.side, record.setup.tenant_id, record.setup.other_tenant_id) != mine:
            fail(f"{self.record_path} is the record of another setup; name another file by --record", exit_code=1)

    def _check_credential(self, reading: Reading) -> None:
        if self.setup.managed_identity and self.setup.app_id and not reading.ids.application:
            fail(
                f"the application {self.setup.app_id} is not registered in {self.own.name}; "
                "give --managed-identity where it is registered",
                exit_code=1,
            )


@contextmanager
def _signed_in(wanted: Setup, way: Way) -> Iterator[Session]:
    """Sign in and find both tenants; what Graph or Entra refuse ends the command with one clear line."""
    try:
        with administrator(wanted.tenant_id, way.place) as signed_in:
            own, other = own_tenant(signed_in), find_tenant(signed_in, wanted.other_tenant_id)
            if own.id.lower() == other.id.lower():
                fail(f"{own.name} is the source and the target; two tenants are needed", exit_code=1)
            setup = replace(wanted, tenant_id=own.id, other_tenant_id=other.id, other_name=other.name)
            yield Session(administrator=signed_in, setup=setup, own=own, other=other, way=way)
    except (Denied, NoTenant, UnreadableRecord, UnknownPermission) as error:
        fail(str(error), exit_code=1)
    except (NotSignedIn, Unreached) as error:
        fail(str(error), exit_code=2)


def _explain(kind: Kind, setup: Setup, denied: Denied) -> None:
    if kind is Kind.SERVICE_PRINCIPAL and setup.side is Side.TARGET and denied.status == 400:
        fail(
            f"step missing: setup source. No application has the id {setup.app_id}; take it from what that prints",
            exit_code=1,
        )


def _write_configuration(path: Path, session: Session, reading: Reading) -> None:
    setup = session.setup
    cloud = {} if setup.cloud is Cloud.GLOBAL else {"cloud": setup.cloud.value}
    document = {
        "id": _configuration_id(session),
        "displayName": f"{session.own.name} to {session.other.name}",
        "source": {"tenantId": setup.tenant_id, "servicePrincipalId": reading.ids.service_principal} | cloud,
        "target": {
            "tenantId": setup.other_tenant_id,
            "inviteRedirectUrl": f"https://myapplications.microsoft.com/?tenantid={setup.other_tenant_id}",
            **cloud,
        },
        "scope": {"kind": "assigned" if setup.assignments else "all"},
    }
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}", exit_code=2)
    typer.echo(f"wrote {path}")


def _configuration_id(session: Session) -> str:
    return f"{session.own.domain.partition('.')[0]}-to-{session.other.domain.partition('.')[0]}"[:64]


def _print_next(session: Session, reading: Reading) -> None:
    typer.echo(f"application id {reading.ids.app_id}")
    typer.echo(f"service principal id {reading.ids.service_principal}")
    typer.echo(
        f"Next: tenantsync setup target --source {session.setup.tenant_id} --target {session.setup.other_tenant_id} "
        f"--application-id {reading.ids.app_id}"
    )
