"""What an operator declares: which people of which tenant appear in which other one, how, how often and how safely.

Nothing here does I/O, knows the time, logs or reads the environment: a document comes in as text, a value or every
problem of the text comes out. `shared.configuration.document` is not imported here, because the validator it needs
takes a tenth of a second to load and most of the engine never validates anything.
"""

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    FlowType,
    ObjectMapping,
)
from shared.configuration.configuration import (
    Adoption,
    Cloud,
    Configuration,
    Departures,
    DriftPolicy,
    DriftRules,
    Guard,
    Guards,
    Notifications,
    Removal,
    RemovalAction,
    Scope,
    ScopeKind,
    SourceTenant,
    TargetTenant,
)
from shared.configuration.problems import ConfigurationError, Problem

__all__ = [
    "Adoption",
    "AttributeMapping",
    "Cloud",
    "Configuration",
    "ConfigurationError",
    "ConstantSource",
    "Departures",
    "DirectSource",
    "DriftPolicy",
    "DriftRules",
    "FlowType",
    "Guard",
    "Guards",
    "Notifications",
    "ObjectMapping",
    "Problem",
    "Removal",
    "RemovalAction",
    "Scope",
    "ScopeKind",
    "SourceTenant",
    "TargetTenant",
]
