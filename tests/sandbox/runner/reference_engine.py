"""A synchronizer of a few lines behind the product's API: what the runner and the judge are tried on."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import httpx

from sandbox.judge import Adoption, Case, Directory, History, Pair, Rules, User, read_directory, read_scope
from sandbox.judge.expectation import Due, Expectation, expectations
from sandbox.judge.mapping import DIRECT_ATTRIBUTES, KEPT_WHEN_MISSING
from sandbox.tenants.application import Receive, Scope, Send

Document = dict[str, Any]


class Bug(StrEnum):
    NONE = "none"
    EVERYBODY_SKIPPED = "everybody skipped"
    WRONG_ATTRIBUTE = "wrong attribute"
    WRONG_TYPE = "wrong type"
    MISSED_LEAVER = "missed leaver"
    DELETED_BYSTANDER = "deleted bystander"
    STALE_VALUES = "stale values"
    VALUE_NEVER_CLEARED = "value never cleared"
    LOST_PAGE = "lost page"
    NEVER_SETTLES = "never settles"


class ReferenceEngine:
    """Serves one job over ASGI; every question for its cycles runs one first."""

    def __init__(self, graph: httpx.AsyncClient, bug: Bug = Bug.NONE) -> None:
        self._graph = graph
        self._bug = bug
        self._document: Document = {}
        self._pairs: dict[str, Pair] = {}
        self._cycles: list[Document] = []

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = await self.answer(scope["method"], scope["path"].rsplit("/", 1)[-1], body)
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
        await send(start)
        await send({"type": "http.response.body", "body": answer})

    async def answer(self, method: str, resource: str, body: bytes) -> bytes:
        """The answer to one request, by the last segment of its path."""
        return json.dumps(await self._answer(method, resource, body)).encode()

    async def _answer(self, method: str, resource: str, body: bytes) -> object:
        if method == "PUT":
            self._document = json.loads(body)
        if resource == "cycles":
            await self._cycle()
            return {"value": self._cycles[::-1]}
        if resource == "workload":
            return {"due": int(self._bug is Bug.NEVER_SETTLES), "waiting": 0, "staged": 0, "escrowed": 0}
        return {"status": {"code": "Active"}}

    async def _cycle(self) -> None:
        case = await self._case()
        actions = {"create": {"success": 0, "failure": 0, "skipped": 0}}
        for number, expectation in enumerate(expectations(case).values()):
            if self._bug is Bug.EVERYBODY_SKIPPED or (self._bug is Bug.LOST_PAGE and number % 7 == 0):
                continue
            actions["create"]["success"] += expectation.due is Due.CREATED
            await self._provision(case, expectation)
        await self._remove(case)
        await self._assign_managers()
        moment = "2026-11-24T12:00:00Z"
        number = len(self._cycles) + 1
        kind = "incremental" if self._cycles else "initial"
        times = {"startedDateTime": moment, "completedDateTime": moment}
        self._cycles.append({"number": number, "kind": kind, "state": "completed", "actions": actions, **times})

    async def _case(self) -> Case:
        source, target = [await self._directory(self._document[side]["tenantId"]) for side in ("source", "target")]
        rules = Rules(
            scope=read_scope(self._document),
            adoption=Adoption(self._document["adoption"]),
            service_principal_id=self._document["source"]["servicePrincipalId"],
        )
        return Case(
            rules=rules, source=source, previous=target, current=target, history=History(pairs=dict(self._pairs))
        )

    async def _provision(self, case: Case, expectation: Expectation) -> None:
        person, target_id = expectation.person, expectation.target_id
        if expectation.due is Due.CREATED:
            target_id = await self._invite(person)
        if target_id is None or expectation.due not in (Due.CREATED, Due.LINKED, Due.ADOPTED):
            return
        if target_id in case.current.deleted:
            await self._call("POST", f"/directory/deletedItems/{target_id}/restore")
        known = target_id in self._pairs
        if not (self._bug is Bug.STALE_VALUES and person.id in self._pairs):
            body = self._body(person)
            if expectation.due is Due.CREATED:
                body["userType"] = "Guest" if self._bug is Bug.WRONG_TYPE else "Member"
            await self._call("PATCH", f"/users/{target_id}", body)
        if not known:
            self._pairs[person.id] = Pair(source_id=person.id, target_id=target_id, adopted=expectation.adopted)

    async def _assign_managers(self) -> None:
        """Everybody who is there has the object of their manager, if that one is there, too."""
        case = await self._case()
        there = {
            key: pair
            for key, pair in self._pairs.items()
            if key in case.people and pair.target_id in case.current.users
        }
        for key, pair in there.items():
            manager = there.get(case.people[key].manager)
            now = case.current.users[pair.target_id].manager
            path = f"/users/{pair.target_id}/manager/$ref"
            if manager is not None and manager.target_id != now:
                reference = f"{str(self._graph.base_url).rstrip('/')}/v1.0/users/{manager.target_id}"
                await self._call("PUT", path, {"@odata.id": reference})
            elif manager is None and now and not pair.adopted:
                await self._call("DELETE", path)

    async def _invite(self, person: User) -> str:
        body = {"invitedUserEmailAddress": person.mail, "inviteRedirectUrl": "https://myapplications.microsoft.com"}
        answer = await self._call("POST", "/invitations", {**body, "sendInvitationMessage": False})
        return str(answer["invitedUser"]["id"])

    def _body(self, person: User) -> Document:
        values: Document = dict(zip(DIRECT_ATTRIBUTES, person.values, strict=True))
        body = {name: value for name, value in values.items() if value is not None or name not in KEPT_WHEN_MISSING}
        body["businessPhones"] = list(values["businessPhones"] or ())
        if self._bug is Bug.VALUE_NEVER_CLEARED:
            body = {name: value for name, value in body.items() if value}
        if self._bug is Bug.WRONG_ATTRIBUTE:
            body["city"] = values["state"]
        return {**body, "showInAddressList": True}

    async def _remove(self, case: Case) -> None:
        for pair in self._pairs.values():
            if pair.source_id not in case.people and pair.target_id in case.current.users and not pair.adopted:
                await self._delete(pair.target_id, unless=Bug.MISSED_LEAVER)
        if self._bug is Bug.DELETED_BYSTANDER:
            ours = {pair.target_id for pair in self._pairs.values()}
            await self._delete(next(key for key in case.current.users if key not in ours), unless=Bug.NONE)

    async def _delete(self, target_id: str, *, unless: Bug) -> None:
        if self._bug is not unless:
            await self._call("DELETE", f"/users/{target_id}")

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Document:
        headers = {"Authorization": f"Bearer sandbox.{self._document['target']['tenantId']}"}
        answer = await self._graph.request(method, f"/v1.0{path}", json=body, headers=headers)
        if answer.is_error:
            raise AssertionError(f"{method} {path} {body}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else {}

    async def _directory(self, tenant_id: str) -> Directory:
        return read_directory((await self._graph.get(f"/_sandbox/tenants/{tenant_id}")).json())
