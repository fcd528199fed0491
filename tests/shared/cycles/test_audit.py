"""Are the words of the audit those that Graph's clients know?"""

from msgraph.generated.models.operation_result import OperationResult

from shared.cycles.audit import Activity, AuditResult


def test_every_result_is_one_of_graphs() -> None:
    assert {each.value for each in AuditResult} < {each.value for each in OperationResult}


def test_every_activity_has_a_name_of_its_own_that_begins_as_a_sentence() -> None:
    names = [each.value for each in Activity]

    assert len(set(names)) == len(Activity)
    assert all(name == name.strip() and name[0].isupper() for name in names)
