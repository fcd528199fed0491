"""Who is who in the target tenant, and what may be written there?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, Record, attributes, optional_text, record, records, selected, text
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.delta_query import manager_id, objects_page
from shared.adapters.graph.errors import is_missing
from shared.adapters.graph.filters import address_filter, holder_filter, value_filter
from shared.adapters.graph.organization import Organization
from shared.adapters.graph.reading import Answers, Control, Reading, read_batches
from shared.adapters.graph.target_writes import TargetWrites
from shared.adapters.graph.throttling import WriteGate
from shared.configuration.directory_schema import MANAGER
from shared.orchestration.ports import (
    Found,
    LookUp,
    ObjectsPage,
    TargetQuery,
    Throttled,
    UnexpectedAnswer,
    Write,
    WriteResult,
)
from shared.provisioning.entry import TargetObject
from shared.provisioning.matching import parsed_time

# What tells a B2B user from others, how old it is and which addresses it holds.
_PROPERTIES = (
    "userPrincipalName",
    "otherMails",
    "proxyAddresses",
    "creationType",
    "externalUserState",
    "createdDateTime",
)
_POLICY = "policy"
_UNIQUE = "unique"
_MATCH = "match"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetConnection:
    """What all configurations of a target tenant share."""

    client: GraphClient
    organization: Organization
    gate: WriteGate


class GraphTargetDirectory:
    """The target tenant of a configuration; `written` are the attributes that its mapping writes."""

    def __init__(
        self, connection: TargetConnection, writes: TargetWrites, source_tenant_id: str, written: Sequence[str]
    ) -> None:
        self._client = connection.client
        self._organization = connection.organization
        self._gate = connection.gate
        self._writes = writes
        self._source_tenant_id = source_tenant_id
        self._tracked = tuple(dict.fromkeys((*written, "userPrincipalName", "creationType")))
        self._manager = MANAGER in written
        self._properties = tuple(dict.fromkeys(name for name in (*written, *_PROPERTIES) if name != MANAGER))
        self._select = ("id", *selected(self._properties))
        self._select_deleted = (*self._select, "deletedDateTime")

    async def look_up(self, queries: Sequence[TargetQuery]) -> LookUp:
        control = Control(calls={_POLICY: self._client.calls.partner_policy(self._source_tenant_id)})
        reading = await self._read(await self._calls(queries), control)
        answers, controls, date = dict(reading.answers), reading.controls, reading.date
        gone = self._deleted_calls(queries, answers)
        if gone:
            second = await self._read(gone, control)
            answers |= second.answers
            controls, date = controls + second.controls, max(date, second.date)
        return LookUp(
            date=date,
            policy_allows=_allows(controls),
            found={
                query.source_id: self._found(query, _parts_of(n, query, answers)) for n, query in enumerate(queries)
            },
        )

    async def objects_page(self, link: str) -> ObjectsPage:
        await self._organization.domains()  # raises where another tenant answers
        return await objects_page(self._client, link, self._tracked)

    async def role_holders(self, target_ids: Sequence[str]) -> Mapping[str, bool | None]:
        if not target_ids:
            return {}
        calls = {target_id: self._client.calls.role_assignments_of(target_id) for target_id in target_ids}
        reading = await self._read(calls, Control())
        return {target_id: _holds_role(reading.answers.get(target_id)) for target_id in target_ids}

    async def write(self, writes: Sequence[Write], until: datetime) -> Mapping[str, WriteResult]:
        return await self._writes.send(writes, until)

    async def _read(self, calls: Mapping[str, RequestInformation], control: Control) -> Reading:
        """Read, and where any of it is throttled close the tenant to writes too.

        Writes cost resource units as reads do: they would only be refused, and count all the same.
        https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
        """
        try:
            reading = await read_batches(self._client, calls, control)
        except Throttled as throttled:
            await self._gate.close([throttled.retry_after])
            raise
        if reading.throttled:
            await self._gate.close(list(reading.throttled))
        return reading

    async def _calls(self, queries: Sequence[TargetQuery]) -> dict[str, RequestInformation]:
        asked = any(query.mail for query in queries)
        initial_domain = (await self._organization.domains()).initial if asked else ""
        calls: dict[str, RequestInformation] = {}
        for number, query in enumerate(queries):
            for part, call in self._parts(query, initial_domain):
                calls[f"{number}:{part}"] = call
        return calls

    def _parts(self, query: TargetQuery, initial_domain: str) -> Iterator[tuple[str, RequestInformation]]:
        calls = self._client.calls
        if query.target_id:
            yield "linked", calls.user(query.target_id, self._select, manager=self._manager)
        if query.mail:
            yield "holders", calls.users_where(holder_filter(query.mail, initial_domain), self._select)
        if query.mail and query.deleted:
            # without the name: Graph puts the object id before that of a deleted user
            yield "deletedHolders", calls.deleted_users_where(address_filter(query.mail), self._select)
        for number, (name, value) in enumerate((*query.before, *query.after)):
            yield f"{_MATCH}{number}", calls.users_where(value_filter(name, value), self._select)
        for number, (name, value) in enumerate(query.unique):
            yield f"{_UNIQUE}{number}", calls.users_where(value_filter(name, value), ["id"])

    def _deleted_calls(self, queries: Sequence[TargetQuery], answers: Answers) -> dict[str, RequestInformation]:
        return {
            f"{number}:deleted": self._client.calls.deleted_user(query.target_id, self._select_deleted)
            for number, query in enumerate(queries)
            if f"{number}:linked" in answers and is_missing(answers[f"{number}:linked"])
        }

    def _found(self, query: TargetQuery, parts: Answers) -> Found:
        try:
            linked = self._linked(query, parts) if query.target_id else None
            holders = self._matching(query, parts)
            taken = _taken(query, parts)
        except UnexpectedAnswer:
            return Found(source_id=query.source_id, known=False)
        return Found(source_id=query.source_id, known=True, linked=linked, holders=holders, taken=taken)

    def _linked(self, query: TargetQuery, parts: Answers) -> TargetObject | None:
        answer = parts.get("linked")
        deleted = answer is not None and is_missing(answer)
        if deleted:
            answer = parts.get("deleted")
            if answer is not None and is_missing(answer):
                return None
        found = self._target_object(record(_body(answer)), deleted=deleted)
        if found.id.casefold() != query.target_id.casefold():
            raise UnexpectedAnswer("Graph answered with another user than the one asked for.")
        return found

    def _matching(self, query: TargetQuery, parts: Answers) -> tuple[TargetObject, ...]:
        """Return whom the first attribute finds that finds anybody; which of several it is, nobody guesses."""
        found = [self._listed(query, parts.get(f"{_MATCH}{number}")) for number in range(_matches(query))]
        found.insert(len(query.before), self._holders(query, parts))
        return next((each for each in found if each), ())

    def _listed(self, query: TargetQuery, answer: Answer | None) -> tuple[TargetObject, ...]:
        found = [self._target_object(item, deleted=False) for item in records(_body(answer))]
        return tuple(each for each in found if each.id.casefold() != query.target_id.casefold())

    def _holders(self, query: TargetQuery, parts: Answers) -> tuple[TargetObject, ...]:
        if not query.mail:
            return ()
        holders = [self._target_object(item, deleted=False) for item in records(_body(parts.get("holders")))]
        if query.deleted:
            body = _body(parts.get("deletedHolders"))
            holders += [self._target_object(item, deleted=True) for item in records(body)]
        unique = {holder.id.casefold(): holder for holder in reversed(holders)}
        unique.pop(query.target_id.casefold(), None)
        return tuple(sorted(unique.values(), key=lambda holder: holder.id))

    def _target_object(self, item: Record, *, deleted: bool) -> TargetObject:
        return TargetObject(
            id=text(item, "id"),
            attributes=attributes(item, self._properties),
            created=parsed_time(optional_text(item, "createdDateTime") or None),
            deleted=deleted,
            manager=manager_id(item) if self._manager and not deleted else None,
            deleted_at=parsed_time(optional_text(item, "deletedDateTime") or None),
        )


def _parts_of(number: int, query: TargetQuery, answers: Answers) -> dict[str, Answer]:
    more = [f"{_UNIQUE}{each}" for each in range(len(query.unique))] + [f"{_MATCH}{n}" for n in range(_matches(query))]
    keys = {part: f"{number}:{part}" for part in ("linked", "deleted", "holders", "deletedHolders", *more)}
    return {part: answers[key] for part, key in keys.items() if key in answers}


def _matches(query: TargetQuery) -> int:
    return len(query.before) + len(query.after)


def _taken(query: TargetQuery, parts: Answers) -> frozenset[tuple[str, str]]:
    """Return which values objects other than the person's own have."""
    own = query.target_id.casefold()
    return frozenset(
        (name, value.casefold())
        for number, (name, value) in enumerate(query.unique)
        if any(text(item, "id").casefold() != own for item in records(_body(parts.get(f"{_UNIQUE}{number}"))))
    )


def _body(answer: Answer | None) -> object:
    if answer is None or not answer.ok:
        raise UnexpectedAnswer("A part of the look-up was not answered.")
    return answer.body


def _allows(controls: Sequence[Answers]) -> bool | None:
    """Return what the policy says. It was read with each batch: one no is a no, and one yes is needed."""
    said = {_allowed(answers.get(_POLICY)) for answers in controls}
    if False in said:
        return False
    return True if True in said else None


def _allowed(answer: Answer | None) -> bool | None:
    if answer is None:
        return None
    if is_missing(answer):
        # nobody made a policy for the source tenant: the default is that nobody may synchronize
        return False
    if not answer.ok or not isinstance(answer.body, dict):
        return None
    inbound = answer.body.get("userSyncInbound")
    return isinstance(inbound, dict) and inbound.get("isSyncAllowed") is True


def _holds_role(answer: Answer | None) -> bool | None:
    try:
        return bool(records(_body(answer)))
    except UnexpectedAnswer:
        return None
