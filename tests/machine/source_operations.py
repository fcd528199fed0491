"""What happens to people in the source?"""

from hypothesis import strategies as st

from tests.engine.small_world import id_of, mail_of
from tests.machine.base import MOST_PEOPLE, NUMBER, Machine, pick
from tests.machine.operations import operation
from tests.machine.town import GROUPS, citizen, visitor

CITIES = ("Gera", "Jena", "Weimar")
CAN_BE_LOST = ("city", "department", "jobTitle", "mail", "displayName", "usageLocation", "businessPhones")


class LifeOperations(Machine):
    """People come, change and go."""

    @operation()
    def join(self) -> None:
        self.let_join(citizen(self.newborn()))

    @operation(number=NUMBER)
    def join_with_the_address_of_another(self, number: int) -> None:
        mail = pick(self.people, number).document.get("mail") or mail_of("ada")
        self.let_join(citizen(self.newborn(), mail=mail))

    @operation()
    def an_external_user_comes(self) -> bool:
        """The first of all operations: whole worlds do nothing else, and are not to count."""
        if len(self.people) >= MOST_PEOPLE:
            return False
        self.let_join(visitor(self.newborn()))
        return True

    @operation(number=NUMBER)
    def rehire_under_a_new_id(self, number: int) -> None:
        """Somebody who left is back as another object with the same address."""
        self.let_somebody_be_gone(number)
        self.let_join(citizen(self.newborn(), mail=pick(self.gone, number).document.get("mail")))

    @operation(number=NUMBER, city=st.sampled_from(CITIES), department=st.sampled_from(("Weaving", "Dyeing")))
    def move(self, number: int, city: str, department: str) -> None:
        self.update(number, city=city, department=department)

    @operation(number=NUMBER, domain=st.sampled_from(("lindenhof.example",) * 5 + ("elsewhere.example",)))
    def marry(self, number: int, domain: str) -> None:
        name = self.newborn()
        self.update(number, mail=f"{name}@{domain}", surname=name)

    @operation(number=NUMBER, other=NUMBER)
    def take_the_address_of_another(self, number: int, other: int) -> bool:
        mail = pick([*self.people, *self.gone], other).document.get("mail")
        if not mail:
            return False
        self.update(number, mail=mail)
        return True

    @operation(number=NUMBER, name=st.sampled_from(CAN_BE_LOST))
    def lose_an_attribute(self, number: int, name: str) -> None:
        self.update(number, **{name: [] if name == "businessPhones" else None})

    lose_another_attribute = lose_an_attribute

    @operation(number=NUMBER, enabled=st.booleans())
    def enable_or_disable(self, number: int, enabled: bool) -> None:
        self.update(number, accountEnabled=enabled)

    @operation(number=NUMBER, kind=st.sampled_from(("Guest", "Member")))
    def become_guest_or_member(self, number: int, kind: str) -> None:
        self.update(number, userType=kind)

    @operation(number=NUMBER)
    def leave(self, number: int) -> None:
        self.let_leave(number)

    @operation(number=NUMBER, count=st.integers(2, 4))
    def leave_in_a_crowd(self, number: int, count: int) -> None:
        for _ in range(count):
            self.let_leave(number)

    @operation(number=NUMBER)
    def come_back(self, number: int) -> None:
        self.let_somebody_be_gone(number)
        self.change({"op": "restoreUser", "id": pick(self.gone, number).id})

    @operation(number=NUMBER)
    def be_purged(self, number: int) -> None:
        self.let_somebody_be_gone(number)
        self.change({"op": "purgeUser", "id": pick(self.gone, number).id})


class ScopeOperations(Machine):
    """People are assigned and unassigned, and join and quit groups."""

    @operation(number=NUMBER, group=st.none() | st.sampled_from(GROUPS))
    def assign(self, number: int, group: str | None) -> None:
        self.change({"op": "assign", "principalId": self._principal(number, group)})

    @operation(number=NUMBER, group=st.none() | st.sampled_from(GROUPS))
    def unassign(self, number: int, group: str | None) -> None:
        self.change({"op": "unassign", "principalId": self._principal(number, group)})

    @operation(number=NUMBER, group=st.sampled_from(GROUPS))
    def join_a_group(self, number: int, group: str) -> None:
        self.change({"op": "addMember", "groupId": id_of(group), "memberId": pick(self.people, number).id})

    join_another_group = join_a_group

    @operation(number=NUMBER, group=st.sampled_from(GROUPS))
    def quit_a_group(self, number: int, group: str) -> None:
        found = self.host.truth.source.groups.find(id_of(group))
        members = [] if found is None else [member for _, member in found.members() if member != id_of("dyers")]
        if not members:
            members = [pick(self.people, number).id]
            self.change({"op": "addMember", "groupId": id_of(group), "memberId": members[0]})
        self.change({"op": "removeMember", "groupId": id_of(group), "memberId": pick(members, number)})

    def _principal(self, number: int, group: str | None) -> str:
        return pick(self.people, number).id if group is None else id_of(group)
