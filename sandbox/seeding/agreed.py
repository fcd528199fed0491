"""Who is in two tenants that agree? Everybody of the source has an object in the target, as the engine leaves it."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from sandbox.judge import History, Pair
from sandbox.scenarios.managers import with_managers
from sandbox.scenarios.odd_people import SOURCE_HOST, TARGET_HOST, own_employee
from sandbox.scenarios.people import Document, People, guest
from sandbox.scenarios.scenario import Plan, Scenario, configuration_document, partner_document
from sandbox.seeding.objects import ObjectsOfPeople
from sandbox.world import MadeDocuments, TenantDocument, World
from shared.configuration.document import parse

SOURCE_DOMAINS = ("lindenhof.example", "lindenhof-weavers.example")
BYSTANDERS = 3
"""Guests in the source, and people of the target's own: nobody may touch them."""


@dataclass(kw_only=True)
class AgreedWorld:
    """Two tenants and the configuration between them; everything comes from the plan's seed."""

    plan: Plan
    source_id: str = field(init=False)
    target_id: str = field(init=False)
    service_principal_id: str = field(init=False)
    document: Document = field(init=False)
    managed: bool = True
    """Most people have a manager."""
    now: datetime = datetime(2026, 1, 5, tzinfo=UTC)
    """When the objects of the target were made."""

    def __post_init__(self) -> None:
        names = People(seed=f"agreed {self.plan.seed}", company="", domains=SOURCE_DOMAINS)
        self.source_id, self.target_id, self.service_principal_id = (names.new_id() for _ in range(3))
        self.document = configuration_document(
            source_id=self.source_id,
            target_id=self.target_id,
            service_principal_id=self.service_principal_id,
            id="lindenhof-to-marisol",
            displayName="Lindenhof Mills to Marisol Trading",
        )

    @property
    def users(self) -> MadeDocuments:
        """The source's users: the people, then guests, who are out of scope."""
        return MadeDocuments(self._users, self.plan.users + BYSTANDERS)

    @property
    def people(self) -> MadeDocuments:
        """Those of them who are in scope: enabled members with an address of their own."""
        return MadeDocuments(lambda: islice(self._users(), self.plan.users), self.plan.users)

    @property
    def objects(self) -> MadeDocuments:
        """The target's users: the object of each person, then people of its own."""
        return MadeDocuments(self._objects, self.plan.users + BYSTANDERS)

    def object_id(self, source_id: str) -> str:
        """The object of a person; it needs no table to be found."""
        digest = hashlib.blake2b(source_id.encode(), key=self.target_id.encode(), digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))

    def history(self) -> History:
        """What a judge would know of the cycles that have made the objects."""
        ids = (person["id"] for person in self.people)
        return History(pairs={id_: Pair(source_id=id_, target_id=self.object_id(id_), adopted=False) for id_ in ids})

    def scenario(self, *, provisioned: bool = True) -> Scenario:
        """The world; without `provisioned` the objects are missing, and cycles have to make them."""
        world = World(tenants=(self._source(), self._target(self.objects if provisioned else self._own())))
        return Scenario(name="agreed", seed=self.plan.seed, world=world, configurations=(self.document,))

    def _users(self) -> Iterator[Document]:
        people = People(seed=f"people {self.plan.seed}", company="Lindenhof Mills", domains=SOURCE_DOMAINS)
        members = (people.person(accountEnabled=True) for _ in range(self.plan.users))
        yield from with_managers(members, people.seed) if self.managed else members
        for number in range(BYSTANDERS):
            yield guest(people, f"advisor{number}@consultants.example", SOURCE_HOST)

    def _objects(self) -> Iterator[Document]:
        mapped = ObjectsOfPeople(parse(self.document), TARGET_HOST, self.object_id, self.now)
        yield from mapped.objects(self.people)
        yield from self._own()

    def _own(self) -> list[Document]:
        people = People(seed=f"employees {self.plan.seed}", company="Marisol", domains=SOURCE_DOMAINS)
        return [own_employee(people) for _ in range(BYSTANDERS)]

    def _source(self) -> TenantDocument:
        return TenantDocument(
            id=self.source_id,
            display_name="Lindenhof Mills",
            initial_domain=SOURCE_HOST,
            verified_domains=(*SOURCE_DOMAINS, SOURCE_HOST),
            users=self.users,
            service_principals=({"id": self.service_principal_id, "displayName": "Marisol synchronization"},),
            partners=(partner_document(self.target_id, "Marisol Trading"),),
        )

    def _target(self, users: Sequence[Document]) -> TenantDocument:
        return TenantDocument(
            id=self.target_id,
            display_name="Marisol Trading",
            initial_domain=TARGET_HOST,
            verified_domains=("marisol.example", TARGET_HOST),
            users=users,
            partners=(partner_document(self.source_id, "Lindenhof Mills"),),
        )
