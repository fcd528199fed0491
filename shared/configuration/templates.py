"""Which schema applies to a configuration that brings none of its own?"""

from dataclasses import replace

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    FlowType,
    MetadataEntry,
    ObjectMapping,
)
from shared.configuration.directory_schema import MANAGER, USER_ATTRIBUTES, UserAttribute, is_nullable
from shared.configuration.scoping_filter import ScopingFilter
from shared.configuration.synchronization_schema import (
    AttributeDefinition,
    DirectoryDefinition,
    ObjectDefinition,
    ReferencedObject,
    SynchronizationRule,
    SynchronizationSchema,
)

# The name of the user rule in Entra's template for tenants. There a rule's id is a GUID of its own; ours is its name:
# https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure-graph
DEFAULT_RULE_ID = "USER_INBOUND_USER"

TEMPLATE_ID = "Azure2Azure"
SOURCE_DIRECTORY = "Microsoft Entra ID"
TARGET_DIRECTORY = "Microsoft Entra ID (target tenant)"
USER = "User"

_DIRECT = (
    "accountEnabled",
    "displayName",
    "givenName",
    "surname",
    "mailNickname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "officeLocation",
    "mobilePhone",
    "businessPhones",
    "preferredLanguage",
    "usageLocation",
)


_TARGET_MANAGER = AttributeDefinition(
    name=MANAGER, type="Reference", referenced_objects=(ReferencedObject(referenced_object_name=USER),)
)
_SOURCE_MANAGER = replace(_TARGET_MANAGER, mutability="ReadOnly", flow_null_values=True)


def default_user_mapping() -> ObjectMapping:
    """Map people as Entra's template does, in Graph's names; what Graph does not let be written is left out.

    Unlike Entra's, it clears what the source has no value for, as far as Graph lets it be empty.
    """
    return ObjectMapping(
        name="Provision Microsoft Entra ID Users",
        source_object_name=USER,
        target_object_name=USER,
        scope=ScopingFilter(),
        attribute_mappings=(
            # Entra matches on an identifier that Graph does not show, so people are matched by their address.
            AttributeMapping(target_attribute="mail", source=DirectSource(name="mail"), matching_priority=1),
            *map(_direct, _DIRECT),
            # in Entra's template since January 2024; unlike there it is removed with the source's
            AttributeMapping(target_attribute=MANAGER, source=DirectSource(name=MANAGER), flow_null_values=True),
            AttributeMapping(target_attribute="showInAddressList", source=ConstantSource(value="true")),
            # Guests that were there before keep their type, as in Entra's template.
            AttributeMapping(
                target_attribute="userType",
                source=ConstantSource(value="Member"),
                flow_type=FlowType.OBJECT_ADD_ONLY,
            ),
        ),
    )


def default_schema() -> SynchronizationSchema:
    """Return the schema of a configuration without one: the default mapping, and the users of both directories."""
    rule = SynchronizationRule(
        id=DEFAULT_RULE_ID,
        name=DEFAULT_RULE_ID,
        priority=1,
        source_directory_name=SOURCE_DIRECTORY,
        target_directory_name=TARGET_DIRECTORY,
        object_mappings=(default_user_mapping(),),
        metadata=(MetadataEntry(key="supportsProvisionOnDemand", value="True"),),
    )
    source = (*map(_source_definition, USER_ATTRIBUTES.values()), _SOURCE_MANAGER)
    target = (*(_target_definition(each) for each in USER_ATTRIBUTES.values() if each.writable), _TARGET_MANAGER)
    return SynchronizationSchema(
        id=TEMPLATE_ID,
        version="v1",
        synchronization_rules=(rule,),
        directories=(
            _directory("source", SOURCE_DIRECTORY, source, read_only=True),
            _directory("target", TARGET_DIRECTORY, target, read_only=False),
        ),
    )


def _direct(name: str) -> AttributeMapping:
    return AttributeMapping(target_attribute=name, source=DirectSource(name=name), flow_null_values=is_nullable(name))


def _directory(
    id_: str, name: str, attributes: tuple[AttributeDefinition, ...], *, read_only: bool
) -> DirectoryDefinition:
    objects = (ObjectDefinition(name=USER, attributes=attributes),)
    return DirectoryDefinition(id=id_, name=name, read_only=read_only, objects=objects)


def _source_definition(attribute: UserAttribute) -> AttributeDefinition:
    return AttributeDefinition(
        name=attribute.name,
        type=attribute.type,
        anchor=attribute.name == "id",
        case_exact=attribute.case_exact,
        multivalued=attribute.multivalued,
        mutability="ReadOnly",
        flow_null_values=True,
    )


def _target_definition(attribute: UserAttribute) -> AttributeDefinition:
    return AttributeDefinition(
        name=attribute.name,
        type=attribute.type,
        case_exact=attribute.case_exact,
        multivalued=attribute.multivalued,
        required=attribute.name in {"mail", "displayName"},
    )
