"""Several configurations: each answers for its own objects only."""

from datetime import UTC, datetime

from sandbox.judge import Directory
from sandbox.runner.judging import Judged, judge_all
from sandbox.scenarios.scenario import Document, configuration_document
from tests.sandbox.judge.small_tenants import directory, mirrored, person

ADA, BO = person("ada"), person("bo")
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def configuration(key: str) -> Document:
    return configuration_document(source_id=key, target_id="hub", service_principal_id="sp", id=f"{key}-to-hub")


def test_two_sources_share_a_target() -> None:
    documents = [configuration("first"), configuration("second")]
    tenants = {"first": directory([ADA]), "second": directory([BO]), "hub": directory([mirrored(ADA), mirrored(BO)])}
    start = Judged(targets={"hub": Directory()})

    judgements, judged = judge_all(documents, tenants, start, NOW)

    assert all(judgement.agreement for judgement in judgements.values())
    assert judged.targets == {"hub": tenants["hub"]}
    assert list(judged.histories["second-to-hub"].pairs) == ["bo"]


def test_an_object_of_nobody_is_unexpected_for_all() -> None:
    documents = [configuration("first"), configuration("second")]
    stranger = mirrored(person("cy"))
    tenants = {"first": directory([ADA]), "second": directory([]), "hub": directory([mirrored(ADA), stranger])}

    judgements, _ = judge_all(documents, tenants, Judged(targets={"hub": Directory()}), NOW)

    assert not judgements["first-to-hub"].agreement
    assert not judgements["second-to-hub"].agreement
