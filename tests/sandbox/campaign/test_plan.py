"""A plan comes from the seed alone, and together the seeds hold everything that can happen."""

from dataclasses import replace

from sandbox.campaign.plan import GraphFaults, Kill, LifeInSource, LifeInTarget, plan_of

PLANS = [plan_of(seed) for seed in range(200)]


def test_the_same_seed_is_the_same_plan() -> None:
    assert PLANS[7] == plan_of(7)
    assert PLANS[7] != replace(PLANS[8], seed=7)


def test_what_is_given_leaves_the_rest_as_it_is() -> None:
    given = plan_of(7, hosts=PLANS[7].hosts, users=99)

    assert given == replace(PLANS[7], users=99)


def test_only_hosts_that_are_there_die() -> None:
    for plan in [*PLANS, *(plan_of(seed, hosts=5) for seed in range(50))]:
        deaths = [event.happening for each in plan.rounds for event in each if isinstance(event.happening, Kill)]
        assert deaths
        assert all(set(death.hosts) <= set(range(plan.hosts)) for death in deaths)


def test_the_seeds_together_hold_everything() -> None:
    happenings = [event.happening for plan in PLANS for each in plan.rounds for event in each]
    deaths = [each for each in happenings if isinstance(each, Kill)]

    assert {plan.scenario for plan in PLANS} == {"company", "assigned", "review"}
    assert {plan.hosts for plan in PLANS} == {1, 2, 3}
    assert sum(plan.timers_everywhere for plan in PLANS if plan.hosts > 1) > 20
    assert {len(death.hosts) for death in deaths} == {1, 2, 3}
    assert {death.ahead > 0 for death in deaths if death.ahead} == {True, False}
    assert {each.profile for each in happenings if isinstance(each, GraphFaults)} == {"none", "flaky", "throttled"}
    kinds = {kind for each in happenings if isinstance(each, LifeInSource) for kind in each.kinds}
    assert kinds == {"move", "lose", "join", "leave", "enable", "disable", "marry", "reassign", "return", "manage"}
    assert sum(isinstance(each, LifeInTarget) for each in happenings) == 2 * len(PLANS)
