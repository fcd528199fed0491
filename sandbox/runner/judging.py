"""How do several configurations get their judgements? Each by itself, but nobody answers for another's objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sandbox.judge import Adoption, Case, Directory, History, Judgement, Rules, judge, read_filter, read_scope
from sandbox.runner.clients import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judgements so far: what the next one builds upon."""

    targets: Mapping[str, Directory]
    histories: Mapping[str, History] = field(default_factory=dict)


def judge_all(
    documents: Sequence[Document], tenants: Mapping[str, Directory], earlier: Judged, now: datetime
) -> tuple[dict[str, Judgement], Judged]:
    """A judgement for each configuration by its id, and what the next judgements build upon."""
    cases = {str(each["id"]): case_of(each, tenants, earlier, now) for each in documents}
    judgements = {key: judge(case) for key, case in cases.items()}
    if len(cases) > 1:
        target_of = {str(each["id"]): str(each["target"]["tenantId"]) for each in documents}
        others = {key: _others(key, target_of, judgements) for key in cases}
        judgements = {key: judge(replace(case, others=others[key])) for key, case in cases.items()}
    targets = {tenant_id: tenants[tenant_id] for tenant_id in earlier.targets}
    histories = {key: judgement.history for key, judgement in judgements.items()}
    return judgements, Judged(targets=targets, histories=histories)


def case_of(document: Document, tenants: Mapping[str, Directory], earlier: Judged, now: datetime) -> Case:
    """What there is to judge of one configuration."""
    target_id = document["target"]["tenantId"]
    return Case(
        rules=rules_of(document),
        source=tenants[document["source"]["tenantId"]],
        previous=earlier.targets[target_id],
        current=tenants[target_id],
        history=earlier.histories.get(str(document["id"]), History()),
        now=now,
    )


def rules_of(document: Document) -> Rules:
    """What a configuration document says about who should be in the target."""
    return Rules(
        scope=read_scope(document),
        adoption=Adoption(document["adoption"]),
        service_principal_id=document["source"]["servicePrincipalId"],
        filter=read_filter(document.get("schema")),
    )


def _others(key: str, target_of: Mapping[str, str], judgements: Mapping[str, Judgement]) -> frozenset[str]:
    return frozenset(
        pair.target_id
        for other, judgement in judgements.items()
        if other != key and target_of[other] == target_of[key]
        for pair in judgement.history.pairs.values()
    )
