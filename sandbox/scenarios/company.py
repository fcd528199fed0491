"""How does an invented company look before it meets its partner? A mill with people everywhere, and a trading house."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from sandbox.scenarios.managers import with_managers
from sandbox.scenarios.odd_people import SOURCE_HOST, TARGET_HOST, Oddity, odd_people, own_employee
from sandbox.scenarios.people import Document, People, guest
from sandbox.scenarios.scenario import Plan, Scenario, configuration_document, partner_document
from sandbox.world import RawDocuments, TenantDocument, World

SOURCE_DOMAINS = ("lindenhof.example", "lindenhof-weavers.example")
DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"


@dataclass(kw_only=True)
class Company:
    """The parts of a scenario while it is made; ids come from the seed alone."""

    plan: Plan
    people: People = field(init=False)
    source_id: str = field(init=False)
    target_id: str = field(init=False)
    service_principal_id: str = field(init=False)
    oddities: list[Oddity] = field(init=False)

    def __post_init__(self) -> None:
        seed = f"company {self.plan.seed}"
        self.people = People(seed=seed, company="Lindenhof Mills", domains=SOURCE_DOMAINS)
        self.source_id, self.target_id, self.service_principal_id = (self.people.new_id() for _ in range(3))
        self.oddities = odd_people(self.people, self.plan.users)

    @property
    def odd_ids(self) -> list[str]:
        return [person["id"] for oddity in self.oddities for person in oddity.people]

    def users(self) -> RawDocuments:
        """Exactly as many internal members as planned, the odd ones first, then guests; packed, for there may be
        100,000."""
        users = with_managers(self._users(), self.people.seed)
        return RawDocuments([msgspec.Raw(msgspec.json.encode(each)) for each in users])

    def _users(self) -> Iterator[Document]:
        odd = [person for oddity in self.oddities for person in oddity.people]
        yield from odd
        for _ in range(self.plan.users - len(odd)):
            yield self.people.person()
        for number in range(max(2, self.plan.users // 25)):
            yield guest(self.people, f"advisor{number}@consultants.example", SOURCE_HOST)

    def world(self, groups: Sequence[Document], assignments: Sequence[Document], users: RawDocuments) -> World:
        """Both tenants; users are those of the source."""
        source = TenantDocument(
            id=self.source_id,
            display_name="Lindenhof Mills",
            initial_domain=SOURCE_HOST,
            verified_domains=(*SOURCE_DOMAINS, SOURCE_HOST),
            users=users,
            groups=tuple(groups),
            service_principals=(self._service_principal(),),
            app_role_assignments=tuple(assignments),
            partners=(partner_document(self.target_id, "Marisol Trading"),),
        )
        return World(tenants=(source, self._target()))

    def _target(self) -> TenantDocument:
        employees = [own_employee(self.people) for _ in range(max(3, self.plan.users // 20))]
        strangers = [guest(self.people, f"stranger{number}@elsewhere.example", TARGET_HOST) for number in range(3)]
        known = [user for oddity in self.oddities for user in oddity.target_users]
        return TenantDocument(
            id=self.target_id,
            display_name="Marisol Trading",
            initial_domain=TARGET_HOST,
            verified_domains=("marisol.example", TARGET_HOST),
            users=(*known, *employees, *strangers),
            deleted_items=tuple(user for oddity in self.oddities for user in oddity.target_deleted),
            role_assignments=tuple(
                {"principalId": holder, "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10"}
                for oddity in self.oddities
                for holder in oddity.role_holders
            ),
            partners=(partner_document(self.source_id, "Lindenhof Mills"),),
        )

    def _service_principal(self) -> Document:
        return {
            "id": self.service_principal_id,
            "appId": "5d2f1a8c-7b43-4c1e-9d0a-3f6b8e2c4a17",
            "displayName": "Marisol synchronization",
        }

    def scenario(self, name: str, world: World, **changes: object) -> Scenario:
        document = configuration_document(
            source_id=self.source_id,
            target_id=self.target_id,
            service_principal_id=self.service_principal_id,
            **{"id": "lindenhof-to-marisol", "displayName": "Lindenhof Mills to Marisol Trading", **changes},
        )
        return Scenario(name=name, seed=self.plan.seed, world=world, configurations=(document,))


def company(plan: Plan) -> Scenario:
    """Everybody of the company is in scope; guests who are there already are adopted by rule."""
    made = Company(plan=plan)
    users = made.users()
    groups = nested_groups(made.people, [each["id"] for each in users[:2000]])
    assignments = [assignment(made.people, groups[0]["id"], "Group")]
    return made.scenario("company", made.world(groups, assignments, users))


def review(plan: Plan) -> Scenario:
    """A small company, and guests who are there already wait for an approval."""
    made = Company(plan=Plan(users=min(plan.users, 25), seed=plan.seed))
    return made.scenario("review", made.world((), (), made.users()), adoption="review")


def assigned(plan: Plan) -> Scenario:
    """Only people who are assigned to the enterprise application, by themselves or as a direct member of a group."""
    made = Company(plan=plan)
    users = made.users()
    ids = [each["id"] for each in users]
    odd_count = len(made.odd_ids)
    rest = ids[odd_count:]
    groups = nested_groups(made.people, rest[::2])
    for number, person_id in enumerate(ids[:odd_count]):
        groups[number % 2]["members"].append(member(person_id))
    assignments = [
        *(assignment(made.people, group["id"], "Group") for group in groups[:2]),
        *(assignment(made.people, person_id, "User") for person_id in rest[1::8]),
    ]
    return made.scenario("assigned", made.world(groups, assignments, users), scope={"kind": "assigned"})


def nested_groups(people: People, member_ids: Sequence[str]) -> list[Document]:
    """Three groups: the second holds the third, whose members are not direct members of any other."""
    share = max(1, len(member_ids) // 3)
    inner = _group(people, "Apprentices 見習い", member_ids[2 * share :])
    nesting = _group(people, 'Weavers\' "guild"', member_ids[share : 2 * share])
    nesting["members"].append({"@odata.type": "#microsoft.graph.group", "id": inner["id"]})
    return [_group(people, "Everybody & more", member_ids[:share]), nesting, inner]


def assignment(people: People, principal_id: str, principal_type: str) -> Document:
    return {
        "id": people.new_id(),
        "principalId": principal_id,
        "principalType": principal_type,
        "appRoleId": DEFAULT_ACCESS,
    }


def _group(people: People, name: str, member_ids: Sequence[str]) -> Document:
    return {
        "id": people.new_id(),
        "displayName": name,
        "securityEnabled": True,
        "mailEnabled": False,
        "mailNickname": f"group{people.chance.randrange(10**6)}",
        "members": [member(member_id) for member_id in member_ids],
    }


def member(person_id: str) -> Document:
    return {"@odata.type": "#microsoft.graph.user", "id": person_id}
