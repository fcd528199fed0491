"""The documented quotas and what a throttled answer says."""

import pytest

from sandbox.tenants import FaultSwitches
from sandbox.tenants.quotas import Quota, QuotaSize, units_of
from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id

USER = f"/users/{user_id(901)}"


@pytest.mark.parametrize(
    ("size", "units"), [(QuotaSize.SMALL, 3_500), (QuotaSize.MEDIUM, 5_000), (QuotaSize.LARGE, 8_000)]
)
def test_a_tenant_serves_its_resource_units_in_ten_seconds(size: QuotaSize, units: int) -> None:
    quota = Quota(size)

    served = sum(quota.charge(1, 0, 0.0) is None for _ in range(units + 10))
    refilled = sum(quota.charge(1, 0, 10.0) is None for _ in range(units + 10))

    assert (served, refilled) == (units, units)


def test_a_tenant_takes_3000_writes_in_150_seconds_and_then_20_a_second() -> None:
    quota = Quota(QuotaSize.LARGE)

    taken = sum(quota.charge(1, 1, 0.0) is None for _ in range(3_010))
    refusal = quota.charge(1, 1, 0.0)
    later = sum(quota.charge(1, 1, 1.0) is None for _ in range(30))

    assert taken == 3_000
    assert refusal is not None
    assert (refusal.limit, refusal.retry_after) == ("WriteLimitExceeded", 1)
    assert later == 20


def test_no_quota_never_refuses() -> None:
    quota = Quota(QuotaSize.OFF)

    refusals = [quota.charge(8_000, 3_000, 0.0) for _ in range(5)]

    assert refusals == [None] * 5
    assert quota.percentage() is None


@pytest.mark.parametrize(
    ("units", "options", "top", "cost"),
    [
        (2, (), None, 2),
        (2, ("$select",), None, 1),
        (3, ("$select",), 10, 1),
        (3, (), 20, 3),
        (1, ("$select",), 5, 1),
    ],
)
def test_select_and_a_small_top_save_a_unit_each(
    units: int, options: tuple[str, ...], top: int | None, cost: int
) -> None:
    assert units_of(units, frozenset(options), top) == cost


def test_the_share_used_is_announced_above_80_percent_only() -> None:
    graph = Graph(quota="S")
    names = []

    for _ in range(3_400):
        headers = graph.ask("GET", f"{USER}?$select=id", TARGET).headers
        names.append(headers.get("x-ms-throttle-limit-percentage"))

    assert names[:2_800] == [None] * 2_800
    assert names[-1] == "0.97"


def test_a_throttled_answer_says_what_when_and_why() -> None:
    graph = Graph(quota="S")

    for _ in range(3_500):
        graph.ask("GET", f"{USER}?$select=id", TARGET)
    answer = graph.ask("GET", f"{USER}?$select=id", TARGET)

    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert answer.headers["x-ms-throttle-scope"].startswith("Tenant_Application/Read/")
    assert answer.headers["x-ms-throttle-scope"].endswith(TARGET)


def test_after_a_throttled_write_no_write_is_let_in_before_its_retry_after() -> None:
    graph = Graph(faults=FaultSwitches(throttle_writes=1.0, retry_after_seconds=10))
    wait = int(graph.ask("PATCH", USER, TARGET, {"city": "Ulm"}).headers["Retry-After"])
    graph.simulation.set_faults("none")

    graph.clock.at += wait - 0.001
    early = graph.ask("PATCH", USER, TARGET, {"city": "Ulm"})
    read = graph.status("GET", USER)
    graph.clock.at += 0.001
    in_time = graph.status("PATCH", USER, TARGET, {"city": "Ulm"})

    assert (early.status, early.headers["Retry-After"]) == (429, "1")
    assert (read, in_time) == (200, 204)
