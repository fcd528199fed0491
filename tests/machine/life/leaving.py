"""How does somebody of the source go, and come back? In the ways that the deprovisioning matrix has a row for."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from tests.engine.small_world import APPLICATION, id_of
from tests.machine.base import NUMBER, pick
from tests.machine.life.options import REMOVALS
from tests.machine.life.settling import LifeSettling
from tests.machine.operations import operation
from tests.machine.town import GROUPS, citizen

DISABLE, UNASSIGN, BE_A_GUEST, WAIT = "disable", "unassign", "become a guest", "wait"
DELETE, PURGE, RESTORE = "delete", "purge", "restore"

AT_ONCE, LATER, ONLY_DISABLED, LEFT_ALONE = "deleted", "deleted later", "disabled", "left alone"

#: What one person does after the other, each read and worked off before the next; and by which rule for whoever leaves.
WAYS: Sequence[tuple[str, Sequence[str]]] = (
    (AT_ONCE, (DISABLE, UNASSIGN)),
    (AT_ONCE, (UNASSIGN, DELETE)),
    (AT_ONCE, (DELETE, RESTORE)),
    (AT_ONCE, (DISABLE, PURGE)),
    (AT_ONCE, (BE_A_GUEST,)),
    (LATER, (DELETE, WAIT)),
    (LATER, (DELETE, RESTORE)),
    (ONLY_DISABLED, (DELETE, RESTORE, DELETE)),
    (LEFT_ALONE, (UNASSIGN, DELETE)),
    (AT_ONCE, (DISABLE, UNASSIGN)),
    (AT_ONCE, (UNASSIGN, DELETE)),
    (AT_ONCE, (UNASSIGN, DELETE)),
    (AT_ONCE, (DISABLE, PURGE)),
    (LATER, (DELETE, WAIT)),
)


class Leaving(LifeSettling):
    """Somebody goes step by step."""

    @operation(number=NUMBER, way=st.sampled_from(WAYS))
    def somebody_goes(self, number: int, way: tuple[str, Sequence[str]]) -> bool:
        there = [source_id for source_id in self._staying() if self._is_there(source_id)]
        if there:
            source_id, (rule, steps) = pick(there, number), way
            self.configure(removal=REMOVALS[rule])
            if UNASSIGN in steps:
                self._let_people_be_assigned()
            for step in steps:
                self._go(source_id, step)
                self.have_read()
        return bool(there)

    somebody_else_goes = somebody_goes

    @operation()
    def somebody_joins_who_is_disabled(self) -> None:
        self.let_join(citizen(self.newborn(), accountEnabled=False))

    def _let_people_be_assigned(self) -> None:
        """Where everybody is in scope, nobody can be unassigned: assign them, and say so."""
        if self.settings["scope"]["kind"] == "all":
            for each in self.people:
                self.change({"op": "assign", "principalId": each.id})
            self.configure(scope={**self.settings["scope"], "kind": "assigned"})

    def _is_there(self, source_id: str) -> bool:
        return any(each.live for each in self.host.oracle.objects.of(source_id))

    def _go(self, source_id: str, step: str) -> None:
        people = self.host.truth.source.people
        if step == WAIT:
            self.host.pass_time(timedelta(days=4))
        elif step == RESTORE and people.find_deleted(source_id):
            self.change({"op": "restoreUser", "id": source_id})
        elif step == UNASSIGN:
            self._unassign(source_id)
        elif people.find(source_id):
            self._change(source_id, step)

    def _change(self, source_id: str, step: str) -> None:
        if step in {DELETE, PURGE}:
            self.let_go(source_id)
            if step == PURGE:
                self.change({"op": "purgeUser", "id": source_id})
        else:
            values = {"accountEnabled": False} if step == DISABLE else {"userType": "Guest"}
            self.change({"op": "updateUser", "id": source_id, "set": values})

    def _unassign(self, source_id: str) -> None:
        """Out of everything that is assigned."""
        source = self.host.truth.source
        groups = [group.id for group in source.groups.of(source_id) if group.id in {id_of(name) for name in GROUPS}]
        direct = {each.principal_id for each in source.assignments.to(APPLICATION)}
        for group in groups:
            self.change({"op": "removeMember", "groupId": group, "memberId": source_id})
        if source_id in direct:
            self.change({"op": "unassign", "principalId": source_id})
