"""`setup --undo` leaves both tenants as they were, in ten situations, and refuses where somebody has edited since."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Run
from tests.cli.running_world import RunningWorld, bare_scenario, running_world, with_partners
from tests.engine.small_world import SOURCE, TARGET, id_of

Partner = dict[str, Any] | None

BLOCKED = {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
TRUST = {"isMfaAccepted": True, "isCompliantDeviceAccepted": False, "isHybridAzureADJoinedDeviceAccepted": False}


def redeeming(inbound: bool | None = None, outbound: bool | None = None) -> dict[str, Any]:
    return {"automaticUserConsentSettings": {"inboundAllowed": inbound, "outboundAllowed": outbound}}


def synchronizing(allowed: bool | None, name: str = "Ours") -> dict[str, Any]:
    inbound = None if allowed is None else {"isSyncAllowed": allowed}
    return {"identitySynchronization": {"displayName": name, "userSyncInbound": inbound}}


#: What source and target say of each other before the setup.
SITUATIONS: dict[str, tuple[Partner, Partner]] = {
    "nobody knows anybody": (None, None),
    "partners without settings": ({}, {}),
    "everything is set already": (redeeming(outbound=True), {**redeeming(inbound=True), **synchronizing(True)}),
    "synchronization is forbidden": (None, synchronizing(False)),
    "synchronization was never decided": ({}, synchronizing(None, "Never decided")),
    "redemption is refused": (redeeming(outbound=False), {**redeeming(inbound=False), **synchronizing(False)}),
    "the way back is open": (
        {**redeeming(inbound=True), **synchronizing(True, "From the target")},
        redeeming(outbound=True),
    ),
    "other settings are there": (
        {"inboundTrust": TRUST, **redeeming(inbound=False)},
        {"b2bDirectConnectInbound": BLOCKED, "inboundTrust": TRUST, **synchronizing(False)},
    ),
    "half of the target is set": (redeeming(outbound=True), redeeming(inbound=True)),
    "names in many scripts": ({}, synchronizing(False, "Føroyar ✈ 島")),
}


def policies(world: RunningWorld) -> bytes:
    """All that both tenants say of each other, as Graph shows it and as it is stored."""
    shown = []
    for mine, other in ((SOURCE, TARGET), (TARGET, SOURCE)):
        url = f"{world.graph}/v1.0/policies/crossTenantAccessPolicy/partners/{other}"
        headers = {"Authorization": f"Bearer sandbox.{mine}.administrator"}
        with httpx.Client(headers=headers, trust_env=False, verify=False) as graph:
            answers = [graph.get(each) for each in (url, f"{url}/identitySynchronization")]
        shown += [each.json() if each.is_success else each.status_code for each in answers]
        shown.append(world.local.simulation.dump(mine)["partners"])
        tenant = world.local.simulation.tenant(mine)
        shown += [tenant.applications, tenant.service_principals, sorted(tenant.permissions)]
    return json.dumps(shown).encode()


def arguments(world: RunningWorld, side: str, folder: Path, *more: str) -> list[str]:
    common = [
        "--source",
        SOURCE,
        "--target",
        TARGET,
        "--graph",
        world.graph,
        "--sign-in",
        "sandbox",
        "--yes",
        "--patience",
        "0",
    ]
    return ["setup", side, *common, "--record", str(folder / f"{side}.json"), *more]


def set_up(world: RunningWorld, run: Run, folder: Path, *more: str) -> str:
    """Set both sides up; returns the application's id."""
    done = run(*arguments(world, "source", folder, *more))
    assert done.exit_code == 0, done.output
    app_id = done.output.partition("application id ")[2].split()[0]
    done = run(*arguments(world, "target", folder, "--application-id", app_id))
    assert done.exit_code == 0, done.output
    return app_id


def undo(world: RunningWorld, run: Run, folder: Path) -> None:
    for side in ("target", "source"):
        done = run(*arguments(world, side, folder, "--undo"))
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize(("source", "target"), SITUATIONS.values(), ids=SITUATIONS)
def test_undo_leaves_both_tenants_byte_equal_to_before(
    source: Partner, target: Partner, run: Run, tmp_path: Path
) -> None:
    with running_world(with_partners(bare_scenario(), source, target)) as world:
        before = policies(world)
        set_up(world, run, tmp_path, "--managed-identity", id_of("identity"), "--assign", id_of("person1"))
        between = policies(world)

        undo(world, run, tmp_path)

        assert between != before
        assert policies(world) == before
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("source", "target"), SITUATIONS.values(), ids=SITUATIONS)
def test_a_second_setup_changes_nothing_and_undo_still_knows_what_was_there_first(
    source: Partner, target: Partner, run: Run, tmp_path: Path
) -> None:
    with running_world(with_partners(bare_scenario(), source, target)) as world:
        before = policies(world)
        app_id = set_up(world, run, tmp_path)
        between = policies(world)

        again = run(*arguments(world, "source", tmp_path))
        assert set_up(world, run, tmp_path) == app_id

        assert "nothing to change" in again.output
        assert policies(world) == between
        undo(world, run, tmp_path)
        assert policies(world) == before


EDITS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "redemption was taken back": ("target", "partner", {"set": redeeming(inbound=False)}),
    "synchronization was stopped": ("target", "identitySynchronization", {"set": synchronizing(False)}),
    "trust was added to the new partner": ("target", "partner", {"set": {"inboundTrust": TRUST}}),
    "access was blocked at the new partner": ("source", "partner", {"set": {"b2bCollaborationOutbound": BLOCKED}}),
}


@pytest.mark.parametrize(("side", "kind", "edit"), EDITS.values(), ids=EDITS)
def test_undo_refuses_and_changes_nothing_where_somebody_edited_since(
    side: str, kind: str, edit: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    mine, other = (TARGET, SOURCE) if side == "target" else (SOURCE, TARGET)
    with running_world(bare_scenario()) as world:
        set_up(world, run, tmp_path)
        world.local.simulation.change(mine, [{"op": "setPartner", "tenantId": other, **edit}])
        edited = policies(world)

        done = run(*arguments(world, side, tmp_path, "--undo"))

        assert done.exit_code == 1
        assert f"edited since: {kind}" in done.output
        assert policies(world) == edited
        assert (tmp_path / f"{side}.json").exists()


def test_undo_refuses_where_others_assigned_somebody_to_the_new_application(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        set_up(world, run, tmp_path)
        world.local.simulation.change(SOURCE, [{"op": "assign", "principalId": id_of("person2")}])

        done = run(*arguments(world, "source", tmp_path, "--undo"))

        assert done.exit_code == 1
        assert f"edited since: assignment {id_of('person2')}" in done.output


def test_what_others_set_beside_ours_on_an_old_partner_survives_the_undo(run: Run, tmp_path: Path) -> None:
    with running_world(with_partners(bare_scenario(), {}, {})) as world:
        set_up(world, run, tmp_path)
        world.local.simulation.change(
            TARGET, [{"op": "setPartner", "tenantId": SOURCE, "set": {"inboundTrust": TRUST}}]
        )

        undo(world, run, tmp_path)

        assert world.local.simulation.dump(TARGET)["partners"] == [{"tenantId": SOURCE, "inboundTrust": TRUST}]


def test_an_interrupted_undo_is_finished_by_the_next_one(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        before = policies(world)
        set_up(world, run, tmp_path)
        record = (tmp_path / "target.json").read_text()
        undo(world, run, tmp_path)
        (tmp_path / "target.json").write_text(record)

        done = run(*arguments(world, "target", tmp_path, "--undo"))

        assert done.exit_code == 0, done.output
        assert policies(world) == before


def test_a_setup_that_was_interrupted_is_taken_back_whole(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        before = policies(world)
        permissions = world.local.simulation.tenant(SOURCE).administrator_permissions
        less = [each for each in permissions if each != "AppRoleAssignment.ReadWrite.All"]
        world.local.simulation.change(SOURCE, [{"op": "setAdministratorPermissions", "permissions": less}])

        interrupted = run(*arguments(world, "source", tmp_path))
        undone = run(*arguments(world, "source", tmp_path, "--undo"))

        assert (interrupted.exit_code, undone.exit_code) == (1, 0), undone.output
        assert "Authorization_RequestDenied" in interrupted.output
        assert policies(world) == before
