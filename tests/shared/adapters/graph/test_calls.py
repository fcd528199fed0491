"""Do the simulated tenants answer all that we ask of Graph, and nothing else?"""

from typing import Any
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from sandbox.tenants.call import Caller
from sandbox.tenants.calls import CALLS, find_call
from shared.adapters.graph.calls import GraphCalls, batched, relative_url
from tests.shared.adapters.graph.fake_graph import FakeGraph, connected

ID, SELECT, CONDITION = "00000000-0000-4000-8000-000000000001", ("id",), "mail eq 'a@b.example'"

#: Every request that we describe, with arguments for it.
ASKED: dict[str, tuple[Any, ...]] = {
    "users_delta": (SELECT,),
    "users_delta_from_now": (SELECT,),
    "groups_delta": ((ID,),),
    "assigned_to": (ID,),
    "user": (ID, SELECT),
    "assignments_of": (ID,),
    "memberships_of": (ID,),
    "all_memberships_of": (ID,),
    "memberships_of_group": (ID,),
    "organization": (),
    "partner_policy": (ID,),
    "partner": (ID,),
    "default_policy": (),
    "authorization_policy": (),
    "subscribed_skus": (),
    "service_principal": (ID,),
    "users_where": (CONDITION, SELECT),
    "any_user": (),
    "any_deleted_user": (),
    "deleted_user": (ID, SELECT),
    "deleted_users_where": (CONDITION, SELECT),
    "users_beginning": ("anna", SELECT, 9),
    "users_with_words": ("anna", SELECT, 9),
    "deleted_users_beginning": ("anna", SELECT, 9),
    "deleted_users_named": ("anna", SELECT, 9),
    "role_assignments_of": (ID,),
    "invite": ({},),
    "update": (ID, {}),
    "delete": (ID,),
    "assign_manager": (ID, ID),
    "remove_manager": (ID,),
    "restore": (ID,),
    "send_mail": (ID, {}),
}


async def test_the_simulated_tenants_answer_exactly_the_calls_that_we_make() -> None:
    async with connected(FakeGraph({})) as client:
        requests = [getattr(client.calls, name)(*arguments) for name, arguments in ASKED.items()]
        requests.append(client.calls.extension_properties(synced=True))

    answered = set()
    for request in (*requests, batched([])):
        path = urlsplit(relative_url(request)).path.strip("/").split("/")
        found = find_call(request.http_method.value, tuple(path))
        assert found is not None, path
        answered.add(found[0].name)

    assert {name for name in vars(GraphCalls) if not name.startswith("_")} == {*ASKED, "extension_properties"}
    assert answered == {call.name for call in CALLS if Caller.APPLICATION in call.by}


@given(text=st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
async def test_urls_are_what_the_sdk_makes_of_the_same_request(text: str) -> None:
    odd = {"user": (text, (text, "id")), "users_where": (text, ()), "groups_delta": ((text,),)}
    async with connected(FakeGraph({})) as client:
        requests = [getattr(client.calls, name)(*arguments) for name, arguments in {**ASKED, **odd}.items()]
        requests.append(client.calls.user(text, (text,), manager=True))

    for request in requests:
        request.path_parameters["baseurl"] = ""
        path, question_mark, query = request.url.partition("?")
        expected = path.replace("/graph.user", "/microsoft.graph.user") + question_mark + query

        ours, question_mark, options = relative_url(request).partition("?")
        assert ours + question_mark + options.replace("$", "%24") == expected
