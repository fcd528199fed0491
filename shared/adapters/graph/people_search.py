"""Whom may somebody mean who types a name, an address or an object id? People of the tenant, deleted ones too.

Beginnings of names and addresses are asked of the directory itself, words within the name of an index that lags
behind it; both are one batch, so that nothing of what was typed is part of a URL that somebody logs. Nobody is read
to the end: a few are shown, and that there are more.
"""

import re
from collections.abc import Mapping

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, Record, optional_text, record, records, text
from shared.adapters.graph.batch import send_batch
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import is_missing, raise_failure
from shared.orchestration.ports import Candidate, Candidates, Unavailable
from shared.provisioning.matching import parsed_time

_OBJECT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_WORD = re.compile(r"\w")
_SELECT = ("id", "displayName", "userPrincipalName", "mail", "accountEnabled", "deletedDateTime")


async def search_people(client: GraphClient, typed: str, most: int) -> Candidates:
    """Return up to `most` people, those who are there first. Raises Throttled, Unavailable, Forbidden."""
    calls = _calls(client, typed, most + 1)
    answers = (await send_batch(client, calls)).answers
    found = [_answered(client, answers.get(key)) for key in calls]
    # who has just been restored or deleted may be found as both: the directory knows better than the index
    people = {text(item, "id").casefold(): _candidate(item) for items in reversed(found) for item in items}
    ordered = sorted(people.values(), key=_order)
    more = len(ordered) > most or any("@odata.nextLink" in _body(answer) for answer in answers.values())
    return Candidates(people=tuple(ordered[:most]), more=more)


def _calls(client: GraphClient, typed: str, top: int) -> dict[str, RequestInformation]:
    calls = client.calls
    if _OBJECT_ID.fullmatch(typed):
        return {"user": calls.user(typed, _SELECT), "deleted": calls.deleted_user(typed, _SELECT)}
    asked = {
        "beginning": calls.users_beginning(typed, _SELECT, top),
        "deleted": calls.deleted_users_beginning(typed, _SELECT, top),
    }
    if "@" in typed:  # Graph puts the object id before the name of a deleted user
        return asked | {"deletedNames": calls.deleted_users_named(typed, _SELECT, top)}
    return asked | {"words": calls.users_with_words(typed, _SELECT, top)} if _WORD.search(typed) else asked


def _answered(client: GraphClient, answer: Answer | None) -> tuple[Record, ...]:
    if answer is None:
        raise Unavailable("Graph left a search unanswered.")
    if is_missing(answer):
        return ()
    if not answer.ok:
        raise_failure(answer, client.clock.now(), client.guessed_wait())
    return records(answer.body) if "value" in record(answer.body) else (record(answer.body),)


def _body(answer: Answer) -> Mapping[str, object]:
    return answer.body if isinstance(answer.body, dict) else {}


def _candidate(item: Record) -> Candidate:
    return Candidate(
        id=text(item, "id"),
        display_name=optional_text(item, "displayName"),
        user_principal_name=optional_text(item, "userPrincipalName"),
        mail=optional_text(item, "mail"),
        enabled=item.get("accountEnabled") is not False,
        deleted=parsed_time(optional_text(item, "deletedDateTime") or None),
    )


def _order(person: Candidate) -> tuple[bool, str, str]:
    return person.deleted is not None, person.display_name.casefold(), person.id
