"""Who is who in the tests of one pass: a person of the source, an object of the target, and the link between them."""

from datetime import UTC, datetime

from shared.configuration.attribute_mapping import AttributeMapping, ObjectMapping
from shared.configuration.configuration import Adoption, Removal, RemovalAction
from shared.configuration.templates import default_schema
from shared.configuration.user_mapping import UserMapping, mapping_of
from shared.expressions import Environment
from shared.provisioning.attribute_flow import Flow, compiled_flow
from shared.provisioning.change_planning import Rules
from shared.provisioning.entry import Attributes, AttributeValue, SourceEntry, TargetObject
from shared.provisioning.link import Link, LinkOrigin, LinkState

DEFAULT = mapping_of(default_schema(), entra=False)
MAPPING = DEFAULT.mapping
FLOW = compiled_flow(DEFAULT)
VERIFIED = frozenset({"contoso.example", "contoso.onmicrosoft.com"})
MAIL = "ada@contoso.example"
BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
HIRED = datetime(2025, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 5, tzinfo=UTC)
ENVIRONMENT = Environment(now=NOW, random=lambda below: below - 1, new_guid=lambda: "a guid", exists=lambda _: False)

_PERSON: Attributes = {
    "userPrincipalName": MAIL,
    "mail": MAIL,
    "mailNickname": "ada",
    "displayName": "Ada Lovelace",
    "givenName": "Ada",
    "jobTitle": "Analyst",
    "businessPhones": ("+44 20 1",),
    "usageLocation": "GB",
    "accountEnabled": True,
    "userType": "Member",
    "createdDateTime": "2025-06-01T00:00:00Z",
}

_GUEST: Attributes = {
    "userPrincipalName": "ada_contoso.example#EXT#@fabrikam.onmicrosoft.com",
    "mail": MAIL,
    "userType": "Guest",
    "creationType": "Invitation",
}


def person(**changes: AttributeValue) -> SourceEntry:
    """An enabled internal member of the source."""
    return SourceEntry(id="s-ada", attributes={**_PERSON, **changes})


def provisioned(
    source: SourceEntry, *, deleted: bool = False, deleted_at: datetime | None = None, **changes: AttributeValue
) -> TargetObject:
    """The linked object, with the values that flow from this person."""
    attributes = {**_GUEST, **FLOW.evaluate(source, creating=True).values, **changes}
    return TargetObject(id="t-ada", attributes=attributes, created=HIRED, deleted=deleted, deleted_at=deleted_at)


def holder(
    object_id: str = "t-other",
    *,
    created: datetime | None = HIRED,
    deleted: bool = False,
    **changes: AttributeValue,
) -> TargetObject:
    """A guest whom somebody else invited by Ada's address."""
    return TargetObject(id=object_id, attributes={**_GUEST, **changes}, created=created, deleted=deleted)


def link(
    *,
    origin: LinkOrigin = LinkOrigin.CREATED,
    state: LinkState = LinkState.ACTIVE,
    source_id: str = "s-ada",
    target_id: str = "t-ada",
    mail: str = MAIL,
    manager_target: str = "",
) -> Link:
    """The link between Ada and the object that stands for her."""
    return Link(
        source_id=source_id,
        target_id=target_id,
        origin=origin,
        state=state,
        digest=FLOW.digest(person()),
        enabled=True,
        mail=mail,
        changed=HIRED,
        manager_target=manager_target,
    )


def rules(
    *, adoption: Adoption = Adoption.AUTOMATIC, removal: RemovalAction = RemovalAction.DELETE, after_days: int = 0
) -> Rules:
    leaving = Removal(action=removal, after_days=after_days)
    return Rules(flow=FLOW, environment=ENVIRONMENT, adoption=adoption, removal=leaving, verified_domains=VERIFIED)


def flow_of(*mappings: AttributeMapping, entra: bool = False) -> Flow:
    """The compiled flow of these mappings, which nothing restricts."""
    mapping = ObjectMapping(source_object_name="User", target_object_name="User", attribute_mappings=mappings)
    return compiled_flow(UserMapping(mapping=mapping, source=DEFAULT.source, entra=entra))


def employee(object_id: str = "t-other", *, deleted: bool = False) -> TargetObject:
    """An internal user of the target who holds Ada's address."""
    return holder(object_id, deleted=deleted, creationType=None, userPrincipalName="ada@fabrikam.example")
