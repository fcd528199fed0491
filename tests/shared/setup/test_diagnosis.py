"""What is amiss, by what was seen? (The faults themselves are planted in tests/engine/test_diagnosis.py.)"""

from shared.configuration.document import parse
from shared.setup.diagnosis import Outcome, diagnose, refusals, storage_finding
from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.remedies import REMEDIES, Check, Severity
from shared.setup.sights import AppSight, PartnerSight, Sights, SourceSight, TargetSight
from tests.shared.configuration.documents import document

OPEN = PartnerSight(inbound_redemption=True, outbound_redemption=True)
WELL = Sights(
    source=SourceSight(
        granted=frozenset(each.name for each in PERMISSIONS[Side.SOURCE]),
        partner=OPEN,
        application_enabled=True,
        anybody_assigned=False,
        has_mail_domain=True,
        has_premium=True,
    ),
    target=TargetSight(
        granted=frozenset(each.name for each in PERMISSIONS[Side.TARGET]),
        partner=OPEN,
        synchronization_allowed=True,
        guests_may_be_invited=True,
    ),
    app=AppSight(read_only=False, invitations_blocked=False),
)


def test_nothing_is_said_where_all_is_well_and_nobody_has_to_be_assigned() -> None:
    assert diagnose(parse(document({"/scope": {"kind": "all"}})), WELL) == ()


def test_where_the_scope_is_assigned_somebody_has_to_be() -> None:
    [found] = diagnose(parse(document({"/scope": {"kind": "assigned"}})), WELL)

    assert (found.check, found.severity) == (Check.ASSIGNMENTS, Severity.WARNING)


def test_what_nobody_could_look_at_is_unknown_and_refuses_nothing() -> None:
    blind = Sights(source=SourceSight(), target=TargetSight(), app=AppSight())

    found = diagnose(parse(document({})), blind)

    assert {each.outcome for each in found} == {Outcome.UNKNOWN}
    assert len(found) == len(Check) - 5
    assert refusals(found) == ()


def test_a_warning_refuses_nothing_and_an_error_does() -> None:
    blind = Sights(source=SourceSight(refused="AADSTS7000229"), target=WELL.target, app=AppSight(read_only=True))

    found = refusals(diagnose(parse(document({})), blind))

    assert [each.check for each in found] == [Check.SOURCE_TOKEN]
    assert "AADSTS7000229" in found[0].message
    assert found[0].tenant_id == parse(document({})).source.tenant_id


def test_each_point_has_a_remedy_with_words_and_a_code() -> None:
    assert set(REMEDIES) == set(Check)
    assert all(each.code and each.message and each.what_to_do for each in REMEDIES.values())


def test_storage_that_does_not_answer_at_all_is_a_refusal_of_its_own() -> None:
    assert refusals((storage_finding(),)) == (storage_finding(),)
