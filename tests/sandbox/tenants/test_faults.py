"""Fault profiles: seeded, transient, and true about whether a write happened."""

import pytest

from sandbox.tenants import PROFILES, FaultSwitches
from sandbox.tenants.faults import FaultSwitches as Switches
from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id, world

USER = f"/users/{user_id(901)}"


def statuses(profile: str, seed: int) -> list[int | None]:
    graph = Graph(faults=profile, seed=seed)
    found = []
    for number in range(300):
        answer = graph.try_ask("PATCH", USER, TARGET, {"city": str(number)})
        found.append(answer.status if answer else None)
        graph.clock.at += 1
    return found


@pytest.mark.parametrize("profile", ["throttled", "flaky"])
def test_the_same_seed_gives_the_same_faults_and_another_seed_others(profile: str) -> None:
    first, again, other = statuses(profile, 1), statuses(profile, 1), statuses(profile, 2)

    assert first == again
    assert first != other


def test_the_profile_none_has_no_faults() -> None:
    assert set(statuses("none", 1)) == {204}


def test_the_profile_throttled_only_throttles() -> None:
    assert set(statuses("throttled", 1)) == {204, 429}


def test_the_profile_flaky_shows_the_transient_failures() -> None:
    found = {status for seed in range(10) for status in statuses("flaky", seed)}

    assert found == {204, 409, 429, 500, 502, 503, 504, None}


@pytest.mark.parametrize(
    ("switches", "happened"),
    [
        (FaultSwitches(unavailable_before=1.0), False),
        (FaultSwitches(unavailable_after=1.0), True),
        (FaultSwitches(conflicts=1.0), False),
        (FaultSwitches(cut_before=1.0), False),
        (FaultSwitches(cut_after=1.0), True),
        (FaultSwitches(throttle_writes=1.0), False),
    ],
)
def test_a_failed_write_happened_or_not(switches: FaultSwitches, *, happened: bool) -> None:
    graph = Graph(faults=switches)

    answer = graph.try_ask("PATCH", USER, TARGET, {"city": "Ulm"})
    graph.simulation.set_faults("none")

    assert answer is None or answer.status >= 400
    assert graph.user(user_id(901), "city") == {"city": "Ulm" if happened else None}


def test_some_throttled_answers_have_no_retry_after() -> None:
    graph = Graph(faults=FaultSwitches(throttle_reads=1.0, retry_after_missing=0.5))

    headers = [graph.ask("GET", USER, TARGET).headers for _ in range(40)]

    waits = {int(each["Retry-After"]) for each in headers if "Retry-After" in each}
    assert any("Retry-After" not in each for each in headers)
    assert min(waits) >= 1
    assert max(waits) <= 20


def test_faults_can_be_set_for_one_tenant_only() -> None:
    graph = Graph(world())

    graph.simulation.set_faults(tenant_id=TARGET, switches={"unavailable_before": 1.0})

    assert graph.status("GET", "/organization", TARGET) >= 500
    assert graph.status("GET", "/organization", "aaaaaaaa-0000-4000-8000-000000000001") == 200


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_no_profile_lies(name: str) -> None:
    profile = PROFILES[name]

    assert (profile.empty_delta, profile.early_end, profile.empty_assignments) == (0.0, 0.0, 0.0)


def test_empty_assignments_come_by_switch() -> None:
    source = "aaaaaaaa-0000-4000-8000-000000000001"
    graph = Graph(world(appRoleAssignments=[{"principalId": user_id(1), "principalType": "User"}]))
    url = "/servicePrincipals/cccccccc-0000-4000-8000-000000000003/appRoleAssignedTo"

    before = graph.get(url, source)["value"]
    graph.simulation.set_faults(switches={"empty_assignments": 1.0})

    assert len(before) == 1
    assert graph.get(url, source)["value"] == []


def test_an_unknown_profile_or_switch_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="chaos"):
        Graph(faults="chaos")
    with pytest.raises(ValueError, match="gremlins"):
        Switches().with_changes({"gremlins": 1.0})
