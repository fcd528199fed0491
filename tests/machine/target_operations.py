"""What do administrators of the target do by hand?"""

from hypothesis import strategies as st

from sandbox.tenants.people import Presence
from tests.engine.small_world import SOURCE, Document, employee
from tests.machine.base import NUMBER, Machine, pick
from tests.machine.objects import Origin, TargetObject
from tests.machine.operations import operation

MOST_FOREIGN = 8


class TargetOperations(Machine):
    """Objects come and go that are none of the engine's business, and some that are."""

    def _foreign(self) -> int:
        return sum(each.live and each.origin is not Origin.OURS for each in self.host.oracle.objects)

    def _free_address(self, number: int) -> str:
        """An address of the source that nobody of the target holds, or one of nobody."""
        people = self.host.truth.target.people
        mails = [str(mail) for person in self.people if (mail := person.document.get("mail"))]
        free = [mail for mail in mails if not people.holders(mail) and not people.deleted_holders(mail)]
        self.born += 1
        return pick([*free, f"by.hand{self.born}@elsewhere.example"], number)

    @operation(number=NUMBER, hides=st.booleans())
    def create_an_internal_user(self, number: int, hides: bool) -> bool:
        """Sometimes one who holds the address of somebody in the source among their own."""
        if self._foreign() >= MOST_FOREIGN:
            return False
        self.born += 1
        user: Document = employee(f"employee{self.born}")
        if hides:
            user["proxyAddresses"] = [*user["proxyAddresses"], f"smtp:{self._free_address(number)}"]
        self.change_target({"op": "createUser", "user": user})
        return True

    create_another_internal_user = create_an_internal_user

    @operation(number=NUMBER, created=st.sampled_from((None, None, "2019-01-01T00:00:00Z")))
    def invite_by_hand(self, number: int, created: str | None) -> bool:
        if self._foreign() >= MOST_FOREIGN:
            return False
        values = {} if created is None else {"createdDateTime": created}
        self.change_target({"op": "createGuest", "mail": self._free_address(number), "set": values})
        return True

    def _objects(self, presence: Presence, *, ours: bool | None = None) -> list[TargetObject]:
        found = [each for each in self.host.oracle.objects if each.presence is presence]
        return [each for each in found if ours is None or bool(each.possible_owners) is ours]

    def _act(self, op: str, found: list[TargetObject], number: int) -> bool:
        if not found:
            return False
        self.change_target({"op": op, "id": pick(found, number).id})
        return True

    def _let_somebody_be_deleted(self, number: int) -> None:
        if not self._objects(Presence.DELETED):
            self._act("deleteUser", self._objects(Presence.ACTIVE), number)

    @operation(number=NUMBER)
    def delete_one_of_ours(self, number: int) -> bool:
        return self._act("deleteUser", self._objects(Presence.ACTIVE, ours=True), number)

    delete_another_of_ours = delete_one_of_ours

    @operation(number=NUMBER)
    def delete_a_stranger(self, number: int) -> bool:
        return self._act("deleteUser", self._objects(Presence.ACTIVE, ours=False), number)

    @operation(number=NUMBER)
    def restore_a_deleted_object(self, number: int) -> bool:
        self._let_somebody_be_deleted(number)
        people = self.host.truth.target.people
        free = [
            each
            for each in self._objects(Presence.DELETED)
            if not any(people.holders(address) for address in each.addresses)
            and not people.find_by_name(each.document.get("userPrincipalName") or "")
        ]
        return self._act("restoreUser", free, number)

    @operation(number=NUMBER)
    def purge_a_deleted_object(self, number: int) -> bool:
        self._let_somebody_be_deleted(number)
        return self._act("purgeUser", self._objects(Presence.DELETED), number)

    @operation(allowed=st.booleans())
    def the_policy_forbids_or_allows(self, allowed: bool) -> None:
        self.set_policy(allowed=allowed)

    @operation(blocked=st.booleans())
    def graph_blocks_invitations_or_lifts_it(self, blocked: bool) -> None:
        self.block_invitations(blocked=blocked)

    def block_invitations(self, *, blocked: bool) -> None:
        self.change_target({"op": "blockInvitations", "blocked": blocked})

    def set_policy(self, *, allowed: bool) -> None:
        inbound = {"userSyncInbound": {"isSyncAllowed": allowed}}
        self.change_target({"op": "setPartner", "tenantId": SOURCE, "set": {"identitySynchronization": inbound}})
