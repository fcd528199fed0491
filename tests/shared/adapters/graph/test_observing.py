"""Is each request told by method, template and status, and by nothing that could be a token or a value?"""

from datetime import timedelta

import pytest
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.batch import send_batch
from shared.adapters.graph.observing import GraphObserver, operation_of
from shared.adapters.memory.telemetry import MemoryTelemetry
from shared.orchestration.ports import Count, Forbidden, Unavailable
from tests.shared.adapters.graph.fake_graph import TARGET, FakeGraph, Reply, connected, error

ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def call_of(url: str = "", template: str = "") -> RequestInformation:
    call = RequestInformation(Method.GET, template or None)
    if url:
        call.url = url
    return call


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        (call_of(template="{+baseurl}/users/{user%2Did}{?%24expand,%24select}"), "/users/{id}"),
        (call_of(template="{+baseurl}/users/delta(){?%24filter}"), "/users/delta"),
        (call_of(template="{+baseurl}/directory/deletedItems/{directoryObject%2Did}/restore"), None),
        (call_of("/$batch"), "/$batch"),
        (call_of("/users/delta?$deltatoken=4a1-secret"), "/users/delta"),
        (call_of("/users/microsoft.graph.delta()?$skiptoken=x"), "/users/microsoft.graph.delta"),
        (call_of(f"/servicePrincipals/{ID}/appRoleAssignedTo?$top=9"), "/servicePrincipals/{id}/appRoleAssignedTo"),
        (call_of("/users/ada@lindenhof.example"), "/users/{id}"),
        (call_of("/users('ada')#fragment"), "/{id}"),
    ],
)
def test_an_operation_is_the_path_without_ids_and_query(call: RequestInformation, operation: str | None) -> None:
    assert operation_of(call) == (operation or "/directory/deletedItems/{id}/restore")


def observer() -> tuple[GraphObserver, MemoryTelemetry]:
    telemetry = MemoryTelemetry()
    return GraphObserver(telemetry, TARGET), telemetry


@pytest.mark.parametrize(
    ("flying", "status"), [(Unavailable("nobody there"), 0), (Forbidden("InvalidAuthenticationToken", "none"), 401)]
)
def test_a_request_without_an_answer_is_counted_as_well(flying: Exception, status: int) -> None:
    watching, telemetry = observer()

    with pytest.raises(type(flying)), watching.request(call_of("/organization")):
        raise flying

    assert telemetry.counted(Count.GRAPH_REQUESTS, tenant_id=TARGET, status_code=status) == 1


async def test_requests_and_the_items_of_batches_are_counted_by_their_own_status() -> None:
    watching, telemetry = observer()
    graph = FakeGraph(
        {"GET /organization": Reply(body={}), f"GET /users/{ID}": error(403, "Authorization_RequestDenied")}
    )

    async with connected(graph) as client:
        client.observer = watching
        await client.send(client.calls.organization())
        await send_batch(client, {"1": client.calls.user(ID, ["id"]), "2": client.calls.organization()})

    told = {
        (dict(dimensions)["operation"], dict(dimensions)["status_code"]): amount
        for (_, dimensions), amount in telemetry.counts.items()
    }
    assert told == {("/organization", 200): 2, ("/$batch", 200): 1, ("/users/{id}", 403): 1}


def test_what_a_batch_has_waited_for_its_slots_is_summed_up() -> None:
    watching, telemetry = observer()

    for seconds in (2.5, 0.0, 4.0):
        watching.waited(timedelta(seconds=seconds))

    assert telemetry.counted(Count.BUDGET_WAITED, tenant_id=TARGET) == 6.5
