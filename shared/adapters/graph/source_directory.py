"""What does the source tenant say of its people? Only absence that a control proves is called absence."""

from collections.abc import Collection, Mapping, Sequence

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, optional_text, record, records, selected, text
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.delta_query import groups_page, source_entry, users_page
from shared.adapters.graph.errors import is_missing
from shared.adapters.graph.organization import Organization, is_tenant
from shared.adapters.graph.people_search import search_people
from shared.adapters.graph.reading import Answers, Control, read_batches
from shared.configuration.configuration import SourceTenant
from shared.configuration.directory_schema import MANAGER
from shared.orchestration.ports import (
    Assignment,
    AssignmentsPage,
    Candidates,
    Examination,
    ExtensionProperty,
    GroupsPage,
    Presence,
    PrincipalType,
    UnexpectedAnswer,
    UsersPage,
)
from shared.provisioning.entry import SourceEntry

#: https://learn.microsoft.com/graph/api/resources/extensionproperty#properties
_EXTENSION_TYPES = {"Boolean": "Boolean", "DateTime": "DateTime", "Integer": "Integer", "LargeInteger": "Integer"}
_SCOPE_PARTS = ("assignments", "memberships")
_NESTED = "nested"
# One would do; a few, because known people leave too.
_KNOWN_USERS = 3


class GraphSourceDirectory:
    """The source tenant of a configuration, read only."""

    def __init__(
        self,
        client: GraphClient,
        organization: Organization,
        tenant: SourceTenant,
        select: Sequence[str],
        *,
        nested: bool = False,
    ) -> None:
        self._client = client
        self._organization = organization
        self._tenant = tenant
        self._select = tuple(select)
        self._scope_parts = (*_SCOPE_PARTS, _NESTED) if nested else _SCOPE_PARTS

    async def users_page(self, link: str) -> UsersPage:
        return await users_page(self._client, link, self._select)

    async def groups_page(self, group_ids: Sequence[str], link: str) -> GroupsPage:
        return await groups_page(self._client, group_ids, link)

    async def assignments_page(self, link: str) -> AssignmentsPage:
        call = self._client.calls.assigned_to(self._tenant.service_principal_id)
        body = record((await self._client.read(self._client.follow(call, link) if link else call)).body)
        next_link = optional_text(body, "@odata.nextLink")
        if next_link:
            self._client.check(next_link)
        return AssignmentsPage(assignments=tuple(map(_assignment, records(body))), next_link=next_link)

    async def examine(
        self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
    ) -> Mapping[str, Examination]:
        ids = tuple(dict.fromkeys(source_ids))
        if not ids:
            return {}
        calls: dict[str, RequestInformation] = {}
        for number, source_id in enumerate(ids):
            calls |= self._parts(number, source_id, scope=scope)
        reading = await read_batches(self._client, calls, self._control(ids, known_users))
        return {
            source_id: self._examination(source_id, _parts_of(number, reading.answers), scope=scope)
            for number, source_id in enumerate(ids)
        }

    async def groups_of(self, group_ids: Collection[str]) -> Mapping[str, frozenset[str] | None]:
        if not group_ids:
            return {}
        calls = {group: self._client.calls.memberships_of_group(group) for group in sorted(group_ids)}
        reading = await read_batches(self._client, calls, self._control((), ()))
        return {group: _groups_in(reading.answers.get(group)) for group in calls}

    async def search(self, text: str, most: int) -> Candidates:
        return await search_people(self._client, text, most)

    async def extension_properties(self) -> Sequence[ExtensionProperty]:
        """Return those of users, and after them those that are synchronized from on-premises.

        https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties
        """
        found: list[ExtensionProperty] = []
        for synced in (False, True):
            answer = await self._client.read(self._client.calls.extension_properties(synced=synced))
            found += [_extension(item) for item in records(answer.body) if "User" in _texts(item, "targetObjects")]
        return found

    async def verified_domains(self) -> frozenset[str]:
        return (await self._organization.domains()).verified

    def _parts(self, number: int, source_id: str, *, scope: bool) -> dict[str, RequestInformation]:
        calls = self._client.calls
        names = [name for name in selected(self._select) if name != MANAGER]
        parts = {f"{number}:user": calls.user(source_id, names, manager=MANAGER in self._select)}
        if scope:
            parts[f"{number}:assignments"] = calls.assignments_of(source_id)
            parts[f"{number}:memberships"] = calls.memberships_of(source_id)
        if scope and _NESTED in self._scope_parts:
            parts[f"{number}:{_NESTED}"] = calls.all_memberships_of(source_id)
        return parts

    def _control(self, examined: Sequence[str], known_users: Sequence[str]) -> Control:
        # somebody who is examined proves nothing about the examination, unless there is nobody else
        others = [user for user in known_users if user not in set(examined)] or list(known_users)
        calls = self._client.calls
        known = {f"known:{user}": calls.user(user, ["id"]) for user in others[:_KNOWN_USERS]}
        anybody = {} if known else {"anybody": calls.any_user(), "anybody deleted": calls.any_deleted_user()}

        def proves(controls: Answers) -> bool:
            organization = controls.get("organization")
            if organization is None or not organization.ok or not _is_source(organization, self._tenant.tenant_id):
                return False
            answers = [controls[key] for key in (known or anybody) if key in controls and controls[key].ok]
            return any(known or _names_somebody(answer) for answer in answers)

        return Control(calls={"organization": calls.organization(), **known, **anybody}, proves=proves)

    def _examination(self, source_id: str, parts: Mapping[str, Answer], *, scope: bool) -> Examination:
        user = parts.get("user")
        if user is not None and is_missing(user):
            return Examination(source_id=source_id, presence=Presence.ABSENT)
        expected = ("user", *self._scope_parts) if scope else ("user",)
        if not all(part in parts and parts[part].ok for part in expected):
            return Examination(source_id=source_id, presence=Presence.UNKNOWN)
        try:
            return self._present(source_id, parts, scope=scope)
        except UnexpectedAnswer:
            return Examination(source_id=source_id, presence=Presence.UNKNOWN)

    def _present(self, source_id: str, parts: Mapping[str, Answer], *, scope: bool) -> Examination:
        entry = self._entry(source_id, parts["user"])
        if not scope:
            return Examination(source_id=source_id, presence=Presence.PRESENT, entry=entry)
        application = self._tenant.service_principal_id.casefold()
        resources = [text(item, "resourceId").casefold() for item in records(parts["assignments"].body)]
        nested = parts.get(_NESTED)
        return Examination(
            source_id=source_id,
            presence=Presence.PRESENT,
            entry=entry,
            assigned=application in resources,
            group_ids=_ids(parts["memberships"]),
            nested_in=None if nested is None else _ids(nested),
        )

    def _entry(self, source_id: str, answer: Answer) -> SourceEntry:
        entry = source_entry(record(answer.body), self._select)
        if entry.id.casefold() != source_id.casefold():
            raise UnexpectedAnswer("Graph answered with another user than the one asked for.")
        return entry


def _parts_of(number: int, answers: Answers) -> dict[str, Answer]:
    keys = {part: f"{number}:{part}" for part in ("user", *_SCOPE_PARTS, _NESTED)}
    return {part: answers[key] for part, key in keys.items() if key in answers}


def _ids(answer: Answer) -> frozenset[str]:
    return frozenset(text(item, "id") for item in records(answer.body))


def _groups_in(answer: Answer | None) -> frozenset[str] | None:
    if answer is not None and is_missing(answer):
        return frozenset()
    try:
        return None if answer is None or not answer.ok else _ids(answer)
    except UnexpectedAnswer:
        return None


def _is_source(organization: Answer, tenant_id: str) -> bool:
    try:
        return is_tenant(organization.body, tenant_id)
    except UnexpectedAnswer:
        return False


def _names_somebody(answer: Answer) -> bool:
    try:
        return bool(records(answer.body))
    except UnexpectedAnswer:
        return False


def _extension(item: Mapping[str, object]) -> ExtensionProperty:
    kind = _EXTENSION_TYPES.get(text(item, "dataType"), "String")
    return ExtensionProperty(name=text(item, "name"), type=kind, multivalued=item.get("isMultiValued") is True)


def _texts(item: Mapping[str, object], name: str) -> list[object]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _assignment(item: Mapping[str, object]) -> Assignment:
    kind = text(item, "principalType")
    try:
        return Assignment(principal_id=text(item, "principalId"), principal_type=PrincipalType(kind))
    except ValueError as error:
        raise UnexpectedAnswer("Graph answered an assignment of an unknown principalType.") from error
