"""How does somebody of the source go, and come back? In the ways that the deprovisioning matrix has a row for."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from tests.engine.small_world import APPLICATION, id_of
from tests.machine.base import NUMBER, pick
from tests.machine.life.settling import LifeSettling
from tests.machine.operations import operation
from tests.machine.town import GROUPS

DISABLE, UNASSIGN, DELETE, PURGE, RESTORE, BE_A_GUEST, WAIT = (
    "disable",
    "unassign",
    "delete",
    "purge",
    "restore",
    "guest",
    "wait",
)

#: What one person does after the other; each is read, and worked off, before the next.
WAYS: Mapping[str, Sequence[str]] = {
    "disabled, and then unassigned": (DISABLE, UNASSIGN),
    "unassigned, and then deleted": (UNASSIGN, DELETE),
    "deleted, and back": (DELETE, RESTORE),
    "disabled, and deleted for good": (DISABLE, PURGE),
    "a guest": (BE_A_GUEST,),
    "deleted, and days pass": (DELETE, WAIT),
    "deleted, back, and deleted": (DELETE, RESTORE, DELETE),
}


class Leaving(LifeSettling):
    """Somebody goes step by step."""

    @operation(number=NUMBER, way=st.sampled_from(sorted(WAYS)))
    def somebody_goes(self, number: int, way: str) -> bool:
        there = [source_id for source_id in self._staying() if self._is_there(source_id)]
        if there:
            source_id = pick(there, number)
            for step in WAYS[way]:
                self._go(source_id, step)
                self.have_read()
        return bool(there)

    somebody_else_goes = somebody_goes

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
