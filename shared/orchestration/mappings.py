"""What does a configuration's mapping come to? It is compiled once for each version, not for each person or slice."""

from dataclasses import dataclass

from shared.configuration.configuration import Configuration
from shared.configuration.user_mapping import user_mapping
from shared.provisioning.attribute_flow import Flow, compiled_flow
from shared.provisioning.scoping_filters import CompiledFilter, compiled_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledMapping:
    """The attribute flow and the scoping filter of one version."""

    flow: Flow
    scope_filter: CompiledFilter


class Mappings:
    """The mappings that this process has compiled, the last version used of each configuration."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[Configuration, CompiledMapping]] = {}

    def of(self, configuration: Configuration) -> CompiledMapping:
        """Return the mapping, compiled anew only where the configuration is another than the last time."""
        known, mapping = self._compiled.get(configuration.id, (None, None))
        if mapping is None or known is not configuration:
            mapping = compiled_mapping(configuration)
            self._compiled[configuration.id] = (configuration, mapping)
        return mapping


def compiled_mapping(configuration: Configuration) -> CompiledMapping:
    users = user_mapping(configuration)
    return CompiledMapping(flow=compiled_flow(users), scope_filter=compiled_filter(users))
