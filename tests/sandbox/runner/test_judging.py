"""Several configurations: each answers for its own objects only. And what a document says of the filter."""

from datetime import UTC, datetime

import pytest

from sandbox.judge import Directory, Membership
from sandbox.runner.judging import Judged, judge_all, rules_of
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


def filtered(*clauses: Document, enabled: bool = True) -> Document:
    mapping = {"enabled": enabled, "sourceObjectName": "User", "scope": {"groups": [{"clauses": list(clauses)}]}}
    groups = {"enabled": True, "sourceObjectName": "Group", "scope": None}
    rule = {"objectMappings": [mapping, groups, {"sourceObjectName": "User"}]}
    return {**configuration("first"), "schema": {"synchronizationRules": [rule]}}


def clause(operand: str, operator: str, *values: str) -> Document:
    return {"sourceOperandName": operand, "operatorName": operator, "targetOperand": {"values": list(values)}}


def test_a_document_says_which_memberships_are_asked_for() -> None:
    inside, outside = clause("memberOf", "IS MEMBER OF", "A", "b"), clause("memberOf", "IS NOT MEMBER OF", "c")

    asked = Membership(groups=frozenset("ab")), Membership(groups=frozenset("c"), inside=False)
    assert rules_of(filtered(inside, outside)).filter == (asked,)
    assert rules_of(filtered(inside, enabled=False)).filter == ()
    assert rules_of(configuration("first")).filter == ()


def test_the_judge_says_so_where_it_does_not_know_a_clause() -> None:
    with pytest.raises(NotImplementedError, match="no clauses over department"):
        rules_of(filtered(clause("department", "EQUALS", "Weaving")))
