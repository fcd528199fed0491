"""Does the store of configurations keep documents for ever and states by compare-and-swap?"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.adapters.tables.configurations import STATES, TableConfigurationStore
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Rows, Upsert
from shared.configuration.configuration import Configuration
from shared.cycles.state import Quarantine, QuarantineReason
from shared.orchestration.ports import Conflict, NewerRow
from tests.shared.adapters.tables.values import HOUR, NOW, STATE


class Parser:
    """Counts what it is asked to parse."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []

    def __call__(self, document: bytes) -> Configuration:
        self.documents.append(document)
        return object.__new__(Configuration)


@pytest.fixture
def parser() -> Parser:
    return Parser()


@pytest.fixture
def store(rows: Rows, parser: Callable[[bytes], Configuration]) -> TableConfigurationStore:
    return TableConfigurationStore(rows, parser)


async def test_a_state_comes_back_with_every_field(store: TableConfigurationStore) -> None:
    quarantine = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=NOW, code="TooMany", message="Zoë's 500")
    state = replace(STATE, next_due=NOW + HOUR, known_users=("a", "b"), quarantine=quarantine, population=10**6)

    created = await store.create(state)

    assert created.etag
    assert await store.state(STATE.configuration_id) == created
    assert replace(created, etag="") == state


async def test_a_state_is_created_once(store: TableConfigurationStore) -> None:
    await store.create(STATE)

    with pytest.raises(Conflict):
        await store.create(STATE)


async def test_an_unknown_configuration_has_no_state(store: TableConfigurationStore) -> None:
    assert await store.state("nobody's") is None


async def test_a_state_that_was_changed_meanwhile_is_not_replaced(store: TableConfigurationStore) -> None:
    read = await store.create(STATE)
    changed = await store.save(replace(read, cycle=1))

    with pytest.raises(Conflict):
        await store.save(replace(read, cycle=2))

    assert await store.state(STATE.configuration_id) == changed


async def test_of_two_savers_exactly_one_wins_even_with_the_same_values(store: TableConfigurationStore) -> None:
    read = await store.create(STATE)

    ends = await asyncio.gather(*(store.save(replace(read, cycle=1)) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(end, Conflict) for end in ends) == 3


async def test_all_states_are_listed_whatever_their_ids_and_documents(store: TableConfigurationStore) -> None:
    ids = {"states", ":states", "a/b#c?", "Zoë's", "document:0000000001"}
    for configuration_id in ids:
        await store.create(replace(STATE, configuration_id=configuration_id))
        await store.add_document(configuration_id, 1, b"{}")

    assert {state.configuration_id async for state in store.states()} == ids


async def test_a_state_of_a_newer_version_hides_no_other_configuration(
    store: TableConfigurationStore, rows: Rows
) -> None:
    await store.create(STATE)
    await rows.commit(STATES, [Upsert(key="newer", values={VERSION: 2})])

    assert [state.configuration_id async for state in store.states()] == [STATE.configuration_id]
    with pytest.raises(NewerRow):
        await store.state("newer")


async def test_a_document_of_any_length_comes_back(store: TableConfigurationStore) -> None:
    document = bytes(index % 256 for index in range(500_000))

    await store.add_document("a", 7, document)

    assert await store.document("a", 7) == document
    assert await store.document("a", 8) is None
    assert await store.document("b", 7) is None


async def test_a_version_is_written_once_and_again_only_with_the_same_bytes(store: TableConfigurationStore) -> None:
    await store.add_document("a", 1, b"one")

    await store.add_document("a", 1, b"one")
    with pytest.raises(Conflict):
        await store.add_document("a", 1, b"other")

    assert await store.document("a", 1) == b"one"


async def test_a_version_is_parsed_once(store: TableConfigurationStore, parser: Parser) -> None:
    await store.add_document("a", 1, b"{}")

    first = await store.configuration("a", 1)

    assert await store.configuration("a", 1) is first
    assert await store.configuration("a", 2) is None
    assert parser.documents == [b"{}"]


async def test_a_document_of_a_newer_version_is_left_alone(store: TableConfigurationStore, rows: Rows) -> None:
    await rows.commit("a", [Upsert(key="document:0000000001", values={VERSION: 2, "document": b"?"})])

    with pytest.raises(NewerRow):
        await store.document("a", 1)
