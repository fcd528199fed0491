"""Which rule is in force, and which directory is meant?"""

from shared.configuration.configuration import Configuration
from shared.configuration.document import parse
from shared.configuration.schema_json import write_directory, write_schema
from shared.configuration.synchronization_schema import directory_named
from shared.configuration.templates import DEFAULT_RULE_ID, default_schema
from shared.configuration.user_mapping import rule_in_force
from tests.engine.small_world import document

SCHEMA = default_schema()


def configured(**changes: object) -> Configuration:
    return parse(document(**changes))


def test_without_a_schema_the_default_rule_is_in_force() -> None:
    assert rule_in_force(configured()) == DEFAULT_RULE_ID


def test_the_rule_of_a_schema_of_ones_own_is_in_force() -> None:
    written = write_schema(SCHEMA)
    written["synchronizationRules"][0]["id"] = "mine"

    assert rule_in_force(configured(schema=written)) == "mine"


def test_a_directory_is_found_by_its_id_or_its_name() -> None:
    first = SCHEMA.directories[0]

    assert directory_named(SCHEMA, first.id) is first
    assert directory_named(SCHEMA, first.name) is first
    assert directory_named(SCHEMA, "nowhere") is None


def test_a_directory_is_written_as_it_stands_in_its_schema() -> None:
    assert write_directory(SCHEMA.directories[0]) == write_schema(SCHEMA)["directories"][0]
