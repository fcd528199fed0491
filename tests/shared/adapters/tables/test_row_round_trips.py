"""Do values come back from rows as they were, and are rows of a newer version left alone?"""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.tables.audits import OUTCOME, RECORD
from shared.adapters.tables.budgets import BUDGET, INVITED, REFUSED, SWITCH, ReadOnly, Refused
from shared.adapters.tables.claims import OWNER, Owner
from shared.adapters.tables.configurations import ORIGIN, STATE, SURGE
from shared.adapters.tables.cycles import CYCLE
from shared.adapters.tables.entry_rows import LINK, LOGGED, PENDING_ROW, WORK, Logged, counts_columns, counts_of
from shared.adapters.tables.row_format import (
    FORMAT_VERSION,
    PART_BYTES,
    VERSION,
    RowFormat,
    joined_bytes,
    split_bytes,
)
from shared.adapters.tables.row_limits import check_values
from shared.adapters.tables.rows import Row, RowValue
from shared.adapters.tables.shard_hints import SHARD_HINT, ShardHint
from shared.adapters.tables.snapshots import HEAD, Head
from shared.adapters.tables.watermarks import WATERMARK
from shared.cycles.audit import AuditOutcome, AuditRecord
from shared.cycles.cycle import Cursor, Cycle
from shared.cycles.pending import Pending
from shared.cycles.state import ConfigurationState, Quarantine
from shared.cycles.statement import Statement
from shared.cycles.surge import Surge
from shared.cycles.work import Intent, Work
from shared.cycles.write_budget import Invitations, WriteBudget
from shared.orchestration.ports import DocumentOrigin, NewerRow, Watermark
from shared.provisioning.entry import AttributeValue
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus
from tests.shared.adapters.tables.values import NOW

TIMES = st.integers(0, 2**52).map(lambda microseconds: NOW + timedelta(microseconds=microseconds))
VALUES = st.one_of(st.text(), st.booleans(), st.lists(st.text()).map(tuple), st.none())
COUNTS = st.dictionaries(st.text(), st.integers(0, 10**6))
HOURS = st.dictionaries(st.integers(0, 10**6).map(str), st.integers(0, 10**6))
DETAILS = st.dictionaries(st.text(), st.text())
ATTRIBUTES: st.SearchStrategy[Mapping[str, AttributeValue]] = st.dictionaries(st.text(), VALUES)


def whole(kind: type[Any], **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a kind with every field drawn, also those that have a default."""
    plain = {
        int: st.integers(min_value=-(2**63), max_value=2**63 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: TIMES,
        datetime | None: st.none() | TIMES,
    }
    hints = get_type_hints(kind).items()
    drawn = {name: plain[hint] if hint in plain else st.from_type(hint) for name, hint in hints}
    return st.builds(kind, **drawn | chosen)


# (format, strategy, fields that stand in keys)
KINDS: list[tuple[RowFormat[Any], st.SearchStrategy[Any], tuple[str, ...]]] = [
    (STATE, whole(ConfigurationState, quarantine=st.none() | whole(Quarantine)), ("configuration_id",)),
    (
        CYCLE,
        whole(
            Cycle,
            cursor=whole(Cursor),
            skipped=COUNTS,
            closing=st.none() | whole(Statement, exceptions=COUNTS),
            policies=st.dictionaries(st.text(), st.booleans()),
        ),
        ("configuration_id",),
    ),
    (LINK, whole(Link), ("source_id",)),
    (PENDING_ROW, whole(Pending, source=st.none() | ATTRIBUTES), ("source_id",)),
    (WORK, whole(Work, intent=st.none() | whole(Intent)), ("source_id",)),
    (LOGGED, whole(Logged, record=whole(ProvisioningLogRecord)), ()),
    (OWNER, whole(Owner), ()),
    (BUDGET, whole(WriteBudget), ()),
    (INVITED, whole(Invitations), ()),
    (SWITCH, whole(ReadOnly), ()),
    (REFUSED, whole(Refused), ()),
    (SURGE, whole(Surge, creates=HOURS, rewrites=HOURS), ()),
    (SHARD_HINT, whole(ShardHint), ()),
    (HEAD, whole(Head), ()),
    (WATERMARK, whole(Watermark), ("chain",)),
    (RECORD, whole(AuditRecord, details=DETAILS), ("configuration_id",)),
    (OUTCOME, whole(AuditOutcome, details=DETAILS), ()),
    (ORIGIN, whole(DocumentOrigin), ()),
]
NAMES = [
    "state",
    "cycle",
    "link",
    "pending",
    "work",
    "log",
    "claim",
    "budget",
    "invitations",
    "switch",
    "refused",
    "surge",
    "hint",
    "head",
    "watermark",
    "audit",
    "outcome",
    "origin",
]


def row_of(values: Mapping[str, RowValue]) -> Row:
    check_values("p", "k", values)
    return Row(partition="p", key="k", values=values)


@pytest.mark.parametrize(("row_format", "strategy", "keyed"), KINDS, ids=NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_value_comes_back_from_its_row(
    row_format: RowFormat[Any], strategy: st.SearchStrategy[Any], keyed: tuple[str, ...], data: st.DataObject
) -> None:
    value = data.draw(strategy)
    if "etag" in {field.name for field in fields(value)}:
        value = replace(value, etag="")

    row = row_of(row_format.columns(value))

    assert row_format.value(row, **{name: getattr(value, name) for name in keyed}) == value


@pytest.mark.parametrize(("row_format", "strategy", "keyed"), KINDS, ids=NAMES)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_row_of_a_newer_version_is_left_alone(
    row_format: RowFormat[Any], strategy: st.SearchStrategy[Any], keyed: tuple[str, ...], data: st.DataObject
) -> None:
    values = {**row_format.columns(data.draw(strategy)), VERSION: FORMAT_VERSION + 1}

    with pytest.raises(NewerRow, match="format 2"):
        row_format.value(row_of(values), **dict.fromkeys(keyed, ""))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(ProvisioningAction), st.sampled_from(ProvisioningStatus)), st.integers(0, 2**40)
    )
)
def test_counters_come_back_from_their_row(
    counts: dict[tuple[ProvisioningAction, ProvisioningStatus], int],
) -> None:
    row = row_of(counts_columns(counts))

    assert counts_of(row) == counts


def test_counters_of_a_newer_version_are_left_alone() -> None:
    row = row_of({**counts_columns({}), VERSION: FORMAT_VERSION + 1})

    with pytest.raises(NewerRow):
        counts_of(row)


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 15 * PART_BYTES])
def test_long_bytes_are_cut_into_columns_and_joined_again(size: int) -> None:
    content = bytes(index % 251 for index in range(size))

    row = row_of(split_bytes("content", content))

    assert joined_bytes(row, "content") == content
    assert len(row.values) == max(1, -(-size // PART_BYTES))


def test_a_column_that_nobody_knows_is_no_concern() -> None:
    hold = WriteBudget(not_before=NOW)

    row = row_of({**BUDGET.columns(hold), "added_later": 1})

    assert BUDGET.value(row) == hold
