"""Does a digest change with what it stands for, and with nothing else?"""

from typing import Any

import pytest

from shared.configuration.document import parse, serialize
from shared.configuration.versioning import document_digest, mapping_digest
from tests.shared.configuration.documents import SERVICE_PRINCIPAL, document
from tests.shared.configuration.schemas import MAPPINGS, entra_export, put

OTHER = "6f2504e0-4f89-41d3-9a0c-0305e82c3301"


def test_a_document_keeps_its_digest_however_it_is_written() -> None:
    configuration = parse(document())

    again = parse(serialize(configuration))

    assert document_digest(again) == document_digest(configuration)
    assert mapping_digest(again) == mapping_digest(configuration)


@pytest.mark.parametrize(
    "changes",
    [
        {"/scope/kind": "assigned"},
        {"/scope/nestedGroups": True},
        {"/scope/internalGuests": True},
        {"/adoption": "automatic"},
        {"/drift": {}},
        {"/source/servicePrincipalId": OTHER},
        {"/source/tenantId": OTHER},
        {"/target/tenantId": OTHER},
    ],
)
def test_what_decides_on_people_changes_both_digests(changes: dict[str, Any]) -> None:
    before, after = parse(document()), parse(document(changes))

    assert document_digest(before) != document_digest(after)
    assert mapping_digest(before) != mapping_digest(after)


USER = "/synchronizationRules/0/objectMappings/1"
CITY = next(
    f"{MAPPINGS}/{number}"
    for number, each in enumerate(
        entra_export()["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"],
    )
    if each["targetAttributeName"] == "city"
)


@pytest.mark.parametrize(
    ("pointer", "new"),
    [
        (f"{CITY}/source", {"type": "Constant", "name": "city"}),
        (f"{CITY}/flowType", "ObjectAddOnly"),
        (f"{CITY}/defaultValue", "x"),
        (f"{CITY}/matchingPriority", 0),
        (f"{USER}/scope/groups/0/clauses/0/operatorName", "NOT EQUALS"),
        (f"{USER}/scope/groups/1/clauses/0/targetOperand/values/0", "x"),
        (f"{USER}/metadata/0", {"key": "FlowNullValues", "value": "True"}),
    ],
)
def test_a_changed_mapping_or_filter_changes_what_is_decided_on_people(pointer: str, new: object) -> None:
    before = parse(document({"/schema": put(entra_export(), f"{CITY}/flowType", "Always")}))
    after = parse(document({"/schema": put(entra_export(), pointer, new)}))

    same = pointer.endswith("matchingPriority")
    assert (mapping_digest(before) == mapping_digest(after)) is same


@pytest.mark.parametrize(
    ("pointer", "new"),
    [
        ("/id", "another"),
        ("/synchronizationRules/0/name", "another"),
        (f"{USER}/name", "another"),
        (f"{USER}/flowTypes", "Add,Update"),
        (f"{USER}/metadata/0/value", "another"),
        (f"{USER}/scope/groups/0/name", "another"),
        (f"{CITY}/unknown", "another"),
        (f"{CITY}/exportMissingReferences", True),
    ],
)
def test_a_name_in_a_schema_changes_the_document_alone(pointer: str, new: object) -> None:
    before = parse(document({"/schema": entra_export()}))
    after = parse(document({"/schema": put(entra_export(), pointer, new)}))

    assert document_digest(before) != document_digest(after)
    assert mapping_digest(before) == mapping_digest(after)


@pytest.mark.parametrize(
    "changes",
    [
        {"/displayName": "Another name"},
        {"/target/inviteRedirectUrl": "https://contoso.com"},
        {"/interval": "PT10M"},
        {"/guards/removals/count": 20},
        {"/notifications": {"recipients": ["a@contoso.com"], "sender": SERVICE_PRINCIPAL}},
        {"/logRetention": "P90D"},
    ],
)
def test_what_does_not_decide_on_people_changes_the_document_alone(changes: dict[str, Any]) -> None:
    before, after = parse(document()), parse(document(changes))

    assert document_digest(before) != document_digest(after)
    assert mapping_digest(before) == mapping_digest(after)
