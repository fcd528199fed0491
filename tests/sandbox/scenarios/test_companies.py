"""The invented companies: deterministic, as many people as asked for, and with everything odd in them."""

import pytest

from sandbox.judge import Case, Directory, Rules, judge, read_directory, read_scope
from sandbox.judge.case import Adoption
from sandbox.scenarios import SCENARIOS, Plan, Scenario, build_scenario
from sandbox.world import TenantDocument


def directory_of(tenant: TenantDocument) -> Directory:
    document = tenant.to_json()
    organization = {"initialDomain": tenant.initial_domain, "verifiedDomains": list(tenant.verified_domains)}
    return read_directory({**document, "organization": organization})


def untouched_case(scenario: Scenario) -> Case:
    """The judgement of a target in which nothing has happened yet."""
    source, target = map(directory_of, scenario.world.tenants)
    configuration = scenario.configurations[0]
    rules = Rules(scope=read_scope(configuration), adoption=Adoption(configuration["adoption"]))
    return Case(rules=rules, source=source, previous=target, current=target)


def world_json(name: str, seed: int) -> object:
    return build_scenario(name, Plan(users=40, seed=seed)).world.to_json()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_seed_is_a_company(name: str) -> None:
    assert world_json(name, 7) == world_json(name, 7)
    assert world_json(name, 7) != world_json(name, 8)


@pytest.mark.parametrize("users", [1, 2, 5, 17, 60, 500])
def test_the_company_has_exactly_as_many_internal_members(users: int) -> None:
    scenario = build_scenario("company", Plan(users=users))

    judgement = judge(untouched_case(scenario))

    assert judgement.closing.in_scope == users


def test_the_default_company_shows_every_exception_of_a_first_cycle() -> None:
    scenario = build_scenario("company", Plan())

    judgement = judge(untouched_case(scenario))

    reasons = {str(each.reason) for each in judgement.closing.exceptions}
    assert reasons == {
        "addressHeldByDeletedUser",
        "disabledInSource",
        "duplicateMail",
        "internalUserInTarget",
        "invalidAddress",
        "needsApproval",
        "noMail",
        "unverifiedDomain",
    }


def test_under_review_every_known_guest_waits_for_an_approval() -> None:
    automatic, review = (judge(untouched_case(build_scenario(name, Plan(users=25)))) for name in ("company", "review"))

    waiting = [
        sum(each.reason == "needsApproval" for each in judgement.closing.exceptions)
        for judgement in (automatic, review)
    ]

    assert waiting == [2, 4]


def test_the_assigned_company_leaves_people_out_and_nests_groups() -> None:
    scenario = build_scenario("assigned", Plan(users=100))

    closing = judge(untouched_case(scenario)).closing

    source = scenario.world.tenants[0]
    nested = [member for group in source.groups for member in group["members"] if "group" in member["@odata.type"]]
    assert 20 < closing.in_scope < 80
    assert len(nested) == 1


def test_most_people_report_to_somebody_who_was_there_before_and_some_to_people_who_cannot_come() -> None:
    users = build_scenario("company", Plan(users=200)).world.tenants[0].users
    managers = {user["id"]: user["manager"]["id"] for user in users if "manager" in user}

    places = {user["id"]: number for number, user in enumerate(users)}
    disabled = {user["id"] for user in users if user.get("accountEnabled") is False}
    assert 150 < len(managers) < len(users)
    assert all(places[manager] < places[user] for user, manager in managers.items())
    assert disabled.intersection(managers.values())


def test_no_two_people_share_an_address_but_the_twins() -> None:
    users = build_scenario("company", Plan(users=3000)).world.tenants[0].users
    mails = [str(user["mail"]).lower() for user in users if "mail" in user]

    assert len(mails) == len(set(mails)) + 1


def test_names_come_in_many_scripts_and_with_quotes() -> None:
    names = "".join(user["displayName"] for user in build_scenario("company", Plan(users=500)).world.tenants[0].users)

    for sign in "éłвγع陽김शสნ\"'’":
        assert sign in names, sign
