"""What does a source tenant look like that answers otherwise than the simulated one?"""

from shared.configuration.configuration import Configuration
from shared.orchestration.ports import Directories, Mailbox, PolicySight, SourceDirectory, TargetDirectory
from shared.setup.sights import SourceSight, TargetSight


class OddDirectories:
    """The two tenants, of which the source is looked at through `odd`."""

    def __init__(self, directories: Directories) -> None:
        self.calm = directories

    def source(self, configuration: Configuration) -> SourceDirectory:
        return self.odd(self.calm.source(configuration))

    def target(self, configuration: Configuration) -> TargetDirectory:
        return self.calm.target(configuration)

    async def inspect_source(self, configuration: Configuration) -> SourceSight:
        return await self.calm.inspect_source(configuration)

    async def inspect_target(self, configuration: Configuration) -> TargetSight:
        return await self.calm.inspect_target(configuration)

    async def policies(self, configuration: Configuration) -> tuple[PolicySight, PolicySight]:
        return await self.calm.policies(configuration)

    def mailbox(self, configuration: Configuration) -> Mailbox:
        return self.calm.mailbox(configuration)

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        raise NotImplementedError


class Passing:
    """A source tenant that passes on what it is asked."""

    def __init__(self, source: SourceDirectory) -> None:
        self._source = source

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)
