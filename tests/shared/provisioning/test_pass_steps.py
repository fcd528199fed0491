"""What does an administrator read of each step?"""

import pytest

from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import failure, skip
from shared.provisioning.entry import AttributeValue
from shared.provisioning.pass_steps import (
    export_step,
    import_step,
    matching_step,
    processing_step,
    scoping_step,
    shown,
)
from shared.provisioning.provisioning_log import ProvisioningStatus, StepType
from shared.provisioning.scoping import DELETED, ScopingDecision, decide_scope
from tests.shared.provisioning.people import holder, person, provisioned

ERROR = failure("EntryConflict", "Somebody else has it.", "Change it.")

NAMES = [
    (ChangeKind.CREATE, "Add", "created"),
    (ChangeKind.UPDATE, "Update", "updated"),
    (ChangeKind.RESTORE, "Update", "restored"),
    (ChangeKind.DELETE, "Delete", "deleted"),
    (ChangeKind.DISABLE, "Disable", "disabled"),
    (ChangeKind.RELEASE, "Skip", "left as it is"),
    (ChangeKind.SKIP, "Skip", "will not be changed"),
    (ChangeKind.ESCROW, "Skip", "will not be changed"),
    (ChangeKind.WAIT, "Skip", "will not be changed"),
]


def test_every_kind_of_change_has_its_words() -> None:
    assert [kind for kind, _, _ in NAMES] == list(ChangeKind)


@pytest.mark.parametrize(("kind", "verb", "done"), NAMES)
def test_processing_is_named_as_in_entra_and_says_what_will_be_done(kind: ChangeKind, verb: str, done: str) -> None:
    step = processing_step("s-ada", Change(kind=kind))

    assert (step.name, step.type) == (f"EntrySynchronization{verb}", StepType.PROCESSING)
    assert done in step.description
    assert step.status is (ProvisioningStatus.FAILURE if kind is ChangeKind.ESCROW else ProvisioningStatus.SUCCESS)


@pytest.mark.parametrize(("kind", "verb", "done"), NAMES[:5])
def test_export_is_named_as_in_entra_and_says_what_was_done(kind: ChangeKind, verb: str, done: str) -> None:
    good, bad = export_step("s-ada", Change(kind=kind), None), export_step("s-ada", Change(kind=kind), ERROR)

    assert {good.name, bad.name} == {f"EntryExport{verb}"}
    assert {good.type, bad.type} == {StepType.EXPORT}
    assert done in good.description
    assert done in bad.description


def test_an_export_that_failed_says_why() -> None:
    step = export_step("s-ada", Change(kind=ChangeKind.CREATE), ERROR)

    assert step.status is ProvisioningStatus.FAILURE
    assert ERROR.reason in step.description


def test_processing_says_why_nothing_is_done() -> None:
    step = processing_step("s-ada", Change(kind=ChangeKind.SKIP, error=skip("RedundantExport", "Nothing differs.")))

    assert step.description.endswith("Nothing differs.")


def test_import_shows_the_values_that_there_are() -> None:
    step = import_step("s-ada", person(city=None, department="", accountEnabled=False, businessPhones=("1", "2")))

    assert (step.name, step.type, step.status) == ("EntryImport", StepType.IMPORT, ProvisioningStatus.SUCCESS)
    assert step.details["accountEnabled"] == "False"
    assert step.details["businessPhones"] == "1; 2"
    assert not {"city", "department"}.intersection(step.details)


def test_import_of_somebody_who_is_gone_says_so() -> None:
    step = import_step("s-ada", None)

    assert (step.name, step.details) == ("EntryImportDelete", {})
    assert "is not in the source tenant" in step.description


@pytest.mark.parametrize(
    ("scoping", "status", "reason"),
    [
        (decide_scope(person(), entitled=True), ProvisioningStatus.SUCCESS, "inScope"),
        (decide_scope(person(), entitled=False), ProvisioningStatus.SKIPPED, "notAssigned"),
        (DELETED, ProvisioningStatus.SKIPPED, "deleted"),
    ],
)
def test_scoping_shows_the_reason(scoping: ScopingDecision, status: ProvisioningStatus, reason: str) -> None:
    step = scoping_step("s-ada", scoping)

    assert (step.name, step.type, step.status) == ("EntrySynchronizationScoping", StepType.SCOPING, status)
    assert reason in step.description
    assert step.details == scoping.details


def test_matching_lists_the_linked_object_and_then_the_holders() -> None:
    step = matching_step("s-ada", provisioned(person()), (holder("t-1"), holder("t-2")))

    assert (step.name, step.type) == ("EntryImport", StepType.MATCHING)
    assert step.details == {"match 1": "t-ada", "match 2": "t-1", "match 3": "t-2"}


def test_matching_that_found_nothing_lists_nothing() -> None:
    step = matching_step("s-ada", None, ())

    assert step.details == {}
    assert "Found 0 objects" in step.description


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("", ""), ("a", "a"), (True, "True"), (False, "False"), ((), ""), (("a",), "a"), (("a", "b"), "a; b")],
)
def test_values_are_shown_as_entra_shows_them(value: AttributeValue, text: str) -> None:
    assert shown(value) == text
