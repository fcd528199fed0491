"""Which pairs of clouds go together, and does every other one say why not?"""

from itertools import product

import pytest

from shared.configuration.clouds import ENDPOINTS, refusal
from shared.configuration.configuration import Cloud
from shared.configuration.document import parse, serialize
from shared.configuration.problems import ConfigurationError
from tests.shared.configuration.documents import document

ENTRA = "Entra does not allow"
OURS = "gives no token in another cloud"
HOSTS = "calls one only"

# Rows: source; columns: target, in the same order.
PAIRS = {
    Cloud.GLOBAL: ("", OURS, OURS, OURS),
    Cloud.US_GOV: (OURS, "", HOSTS, ENTRA),
    Cloud.US_GOV_DOD: (OURS, HOSTS, "", ENTRA),
    Cloud.CHINA: (ENTRA, ENTRA, ENTRA, ""),
}
CASES = [(source, target, reason) for source, row in PAIRS.items() for target, reason in zip(PAIRS, row, strict=True)]


def test_the_table_has_every_pair() -> None:
    assert {(source, target) for source, target, _ in CASES} == set(product(Cloud, Cloud))


@pytest.mark.parametrize(("source", "target", "reason"), CASES)
def test_a_pair_is_taken_or_refused_with_its_reason(source: Cloud, target: Cloud, reason: str) -> None:
    pair = document({"/source/cloud": source.value, "/target/cloud": target.value})

    if not reason:
        assert refusal(source, target) == ""
        assert parse(serialize(parse(pair))).target.cloud is target
        return
    with pytest.raises(ConfigurationError) as raised:
        parse(pair)
    (problem,) = raised.value.problems
    assert problem.path == "/target/cloud"
    assert reason in problem.message


def test_a_cloud_that_is_left_out_is_the_global_one() -> None:
    with pytest.raises(ConfigurationError, match="is global and /source/cloud is china"):
        parse(document({"/source/cloud": "china"}))


def test_where_a_cloud_is_none_at_all_only_that_is_told() -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse(document({"/source/cloud": "mars", "/target/cloud": "china"}))

    assert [problem.path for problem in raised.value.problems] == ["/source/cloud"]


def test_every_door_is_https_and_no_cloud_shares_its_graph() -> None:
    assert set(ENDPOINTS) == set(Cloud)
    assert all(
        each.graph.startswith("https://") and each.authority.startswith("https://") for each in ENDPOINTS.values()
    )
    assert len({each.graph for each in ENDPOINTS.values()}) == len(Cloud)
