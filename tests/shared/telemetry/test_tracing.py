"""Does a trace reach the next worker through a message?"""

import pytest

from shared.telemetry import span
from shared.telemetry.tracing import traceparent


def trace_of(parent: str) -> str:
    version, trace_id, span_id, flags = parent.split("-")
    assert (version, len(span_id), len(flags)) == ("00", 16, 2)
    return trace_id


def test_outside_of_any_span_messages_carry_no_trace() -> None:
    assert traceparent() == ""


def test_a_span_that_begins_where_another_sent_a_message_is_in_the_same_trace() -> None:
    with span("sender"):
        sent = traceparent()

    with span("receiver", parent=sent):
        received = traceparent()

    assert trace_of(received) == trace_of(sent)
    assert received != sent


def test_the_trace_goes_on_through_any_number_of_messages() -> None:
    sent = ""
    traces = set[str]()
    for number in range(4):
        with span("worker", parent=sent, cycle=number):
            sent = traceparent()
        traces.add(trace_of(sent))

    assert len(traces) == 1


def test_spans_without_a_parent_are_traces_of_their_own() -> None:
    traces = list[str]()
    for _ in range(2):
        with span("tick"):
            traces.append(trace_of(traceparent()))

    assert traces[0] != traces[1]


def test_inside_a_span_one_without_a_parent_belongs_to_it() -> None:
    with span("outer"):
        outer = traceparent()
        with span("inner"):
            assert trace_of(traceparent()) == trace_of(outer)
        assert traceparent() == outer


BROKEN = [
    "garbage",
    "00-0-0-0",
    "00-" + "0" * 32 + "-" + "1" * 16 + "-01",
    "00-" + "1" * 32 + "-" + "0" * 16 + "-01",
    "ff-" + "1" * 32 + "-" + "1" * 16 + "-01",
    "00-" + "g" * 32 + "-" + "1" * 16 + "-01",
    "\ud800",
    "00-" + "1" * 100_000,
]


@pytest.mark.parametrize("parent", BROKEN, ids=lambda parent: ascii(parent[:20]))
def test_a_broken_parent_starts_a_new_trace(parent: str) -> None:
    with span("outer"):
        outer = trace_of(traceparent())
        with span("worker", parent=parent):
            trace_id = trace_of(traceparent())

    assert trace_id not in {outer, "1" * 32, "0" * 32}


def test_an_error_in_the_block_flies_and_ends_the_span() -> None:
    with pytest.raises(ValueError, match="the cause"), span("worker"):
        raise ValueError("the cause")

    assert traceparent() == ""
