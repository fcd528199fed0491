"""Does a digest change with what it stands for, and with nothing else?"""

from typing import Any

import pytest

from shared.configuration.document import parse, serialize
from shared.configuration.versioning import document_digest, mapping_digest
from tests.shared.configuration.documents import SERVICE_PRINCIPAL, document

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
        {"/adoption": "automatic"},
        {"/source/servicePrincipalId": OTHER},
        {"/source/tenantId": OTHER},
        {"/target/tenantId": OTHER},
    ],
)
def test_what_decides_on_people_changes_both_digests(changes: dict[str, Any]) -> None:
    before, after = parse(document()), parse(document(changes))

    assert document_digest(before) != document_digest(after)
    assert mapping_digest(before) != mapping_digest(after)


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
