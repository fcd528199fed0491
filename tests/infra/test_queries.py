"""Do alert rules and workbook ask for what the engine tells, by names that exist?"""

import json
import re
from collections.abc import Iterator

import pytest

from shared.adapters.graph.observing import _OPERATIONS
from shared.orchestration.ports import Count, Dimensions, Gauge
from shared.telemetry.attributes import NAMES
from tests.infra.bicep import INFRA, properties, read, text, walk

MEASURES = {each.value for each in (*Count, *Gauge)}
OF_MEASURES = {NAMES[key] for key in Dimensions.__optional_keys__}
ALERTS = read(INFRA / "modules" / "alerts.bicep")
FILES = {path.name: path.read_text("utf-8") for path in sorted((INFRA / "queries").glob("*.kql"))}
WORKBOOK = json.loads((INFRA / "workbook.json").read_text("utf-8"))
ITEMS = {item["name"]: item["content"]["query"] for item in WORKBOOK["items"] if item["type"] == 3}
QUERIES = {**FILES, **ITEMS}


def measures_of(query: str) -> list[str]:
    return re.findall(r"'(tenantsync\.[a-z_.]+)'(?!\])", query)


def dimensions_of(query: str) -> list[str]:
    return re.findall(r"customDimensions\['([^']+)'\]", query)


def rules() -> Iterator[dict[str, str]]:
    array = next(node for node in walk(ALERTS.of("var")["rules"].node) if node.type == "array")
    for node in array.children:
        if node.type == "object":
            yield {name: text(value) for name, value in properties(node).items()}


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.startswith("customMetrics")])
def test_a_query_asks_for_measures_that_are_taken(name: str) -> None:
    asked = measures_of(QUERIES[name])

    assert asked
    assert set(asked) <= MEASURES
    assert set(dimensions_of(QUERIES[name])) <= OF_MEASURES


def test_every_query_asks_for_measures_or_for_writes() -> None:
    others = [name for name, query in QUERIES.items() if not query.startswith("customMetrics")]

    assert others == ["From a write back to its tick: the newest failed writes"]
    spans = {f"{method} {operation}" for method, operation in _OPERATIONS.values()}
    assert set(re.findall(r"'([A-Z]+ /[^']+)'", QUERIES[others[0]])) == spans
    assert set(dimensions_of(QUERIES[others[0]])) <= set(NAMES.values())


def test_every_measure_can_be_seen_somewhere() -> None:
    seen = {measure for query in QUERIES.values() for measure in measures_of(query)}

    assert seen == MEASURES


def test_there_is_a_rule_for_each_query() -> None:
    assert {re.sub(r".*/|'\)", "", rule["query"]) for rule in rules()} == set(FILES)
    assert len({rule["name"] for rule in rules()}) == len(FILES)


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["name"].strip("'"))
def test_a_rule_tells_alerts_apart_by_a_column_of_its_query(rule: dict[str, str]) -> None:
    query = FILES[re.sub(r".*/|'\)", "", rule["query"])]
    columns = re.findall(r"'(\w+)'", rule["by"])

    for column in columns:
        assert re.search(rf"\| summarize .* by (?:\w+, )*{column}\n", query)
    assert columns or " by " not in query
    assert re.search(r"\n\| where .*(>|>=|==) \d+\n$", query)


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["name"].strip("'"))
def test_a_rule_looks_back_over_several_ticks(rule: dict[str, str]) -> None:
    """The timer fires every five minutes; a rule must not take the pause between two for silence."""
    assert int(rule["window"].strip("'PTM")) >= 15


def test_the_workbook_is_one_that_the_portal_reads() -> None:
    assert WORKBOOK["version"] == "Notebook/1.0"
    assert {item["type"] for item in WORKBOOK["items"]} == {1, 3, 9}
    names = [item["name"] for item in WORKBOOK["items"]]
    assert len(names) == len(set(names))
    (parameters,) = [item["content"]["parameters"] for item in WORKBOOK["items"] if item["type"] == 9]
    known = {parameter["name"] for parameter in parameters}
    assert {item["content"]["timeContextFromParameter"] for item in WORKBOOK["items"] if item["type"] == 3} <= known
    assert WORKBOOK["fallbackResourceIds"] == ["{applicationInsightsId}"]
