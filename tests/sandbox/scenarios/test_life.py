"""Life between two cycles: every kind of change, never too many removals, and the same for the same seed."""

from collections import Counter
from dataclasses import replace

import pytest

from sandbox.judge import Directory
from sandbox.scenarios import Life, LifeOptions, Plan, build_scenario, life_between_cycles
from sandbox.scenarios.life import OF_A_HUNDRED
from tests.sandbox.scenarios.test_companies import directory_of

OPTIONS = LifeOptions(seed=1, cycle=1)


def company(users: int, name: str = "company") -> Directory:
    return directory_of(build_scenario(name, Plan(users=users)).world.tenants[0])


def kinds(life: Life) -> Counter[str]:
    return Counter(_kind(change) for change in life.changes)


def _kind(change: dict[str, object]) -> str:
    values = change.get("set")
    if not isinstance(values, dict):
        return str(change["op"])
    told = {
        "accountEnabled": "enabled",
        "mail": "married",
        "streetAddress": "moved",
        "businessPhones": "lost",
        "manager": "managed",
    }
    kind = next(kind for name, kind in told.items() if name in values)
    return "disabled" if values.get("accountEnabled") is False else kind


def test_the_same_seed_and_cycle_are_the_same_life() -> None:
    source = company(60)

    assert life_between_cycles(source, OPTIONS) == life_between_cycles(source, OPTIONS)
    assert life_between_cycles(source, OPTIONS) != life_between_cycles(source, replace(OPTIONS, cycle=2))


@pytest.mark.parametrize("users", [10, 30, 60, 1000])
def test_one_of_each_kind_happens_and_more_in_larger_companies(users: int) -> None:
    happened = kinds(life_between_cycles(company(users), OPTIONS))

    expected = {"createUser", "moved", "married", "lost", "disabled", "enabled", "deleteUser"}
    expected |= {"managed"} if users > 10 else set()  # with ten, something else has happened to everybody
    assert expected <= happened.keys()
    assert happened["moved"] >= users * 4 // 100 - 2


def test_assignments_and_groups_change_where_they_decide() -> None:
    happened = kinds(life_between_cycles(company(100, "assigned"), OPTIONS))

    assert {"assign", "unassign", "removeMember", "addMember"} <= happened.keys()


def test_nobody_is_changed_in_two_ways() -> None:
    life = life_between_cycles(company(500, "assigned"), OPTIONS)

    touched = Counter(change["id"] for change in life.changes if "id" in change)
    assert set(touched.values()) == {1}


def test_whoever_left_returns_with_the_same_id() -> None:
    source = company(60)
    leaver = next(
        change["id"] for change in life_between_cycles(source, OPTIONS).changes if change["op"] == "deleteUser"
    )
    users = {key: user for key, user in source.users.items() if key != leaver}
    without = replace(source, users=users, deleted={leaver: source.users[leaver]})

    life = life_between_cycles(without, replace(OPTIONS, cycle=2))

    assert {"op": "restoreUser", "id": leaver} in life.changes


def test_a_large_company_loses_few_enough_people_at_once() -> None:
    source = company(5000, "assigned")

    life = life_between_cycles(source, OPTIONS)

    assert 4 <= life.removals <= 4 * 30
    assert life_between_cycles(source, replace(OPTIONS, removed_so_far=300)).removals == 0


@pytest.mark.parametrize("name", ["company", "assigned"])
def test_removals_of_a_whole_run_stay_below_the_guard(name: str) -> None:
    source = company(60, name)
    removed = 0

    for cycle in range(1, 30):
        removed += life_between_cycles(source, LifeOptions(seed=1, cycle=cycle, removed_so_far=removed)).removals

    assert 0 < removed < 60 * 0.18


def test_new_addresses_are_nobodys() -> None:
    source = company(400)
    held = {address for user in source.users.values() for address in user.addresses}

    life = life_between_cycles(source, OPTIONS)

    written = [change.get("user") or change.get("set") or {} for change in life.changes]
    new = [str(values["mail"]).lower() for values in written if "mail" in values]
    assert len(new) == len(set(new)) > 1
    assert not held & set(new)


def test_managers_change_by_chances_of_their_own() -> None:
    source, everything = company(200), frozenset(OF_A_HUNDRED)

    life = life_between_cycles(source, OPTIONS)
    without = life_between_cycles(source, replace(OPTIONS, kinds=everything - {"manage"}))

    managed = [change for change in life.changes if change not in without.changes]
    newcomers = {change["user"]["id"] for change in life.changes if change["op"] == "createUser"}
    given = [(change["set"]["manager"] or {}).get("id") for change in managed]
    assert [change for change in life.changes if change in without.changes] == list(without.changes)
    assert newcomers.intersection(given)
    assert None in given
    assert all(change["id"] != manager for change, manager in zip(managed, given, strict=True))


def test_an_empty_directory_has_no_life() -> None:
    assert life_between_cycles(Directory(), OPTIONS).changes == ()


def test_only_kinds_that_may_happen_do_and_never_to_the_spared() -> None:
    source = company(60)
    everybody = frozenset(source.users)

    moved = life_between_cycles(source, replace(OPTIONS, kinds=frozenset({"move"})))
    nobody_left = life_between_cycles(source, replace(OPTIONS, spared={"leave": everybody}))

    assert kinds(moved).keys() == {"moved"}
    assert "deleteUser" not in kinds(nobody_left)
    assert "disabled" in kinds(nobody_left)


def test_an_address_that_somebody_had_once_is_given_to_nobody() -> None:
    source = company(60)
    joined = [change["user"]["mail"] for change in life_between_cycles(source, OPTIONS).changes if "user" in change]

    again = life_between_cycles(source, replace(OPTIONS, taken=frozenset(joined)))

    assert joined
    assert not {change["user"]["mail"] for change in again.changes if "user" in change} & set(joined)
