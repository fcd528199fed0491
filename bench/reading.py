"""How long does a page of people take, from its bytes to the digest of what each should be in the target?"""

from collections.abc import Callable
from time import process_time

import orjson
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.user_collection_response import UserCollectionResponse

from bench.figure import Figure
from bench.page import PEOPLE, page, schema
from shared.adapters.graph.people_page import decoded_people
from shared.configuration.document import parse
from shared.configuration.user_mapping import source_attributes, user_mapping
from shared.orchestration.ports import Removed
from shared.provisioning.attribute_flow import compiled_flow
from shared.provisioning.scoping import decide_scope

ROUNDS = 5

_CONFIGURATION = {
    "id": "bench",
    "displayName": "Bench",
    "source": {
        "tenantId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "servicePrincipalId": "4f2504e0-4f89-41d3-9a0c-0305e82c3301",
    },
    "target": {
        "tenantId": "5f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "inviteRedirectUrl": "https://myapps.microsoft.com",
    },
}


def figures() -> list[Figure]:
    """Return the two ratios that issue from one page; each time is the shortest of some rounds, of one core."""
    content = page()
    ours = _shortest(_reader(content))
    plain = _shortest(lambda: orjson.loads(content))
    typed = _shortest(lambda: _typed(content), rounds=2)
    note = f"{ours / PEOPLE * 1e6:.0f} µs a user; {len(content) / PEOPLE:,.0f} bytes a user"
    return [
        Figure(
            what="decode + scope + 25 attributes with 5 expressions + digest, against `orjson.loads` of the same page",
            seen=f"{ours / plain:.1f}× the time",
            wanted="≤ 6×",
            met=ours <= 6 * plain,
            note=note,
        ),
        Figure(
            what="the same, against msgraph-sdk's typed reading of the same page",
            seen=f"{typed / ours:.0f}× faster",
            wanted="≥ 100×",
            met=typed >= 100 * ours,
            note=f"{typed / PEOPLE * 1e6:,.0f} µs a user with the SDK",
        ),
    ]


def _reader(content: bytes) -> Callable[[], None]:
    configuration = parse(_CONFIGURATION | {"schema": schema()})
    select = source_attributes(configuration)
    flow = compiled_flow(user_mapping(configuration))

    def read() -> None:
        for entry in decoded_people(content, select).entries:
            if isinstance(entry, Removed) or not decide_scope(entry, entitled=True).in_scope:
                raise ValueError("Everybody in the page is to be in scope.")
            flow.digest(entry)

    return read


def _typed(content: bytes) -> None:
    node = JsonParseNodeFactory().get_root_parse_node("application/json", content)
    answer = node.get_object_value(UserCollectionResponse)
    if len(answer.value or ()) != PEOPLE:
        raise ValueError("The SDK has not read everybody.")


def _shortest(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)
