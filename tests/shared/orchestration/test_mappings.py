"""Is a mapping compiled once for each document, and anew for another one?"""

from shared.configuration.document import parse
from shared.orchestration.mappings import Mappings
from tests.shared.configuration.documents import document
from tests.shared.configuration.schemas import entra_export
from tests.shared.provisioning.people import person


def test_a_mapping_is_compiled_once_for_each_document() -> None:
    mappings = Mappings()
    default, own = parse(document()), parse(document({"/id": "own", "/schema": entra_export()}))

    first = mappings.of(default)

    assert mappings.of(own) is mappings.of(own)
    assert mappings.of(default) is first


def test_another_version_of_a_document_has_another_mapping() -> None:
    mappings = Mappings()

    before = mappings.of(parse(document()))
    after = mappings.of(parse(document({"/schema": entra_export()})))

    assert before.scope_filter.decide(person()).passed is True
    assert after.scope_filter.decide(person()).passed is False
    assert before.flow.digest(person()) != after.flow.digest(person())
