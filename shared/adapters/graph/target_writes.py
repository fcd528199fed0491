"""How are writes sent to the target, and what became of each?"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, body_of
from shared.adapters.graph.batch import MOST_ITEMS, batch_answer, batch_call
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import Failure, error_of, failure_of, is_missing, retry_after
from shared.adapters.graph.observing import tell_written
from shared.adapters.graph.throttling import WriteGate, used_of_limit
from shared.cycles.pending import INVITATIONS_BLOCKED, POLICY_FORBIDS, READ_ONLY
from shared.orchestration.ports import (
    Conflict,
    Forbidden,
    Span,
    StorageUnavailable,
    TenantStanding,
    Unavailable,
    UnexpectedAnswer,
    Write,
    WriteKind,
    WriteResult,
    WriteStatus,
)

_STATUS = {
    Failure.THROTTLED: WriteStatus.THROTTLED,
    Failure.TRANSIENT: WriteStatus.AMBIGUOUS,
    Failure.CONCURRENCY: WriteStatus.BUSY,
    Failure.NOT_FOUND: WriteStatus.NOT_FOUND,
    Failure.FORBIDDEN: WriteStatus.FORBIDDEN,
    Failure.BLOCKED: WriteStatus.BLOCKED,
    Failure.RESYNC: WriteStatus.REFUSED,
    Failure.DEPENDENCY: WriteStatus.NOT_SENT,
    Failure.PERMANENT: WriteStatus.REFUSED,
}

MOST_WRITES: Final = 100
"""For so many writes slots are reserved at once."""

_UNKNOWN: Final = WriteResult(status=WriteStatus.NOT_SENT, code="StorageUnavailable")

_TOO_LATE: Final = WriteResult(status=WriteStatus.NOT_SENT, code="LeaseEnds")

Results = dict[str, WriteResult]


class TargetWrites:
    """Sends writes through the tenant's gate."""

    def __init__(self, client: GraphClient, gate: WriteGate, source_tenant_id: str, invite_redirect_url: str) -> None:
        self._client = client
        self._gate = gate
        self._source_tenant_id = source_tenant_id
        self._invite_redirect_url = invite_redirect_url

    async def send(self, writes: Sequence[Write], until: datetime) -> Results:
        """Send the writes in batches; once a 429 has closed the gate, or at `until`, the rest is not sent."""
        results: Results = {}
        for start in range(0, len(writes), MOST_WRITES):
            async with self._gate.turn:
                results |= await self._send_through_gate(writes[start : start + MOST_WRITES], until)
        return results

    async def _send_through_gate(self, writes: Sequence[Write], until: datetime) -> Results:
        results: Results = {}
        closed = await self._without_slots(writes)
        for start in range(0, len(writes), MOST_ITEMS):
            batch = writes[start : start + MOST_ITEMS]
            refusal = closed or await self._refusal(batch, until)
            results |= _all(batch, refusal) if refusal else await self._send_and_hear(batch)
        return results

    async def _send_and_hear(self, writes: Sequence[Write]) -> Results:
        results = await self._send_batch(writes)
        await self._note_invitations(writes, results)
        throttled = [result for result in results.values() if result.status is WriteStatus.THROTTLED]
        if not throttled:
            self._gate.passed()
            return results
        wait = await self._gate.close([result.retry_after for result in throttled])
        return {key: _waiting(result, wait) for key, result in results.items()}

    async def _without_slots(self, writes: Sequence[Write]) -> WriteResult | None:
        """Return why nothing of this may be sent now; None once it has its slots."""
        asked = self._client.clock.now()
        try:
            wait = await self._gate.closed_for(len(writes))
        except (StorageUnavailable, Conflict):
            return _UNKNOWN
        self._client.observer.waited(self._client.clock.now() - asked)
        return _closed(wait) if wait > timedelta(0) else None

    async def _refusal(self, writes: Sequence[Write], until: datetime) -> WriteResult | None:
        """Return who says stop, if anybody does; asked before each batch, which is of one kind."""
        budgets, tenant_id = self._gate.budgets, self._gate.tenant_id
        closed = self._gate.closed_by_itself()
        if closed > timedelta(0):
            return _closed(closed)
        try:
            stopped = self._stopped(await budgets.standing(tenant_id, self._source_tenant_id), writes)
        except (StorageUnavailable, Conflict):
            return _UNKNOWN
        # last, for storage may have been slow
        return stopped or (_TOO_LATE if self._client.clock.now() >= until else None)

    def _stopped(self, standing: TenantStanding, writes: Sequence[Write]) -> WriteResult | None:
        if standing.read_only:
            return WriteResult(status=WriteStatus.NOT_SENT, code=READ_ONLY)
        now = self._client.clock.now()
        held = max((standing.not_before or now) - now, timedelta(0))
        if held > timedelta(0):  # while we waited another host may have met a 429
            return _closed(held)
        if standing.refused_since is not None:
            return WriteResult(status=WriteStatus.NOT_SENT, code=POLICY_FORBIDS)
        closed = standing.invitations.closed_for(now)
        if _is_inviting(writes) and closed > timedelta(0):
            return WriteResult(status=WriteStatus.NOT_SENT, retry_after=closed, code=INVITATIONS_BLOCKED)
        return None

    async def _note_invitations(self, writes: Sequence[Write], results: Results) -> None:
        """Let the breaker know: it opens where invitations are blocked, and closes once one went through."""
        if not _is_inviting(writes):
            return
        budgets, tenant_id, now = self._gate.budgets, self._gate.tenant_id, self._client.clock.now()
        ends = {result.status for result in results.values()}
        with suppress(StorageUnavailable, Conflict):  # the next one meets the block by itself
            if WriteStatus.BLOCKED in ends:
                await budgets.block_invitations(tenant_id, now)
            elif WriteStatus.DONE in ends and (await budgets.invitations(tenant_id)).blocks:
                await budgets.pass_invitations(tenant_id)

    async def _send_batch(self, writes: Sequence[Write]) -> Results:
        try:
            with self._client.observer.writing(len(writes)) as span:
                return await self._exchange(writes, span)
        except Forbidden as error:
            return _all(writes, WriteResult(status=WriteStatus.FORBIDDEN, code=error.code, message=error.message))
        except (Unavailable, UnexpectedAnswer) as error:
            return _all(writes, WriteResult(status=WriteStatus.AMBIGUOUS, message=str(error)))

    async def _exchange(self, writes: Sequence[Write], span: Span) -> Results:
        keys = {str(number): write for number, write in enumerate(writes, 1)}
        calls = {key: self._call(write) for key, write in keys.items()}
        answer = await self._client.send(batch_call(calls))
        if answer.status != 200:
            return {write.source_id: self._failed(write, answer) for write in writes}
        answers = batch_answer(answer, calls).answers
        self._client.observer.answered(calls, answers)
        await self._gate.slow_down(max((used_of_limit(each) for each in answers.values()), default=0.0))
        results = {key: self._result(write, answers.get(key)) for key, write in keys.items()}
        for key, write in keys.items():
            tell_written(span, write, results[key], answers.get(key))
        return {keys[key].source_id: result for key, result in results.items()}

    def _call(self, write: Write) -> RequestInformation:
        calls = self._client.calls
        match write.kind:
            case WriteKind.INVITE:
                return calls.invite(self._invitation(write))
            case WriteKind.UPDATE:
                return calls.update(write.target_id, body_of(write.attributes))
            case WriteKind.DELETE:
                return calls.delete(write.target_id)
            case WriteKind.RESTORE:
                return calls.restore(write.target_id)
            case WriteKind.ASSIGN_MANAGER:
                return calls.assign_manager(write.target_id, write.manager_id)
            case WriteKind.REMOVE_MANAGER:
                return calls.remove_manager(write.target_id)

    def _invitation(self, write: Write) -> dict[str, object]:
        # as Guest: a Member invitation may need more rights, and the update that follows sets userType anyway
        invitation: dict[str, object] = {
            "invitedUserEmailAddress": write.attributes["mail"],
            "inviteRedirectUrl": self._invite_redirect_url,
            "invitedUserType": "Guest",
            "sendInvitationMessage": False,
        }
        if write.attributes.get("displayName"):
            invitation["invitedUserDisplayName"] = write.attributes["displayName"]
        return invitation

    def _result(self, write: Write, answer: Answer | None) -> WriteResult:
        if answer is None:
            return WriteResult(status=WriteStatus.AMBIGUOUS, message="The batch came back without this item.")
        if answer.ok:
            return _done(write, answer)
        if _is_gone(write, answer):
            # gone is what was wanted; the first attempt's answer may have been lost
            return WriteResult(status=WriteStatus.DONE, target_id=write.target_id)
        return self._failed(write, answer)

    def _failed(self, write: Write, answer: Answer) -> WriteResult:
        error = error_of(answer)
        return WriteResult(
            status=_STATUS[failure_of(answer)],
            target_id=write.target_id,
            retry_after=retry_after(answer, self._client.clock.now()),
            code=error.code,
            message=error.message,
        )


def _done(write: Write, answer: Answer) -> WriteResult:
    if write.kind is not WriteKind.INVITE:
        return WriteResult(status=WriteStatus.DONE, target_id=write.target_id)
    body = answer.body if isinstance(answer.body, dict) else {}
    invited = body.get("invitedUser")
    target_id = invited.get("id") if isinstance(invited, dict) else None
    if not isinstance(target_id, str) or not target_id:
        return WriteResult(status=WriteStatus.AMBIGUOUS, message="The invitation's answer names no user.")
    return WriteResult(status=WriteStatus.DONE, target_id=target_id)


def _is_gone(write: Write, answer: Answer) -> bool:
    if write.kind is WriteKind.REMOVE_MANAGER:
        # another code says that the replica does not have the user yet, which tells nothing of the manager
        return answer.status == 404 and "request_resourcenotfound" in error_of(answer).codes
    return write.kind is WriteKind.DELETE and is_missing(answer)


def _is_inviting(writes: Sequence[Write]) -> bool:
    return any(write.kind is WriteKind.INVITE for write in writes)


def _waiting(result: WriteResult, wait: timedelta) -> WriteResult:
    return replace(result, retry_after=wait) if result.status is WriteStatus.THROTTLED else result


def _closed(wait: timedelta) -> WriteResult:
    return WriteResult(status=WriteStatus.NOT_SENT, retry_after=wait, code="TooManyRequests")


def _all(writes: Sequence[Write], result: WriteResult) -> Results:
    return {write.source_id: replace(result, target_id=write.target_id) for write in writes}
