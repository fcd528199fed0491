"""Which mapping applies to a configuration that brings none of its own?"""

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    FlowType,
    ObjectMapping,
)

# The name of the user rule in Entra's template for tenants. There a rule's id is a GUID of its own; ours is its name:
# https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure-graph
DEFAULT_RULE_ID = "USER_INBOUND_USER"

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


def default_user_mapping() -> ObjectMapping:
    """Map people as Entra's template does, in Graph's names; what Graph does not let be written is left out."""
    return ObjectMapping(
        name="Provision Microsoft Entra ID Users",
        source_object_name="User",
        target_object_name="User",
        attribute_mappings=(
            # Entra matches on an identifier that Graph does not show, so people are matched by their address.
            AttributeMapping(target_attribute="mail", source=DirectSource(name="mail"), matching_priority=1),
            *(AttributeMapping(target_attribute=name, source=DirectSource(name=name)) for name in _DIRECT),
            AttributeMapping(target_attribute="showInAddressList", source=ConstantSource(value=True)),
            # Guests that were there before keep their type, as in Entra's template.
            AttributeMapping(
                target_attribute="userType",
                source=ConstantSource(value="Member"),
                flow_type=FlowType.OBJECT_ADD_ONLY,
            ),
        ),
    )
