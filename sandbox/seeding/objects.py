"""What has a person in the target once the engine has invited them and written everything?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from sandbox.scenarios.people import Document
from sandbox.tenants.clock import moment
from sandbox.tenants.invitations import external_name, external_object
from shared.adapters.graph.answer import body_of, selected
from shared.adapters.graph.people_page import decoded_people
from shared.configuration.configuration import Configuration
from shared.configuration.user_mapping import source_attributes
from shared.orchestration.mappings import compiled_mapping
from shared.orchestration.ports import Removed
from shared.provisioning.entry import SourceEntry

_PAGE = 500


class ObjectsOfPeople:
    """People as the engine reads them, and their objects as it leaves them."""

    def __init__(
        self, configuration: Configuration, host: str, object_id: Callable[[str], str], created: datetime
    ) -> None:
        self.flow = compiled_mapping(configuration).flow
        self._select = source_attributes(configuration)
        self._host = host
        self._object_id = object_id
        self._created = moment(created.timestamp())

    def entries(self, people: Iterable[Document]) -> Iterator[SourceEntry]:
        """The people as pages of users delta show them."""
        page: list[Document] = []
        for person in people:
            page.append(self._shown(person))
            if len(page) == _PAGE:
                yield from self._decoded(page)
                page.clear()
        yield from self._decoded(page)

    def objects(self, people: Iterable[Document]) -> Iterator[Document]:
        """The object of each person."""
        for entry in self.entries(people):
            yield self._object(entry)

    def _object(self, entry: SourceEntry) -> Document:
        mail = self.flow.mail(entry) or ""
        invited = external_object(external_name(mail), self._host, mail, None)
        written: dict[str, Any] = body_of(self.flow.evaluate(entry, creating=True).values)
        manager = {"manager": {"id": self._object_id(entry.manager)}} if entry.manager else {}
        identity = {"id": self._object_id(entry.id), "createdDateTime": self._created}
        return {**invited, **written, **manager, **identity}

    def _shown(self, person: Document) -> Document:
        shown = {name: person[name] for name in selected(self._select) if name in person and name != "manager"}
        manager = person.get("manager")
        return {**shown, "id": person["id"], **({"manager@delta": [manager]} if manager else {})}

    def _decoded(self, page: list[Document]) -> Iterator[SourceEntry]:
        for entry in decoded_people(msgspec.json.encode({"value": page}), self._select).entries:
            if isinstance(entry, Removed):
                raise TypeError("Nobody of an agreed world has left.")
            yield entry
