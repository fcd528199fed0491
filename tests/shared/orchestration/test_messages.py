"""What do queue messages look like, and what becomes of those that are not ours?"""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.orchestration.messages import (
    MESSAGE_VERSION,
    ImportMessage,
    NewerMessage,
    ProvisioningMessage,
    UnreadableMessage,
    decode_import,
    decode_provisioning,
    encode,
)

Decode = Callable[[str], ImportMessage | ProvisioningMessage]

IMPORT = ImportMessage(configuration_id="contoso", cycle=7, sequence=3, traceparent="00-trace")
PROVISIONING = ProvisioningMessage(configuration_id="contoso", shard=2, source_ids=("s-1", "s-2"))

INTEGERS = st.integers(-(2**63), 2**63 - 1)
IMPORTS = st.builds(ImportMessage, configuration_id=st.text(), cycle=INTEGERS, sequence=INTEGERS, traceparent=st.text())
PROVISIONINGS = st.builds(
    ProvisioningMessage, configuration_id=st.text(), shard=INTEGERS, source_ids=st.lists(st.text()).map(tuple)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
DEEP = 100_000

both = pytest.mark.parametrize("decode", [decode_import, decode_provisioning])


@settings(deadline=None)
@given(message=IMPORTS)
def test_an_import_message_is_the_same_after_the_queue(message: ImportMessage) -> None:
    assert decode_import(encode(message)) == message


@settings(deadline=None)
@given(message=PROVISIONINGS)
def test_a_provisioning_message_is_the_same_after_the_queue(message: ProvisioningMessage) -> None:
    assert decode_provisioning(encode(message)) == message


def test_the_format_of_messages_stays_what_it_is() -> None:
    # Messages wait in queues while the app is updated: a change here needs a new MESSAGE_VERSION.
    assert json.loads(encode(IMPORT)) == {
        "configurationId": "contoso",
        "cycle": 7,
        "sequence": 3,
        "traceparent": "00-trace",
        "version": 1,
    }
    assert json.loads(encode(PROVISIONING)) == {
        "configurationId": "contoso",
        "shard": 2,
        "sourceIds": ["s-1", "s-2"],
        "granted": 0,
        "traceparent": "",
        "version": 1,
    }


def test_properties_that_nobody_knows_are_left_aside() -> None:
    document = {**json.loads(encode(IMPORT)), "priority": {"of": ["another", "day"]}}

    assert decode_import(json.dumps(document)) == IMPORT


def test_a_message_without_a_trace_is_fine() -> None:
    document = json.loads(encode(IMPORT))
    del document["traceparent"]

    assert decode_import(json.dumps(document)).traceparent == ""


@both
@pytest.mark.parametrize("version", [MESSAGE_VERSION + 1, 10**9, 10**30])
def test_a_message_of_a_newer_version_says_so_whatever_else_it_holds(decode: Decode, version: int) -> None:
    with pytest.raises(NewerMessage):
        decode(json.dumps({"version": version, "configurationId": 7, "of": "the future"}))


@both
@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "7",
        '"version"',
        "[]",
        "{}",
        "{",
        '{"version": 1}',
        '{"version": "1"}',
        '{"version": true}',
        '{"version": null}',
        '{"version": 1.5}',
        '{"version": NaN}',
        '{"version": 1e400}',
        '{"version": 1' + "0" * 5_000 + "}",
        '{"configurationId": "contoso", "cycle": 7, "sequence": 3, "shard": 2, "sourceIds": []}',
        '{"version": 1, "configurationId": "contoso", "cycle": "7", "sequence": 3, "shard": "2", "sourceIds": []}',
        '{"version": 1, "configurationId": null, "cycle": 7, "sequence": 3, "shard": 2, "sourceIds": []}',
        '{"version": 1, "configurationId": "c", "cycle": 7.5, "sequence": 3, "shard": 2, "sourceIds": [3]}',
        '{"version": 1, "configurationId": "c", "cycle": 1' + "0" * 5_000 + ', "sequence": 3, "sourceIds": "s"}',
        '{"version": 1} trailing',
        "\ud800",
        '{"version": 1, "configurationId": "\\ud800", "cycle": 7, "sequence": 3, "shard": 2, "sourceIds": []}',
        "\0",
        "PD94bWw+",
        '{"version": 1, "deep": ' + "[" * DEEP + "]" * DEEP + "}",
        '{"version": 1, "deep": ' + '{"a":' * DEEP + "1" + "}" * DEEP + "}",
        "[" * DEEP,
    ],
    ids=lambda text: text[:40],
)
def test_what_is_not_one_of_ours_is_unreadable(decode: Decode, text: str) -> None:
    with pytest.raises(UnreadableMessage):
        decode(text)


def test_a_message_of_the_other_queue_is_unreadable() -> None:
    with pytest.raises(UnreadableMessage):
        decode_import(encode(PROVISIONING))
    with pytest.raises(UnreadableMessage):
        decode_provisioning(encode(IMPORT))


@both
@settings(deadline=None)
@given(
    text=st.text()
    | JSON.map(json.dumps)
    | st.dictionaries(st.sampled_from(["version", "configurationId", "cycle", "shard", "sourceIds"]), JSON).map(
        json.dumps
    )
    | st.binary().map(lambda body: body.decode(errors="replace"))
)
def test_no_text_raises_anything_else(decode: Decode, text: str) -> None:
    try:
        message = decode(text)
    except (UnreadableMessage, NewerMessage):
        return

    assert message.version <= MESSAGE_VERSION


@both
@settings(deadline=None)
@given(position=st.integers(0, 80), inserted=st.text(min_size=1, max_size=3))
def test_no_damage_to_a_message_raises_anything_else(decode: Decode, position: int, inserted: str) -> None:
    whole = encode(PROVISIONING if decode is decode_provisioning else IMPORT)
    for damaged in (whole[:position], whole[:position] + inserted + whole[position:]):
        with suppress(UnreadableMessage, NewerMessage):
            decode(damaged)
