"""Are people found by what an administrator types, and is nothing of it taken for a part of the question?"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.filters import beginning_filter, name_ending_filter, words_search
from shared.adapters.graph.people_search import search_people
from shared.orchestration.ports import Candidate, Candidates, Forbidden, Unavailable
from tests.shared.adapters.graph.fake_graph import APPLICATION, BASE, FakeGraph, Reply, connected, error
from tests.shared.adapters.graph.test_filters import LITERAL, TEXT

DELETED = "GET /directory/deletedItems/microsoft.graph.user"
NOBODY = Reply(body={"value": []})
MISSING = error(404, "Request_ResourceNotFound")


async def search(replies: Mapping[str, Reply], text: str, most: int = 3) -> tuple[Candidates, FakeGraph]:
    graph = FakeGraph({"GET /users": NOBODY, DELETED: NOBODY, **replies})
    async with connected(graph) as client:
        return await search_people(client, text, most), graph


async def test_a_name_is_looked_for_in_names_and_addresses_of_those_who_are_there_and_of_the_deleted() -> None:
    _, graph = await search({}, "anna")

    words, deleted, beginning = graph.items  # taken apart backwards
    assert beginning.options["$filter"] == (
        "startswith(displayName,'anna') or startswith(givenName,'anna') or startswith(surname,'anna') "
        "or startswith(mail,'anna') or startswith(userPrincipalName,'anna')"
    )
    assert deleted.options["$filter"] == (
        "startswith(displayName,'anna') or startswith(givenName,'anna') or startswith(surname,'anna') "
        "or startswith(mail,'anna')"
    )
    assert words.options["$search"] == '"displayName:anna"'
    assert words.headers["ConsistencyLevel"] == "eventual"
    assert {sent.options["$top"] for sent in graph.items} == {"4"}
    assert [sent.url for sent in graph.requests] == [f"{BASE}/$batch"]


async def test_an_address_is_also_looked_for_behind_the_object_id_of_deleted_names() -> None:
    _, graph = await search({}, "o'neil@contoso.com")

    names = graph.items[0]  # taken apart backwards
    assert names.options["$filter"] == "endswith(userPrincipalName,'o''neil@contoso.com')"
    assert (names.options["$count"], names.headers["ConsistencyLevel"]) == ("true", "eventual")
    assert len(graph.items) == 3


async def test_signs_alone_are_no_words() -> None:
    _, graph = await search({}, "\"'")

    assert not [sent for sent in graph.items if "$search" in sent.options]


@pytest.mark.parametrize("there", [True, False])
async def test_an_object_id_is_read_wherever_it_is(there: bool) -> None:
    found = Reply(body={"id": APPLICATION, "displayName": "Anna", "accountEnabled": False})
    gone = Reply(body={"id": APPLICATION, "displayName": "Anna", "deletedDateTime": "2026-05-01T08:00:00Z"})
    user, deleted = (found, MISSING) if there else (MISSING, gone)
    replies = {f"GET /users/{APPLICATION}": user, f"GET /directory/deletedItems/{APPLICATION}": deleted}

    candidates, _ = await search(replies, APPLICATION)

    [person] = candidates.people
    when = None if there else datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert (person.id, person.enabled, person.deleted) == (APPLICATION, not there, when)


async def test_few_are_shown_those_who_are_there_first_and_that_there_are_more() -> None:
    there = [{"id": f"p{number}", "displayName": name} for number, name in enumerate(("anna c", "Anna B", "anna a"))]
    gone = [{"id": "p9", "displayName": "Anna", "deletedDateTime": "2026-05-01T08:00:00Z"}]
    replies = {"GET /users": Reply(body={"value": there}), DELETED: Reply(body={"value": gone})}

    all_of_them, _ = await search(replies, "anna", 4)
    three, _ = await search(replies, "anna", 3)

    assert ([each.id for each in all_of_them.people], all_of_them.more) == (["p2", "p1", "p0", "p9"], False)
    assert ([each.id for each in three.people], three.more) == (["p2", "p1", "p0"], True)


async def test_a_page_that_is_not_the_last_says_that_there_are_more() -> None:
    page = Reply(body={"value": [{"id": "p"}], "@odata.nextLink": f"{BASE}/users?$skiptoken=x"})

    found, graph = await search({DELETED: page}, "anna")

    assert (found.people, found.more) == (
        (Candidate(id="p", display_name="", user_principal_name="", mail="", enabled=True),),
        True,
    )
    assert len(graph.requests) == 1


async def test_whom_the_directory_calls_deleted_the_index_does_not_call_back() -> None:
    _, graph = await search({}, "anna")
    words = next(sent.url for sent in graph.items if "$search" in sent.options)
    person = {"id": "p", "displayName": "Maria Anna"}
    gone = {**person, "deletedDateTime": "2026-05-01T08:00:00Z"}
    index, directory = Reply(body={"value": [person]}), Reply(body={"value": [gone]})

    both, _ = await search({f"GET {words}": index, DELETED: directory}, "anna")
    only_the_index, _ = await search({f"GET {words}": index}, "anna")

    assert [each.deleted is None for each in both.people] == [False]
    assert [each.deleted is None for each in only_the_index.people] == [True]


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        (error(500, "x"), Unavailable),
        (Reply(left_out=True), Unavailable),
        (error(403, "Authorization_RequestDenied"), Forbidden),
    ],
    ids=["fails", "left out", "forbidden"],
)
async def test_a_search_that_fails_is_not_an_empty_one(reply: Reply, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await search({DELETED: reply}, "anna")


@given(TEXT)
def test_nothing_that_is_typed_adds_a_clause(text: str) -> None:
    assert (
        LITERAL.sub("?", beginning_filter(text, ("mail", "surname"))) == "startswith(mail,?) or startswith(surname,?)"
    )
    assert LITERAL.sub("?", name_ending_filter(text)) == "endswith(userPrincipalName,?)"


@given(st.text(alphabet='\\"ab :', max_size=8))
def test_nothing_that_is_typed_ends_the_search(text: str) -> None:
    asked = words_search(text)

    assert re.fullmatch(r'"displayName:(?:[^"\\]|\\["\\])*"', asked)
    assert re.sub(r"\\(.)", r"\1", asked[len('"displayName:') : -1]) == text
