"""The doctor names each planted fault and each pair of them, and is silent when all is well."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from shared.configuration.document import parse
from shared.orchestration.diagnose_job import diagnose_job
from shared.orchestration.engine import Engine
from shared.orchestration.ports import StorageUnavailable, Watermark
from shared.setup.diagnosis import Finding, Outcome
from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.remedies import REMEDIES, Check
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, SOURCE, TARGET, TARGET_HOST, assigned_world, id_of, person

BLOCKED = {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
ALL = tuple(dict.fromkeys(each.name for side in Side for each in PERMISSIONS[side]))


class SilentWatermarks:
    """A table that does not answer."""

    async def all(self, configuration_id: str) -> Sequence[Watermark]:
        raise StorageUnavailable(configuration_id)


class SilentQueue:
    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None:
        raise StorageUnavailable(text)

    async def length(self) -> int:
        raise StorageUnavailable("length")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong: changes of a tenant, of what the engine keeps, or of what it stands on."""

    check: Check
    tenant: str = ""
    changes: tuple[dict[str, Any], ...] = ()
    keep: Callable[[Engine], Awaitable[None]] | None = None
    stand: Callable[[Engine], Engine] = field(default=lambda engine: engine)


def partner(other: str, **changes: object) -> dict[str, Any]:
    return {"op": "setPartner", "tenantId": other, "set": changes}


def lacking(*names: str) -> dict[str, Any]:
    return {"op": "setPermissions", "permissions": [each for each in ALL if each not in names]}


async def switched_read_only(engine: Engine) -> None:
    await engine.budgets.set_read_only(on=True, by="Ada", now=engine.clock.now())


async def blocked_by_graph(engine: Engine) -> None:
    await engine.budgets.block_invitations(TARGET, engine.clock.now())


FAULTS = (
    Fault(check=Check.SOURCE_TOKEN, tenant=SOURCE, changes=({"op": "refuseTokens"},)),
    Fault(check=Check.TARGET_TOKEN, tenant=TARGET, changes=({"op": "refuseTokens"},)),
    Fault(check=Check.SOURCE_PERMISSIONS, tenant=SOURCE, changes=(lacking("GroupMember.Read.All"),)),
    Fault(check=Check.TARGET_PERMISSIONS, tenant=TARGET, changes=(lacking("User.Invite.All"),)),
    Fault(
        check=Check.OUTBOUND_REDEMPTION,
        tenant=SOURCE,
        changes=(partner(TARGET, automaticUserConsentSettings={"inboundAllowed": True, "outboundAllowed": False}),),
    ),
    Fault(
        check=Check.INBOUND_REDEMPTION,
        tenant=TARGET,
        changes=(partner(SOURCE, automaticUserConsentSettings={"inboundAllowed": None, "outboundAllowed": True}),),
    ),
    Fault(
        check=Check.INBOUND_SYNCHRONIZATION,
        tenant=TARGET,
        changes=(partner(SOURCE, identitySynchronization={"userSyncInbound": {"isSyncAllowed": False}}),),
    ),
    Fault(
        check=Check.OUTBOUND_COLLABORATION, tenant=SOURCE, changes=(partner(TARGET, b2bCollaborationOutbound=BLOCKED),)
    ),
    Fault(
        check=Check.INBOUND_COLLABORATION,
        tenant=TARGET,
        changes=({"op": "setPolicy", "policy": "default", "set": {"b2bCollaborationInbound": BLOCKED}},),
    ),
    Fault(
        check=Check.GUEST_INVITATIONS,
        tenant=TARGET,
        changes=({"op": "setPolicy", "policy": "authorization", "set": {"allowInvitesFrom": "none"}},),
    ),
    Fault(
        check=Check.ENTERPRISE_APPLICATION,
        tenant=SOURCE,
        changes=({"op": "setServicePrincipal", "id": APPLICATION, "set": {"accountEnabled": False}},),
    ),
    Fault(check=Check.ASSIGNMENTS, tenant=SOURCE, changes=({"op": "unassign", "principalId": id_of("ada")},)),
    Fault(
        check=Check.MAIL_DOMAINS,
        tenant=SOURCE,
        changes=({"op": "setDomains", "verified": [], "withoutMail": ["lindenhof.onmicrosoft.com"]},),
    ),
    Fault(check=Check.LICENCE, tenant=SOURCE, changes=({"op": "setLicences", "skus": []},)),
    Fault(check=Check.TABLES, stand=lambda engine: replace(engine, watermarks=SilentWatermarks())),  # type: ignore[arg-type]
    Fault(check=Check.QUEUES, stand=lambda engine: replace(engine, import_queue=SilentQueue())),
    Fault(check=Check.READ_ONLY, keep=switched_read_only),
    Fault(check=Check.INVITATION_BLOCK, keep=blocked_by_graph),
)

#: Without a token a tenant shows nothing: what is wrong there is named as what could not be looked at.
HIDDEN = {
    Check.SOURCE_TOKEN: {
        Check.SOURCE_PERMISSIONS,
        Check.OUTBOUND_REDEMPTION,
        Check.OUTBOUND_COLLABORATION,
        Check.ENTERPRISE_APPLICATION,
        Check.ASSIGNMENTS,
        Check.MAIL_DOMAINS,
        Check.LICENCE,
    },
    Check.TARGET_TOKEN: {
        Check.TARGET_PERMISSIONS,
        Check.INBOUND_REDEMPTION,
        Check.INBOUND_SYNCHRONIZATION,
        Check.INBOUND_COLLABORATION,
        Check.GUEST_INVITATIONS,
    },
}


async def findings(*faults: Fault) -> tuple[Finding, ...]:
    """What the doctor says of two tenants that are set up, but for these faults."""
    scenario = assigned_world([person("ada")], [], {"principalId": id_of("ada"), "principalType": "User"})
    local = LocalEngine(scenario)
    engine = local.engine
    for fault in faults:
        if fault.tenant:
            local.simulation.change(fault.tenant, fault.changes)
        if fault.keep is not None:
            await fault.keep(engine)
        engine = fault.stand(engine)
    return await diagnose_job(engine, parse(scenario.configurations[0]))


def named(found: Sequence[Finding], outcome: Outcome) -> set[Check]:
    return {each.check for each in found if each.outcome is outcome}


async def test_the_doctor_is_silent_when_all_is_well() -> None:
    assert await findings() == ()


def test_every_point_has_a_fault_here() -> None:
    assert {each.check for each in FAULTS} == set(Check) == set(REMEDIES)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.check))
async def test_the_doctor_names_each_fault_with_code_and_remedy_and_no_other(fault: Fault) -> None:
    found = await findings(fault)

    assert named(found, Outcome.FAILED) == {fault.check}
    assert named(found, Outcome.UNKNOWN) == HIDDEN.get(fault.check, set())
    assert all(each.code and each.message and each.remedy for each in found)


@pytest.mark.parametrize("first", FAULTS, ids=lambda fault: str(fault.check))
async def test_the_doctor_names_both_of_each_pair_of_faults(first: Fault) -> None:
    for second in FAULTS:
        if second is first:
            continue
        both = {first.check, second.check}
        hidden = both & {check for each in both for check in HIDDEN.get(each, ())}

        found = await findings(first, second)

        assert named(found, Outcome.FAILED) == both - hidden, second.check
        assert hidden <= named(found, Outcome.UNKNOWN), second.check


def test_the_pairs_are_as_many_as_they_should_be() -> None:
    assert len(list(combinations(FAULTS, 2))) >= 105


@pytest.mark.parametrize(("side", "permission"), [(side, each.name) for side in Side for each in PERMISSIONS[side]])
async def test_each_missing_permission_is_named_with_its_reason(side: Side, permission: str) -> None:
    tenant = SOURCE if side is Side.SOURCE else TARGET
    check = Check.SOURCE_PERMISSIONS if side is Side.SOURCE else Check.TARGET_PERMISSIONS
    reason = next(each.reason for each in PERMISSIONS[side] if each.name == permission)
    # a greater permission of the other side would do as well
    greater = ("User.ReadWrite.All",) if permission == "User.Read.All" else ()

    found = await findings(Fault(check=check, tenant=tenant, changes=(lacking(permission, *greater),)))

    [failed] = [each for each in found if each.check is check]
    assert f"{permission} ({reason})" in failed.message
    assert failed.code == "InsufficientRights"


async def test_what_graph_does_not_answer_is_unknown_and_never_called_wrong() -> None:
    local = LocalEngine(assigned_world([person("ada")], [], {"principalId": id_of("ada"), "principalType": "User"}))
    local.simulation.set_faults(switches={"unavailable_before": 1.0})

    found = await diagnose_job(local.engine, parse(local.documents[0]))

    assert named(found, Outcome.FAILED) == set()
    assert named(found, Outcome.UNKNOWN) == HIDDEN[Check.SOURCE_TOKEN] | HIDDEN[Check.TARGET_TOKEN]


async def test_the_initial_domain_is_enough_where_it_takes_mail() -> None:
    assert TARGET_HOST
    domains = {"op": "setDomains", "verified": []}

    assert await findings(Fault(check=Check.MAIL_DOMAINS, tenant=SOURCE, changes=(domains,))) == ()
