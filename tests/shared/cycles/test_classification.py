"""Which work does the reader see, row by row of its table?"""

import pytest

from shared.cycles.classification import LinkSight, classify, left_alone, removal
from shared.cycles.pending import WorkKind
from tests.shared.provisioning.people import person

CREATE, UPDATE, DISABLE = WorkKind.CREATE, WorkKind.UPDATE, WorkKind.DISABLE
REMOVE, EVALUATE = WorkKind.REMOVE, WorkKind.EVALUATE

NONE = LinkSight()
WAITING = LinkSight(has_pending=True)
INACTIVE = LinkSight(exists=True, enabled=True)
INACTIVE_WAITING = LinkSight(exists=True, enabled=True, has_pending=True)
SAME = LinkSight(active=True, exists=True, enabled=True, same_digest=True)
SAME_WAITING = LinkSight(active=True, exists=True, enabled=True, same_digest=True, has_pending=True)
OTHER = LinkSight(active=True, exists=True, enabled=True)
DISABLED_SAME = LinkSight(active=True, exists=True, same_digest=True)
DISABLED_OTHER = LinkSight(active=True, exists=True)

# The link, and the work: in scope and enabled, in scope and disabled, out of scope.
TABLE = [
    (NONE, CREATE, None, None),
    (WAITING, CREATE, CREATE, EVALUATE),
    (INACTIVE, CREATE, CREATE, None),
    (INACTIVE_WAITING, CREATE, CREATE, EVALUATE),
    (SAME, None, None, REMOVE),
    (SAME_WAITING, UPDATE, DISABLE, REMOVE),
    (OTHER, UPDATE, DISABLE, REMOVE),
    (DISABLED_SAME, None, None, REMOVE),
    (DISABLED_OTHER, UPDATE, UPDATE, REMOVE),
]


def classified(enabled: bool | None, link: LinkSight) -> WorkKind | None:
    return classify(person(accountEnabled=enabled), link, in_scope=True, enables=enabled is not False)


@pytest.mark.parametrize(("link", "enabled", "disabled", "out"), TABLE)
def test_the_work_follows_from_scope_link_and_source(
    link: LinkSight, enabled: WorkKind | None, disabled: WorkKind | None, out: WorkKind | None
) -> None:
    seen = [classified(value, link) for value in (True, None, False)]

    assert seen == [enabled, enabled, disabled]
    assert classify(person(), link, in_scope=False, enables=True) is out


@pytest.mark.parametrize(("link", "_", "__", "out"), TABLE)
def test_who_is_gone_makes_the_work_of_who_is_out_of_scope(
    link: LinkSight, _: WorkKind | None, __: WorkKind | None, out: WorkKind | None
) -> None:
    assert removal(link) is out


@pytest.mark.parametrize(("link", "_", "__", "___"), TABLE)
def test_who_is_left_alone_makes_no_work_but_for_what_is_pending(
    link: LinkSight, _: WorkKind | None, __: WorkKind | None, ___: WorkKind | None
) -> None:
    assert left_alone(link) is (EVALUATE if link.has_pending else None)


def test_who_is_disabled_by_the_mapping_alone_is_disabled() -> None:
    assert classify(person(accountEnabled=True), OTHER, in_scope=True, enables=False) is DISABLE
    assert classify(person(accountEnabled=False), OTHER, in_scope=True, enables=True) is UPDATE
