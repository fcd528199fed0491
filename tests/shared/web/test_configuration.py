"""What does the API make of configuration documents?"""

import json

import httpx
import pytest

from shared.configuration.document import parse, serialize
from shared.orchestration.apply_configuration import apply_configuration
from tests.shared.configuration.documents import ABSENT, SERVICE_PRINCIPAL, document
from tests.shared.fakes import configuration, memory_engine
from tests.shared.web.calling import JOB, JOBS, administrating, error_of

PATH = f"{JOB}/configuration"
JSON = {"Content-Type": "application/json"}
OTHER = "6f2504e0-4f89-41d3-9a0c-0305e82c3301"


async def put(body: bytes, path: str = PATH, **headers: str) -> httpx.Response:
    async with administrating(memory_engine()) as client:
        return await client.put(path, content=body, headers={**JSON, **headers})


async def test_a_document_is_created_replaced_and_read() -> None:
    async with administrating(memory_engine()) as client:
        created = await client.put(PATH, json=document())
        again = await client.put(PATH, json=document())
        replaced = await client.put(PATH, json=document({"/interval": "PT20M"}))
        read = await client.get(PATH)

    assert [answer.status_code for answer in (created, again, replaced, read)] == [201, 200, 200, 200]
    assert [answer.headers["ETag"] for answer in (created, again, replaced, read)] == ['"1"', '"1"', '"2"', '"2"']
    assert created.content == serialize(parse(document()))
    assert read.content == replaced.content
    assert read.headers["Content-Type"] == "application/json"


async def test_the_service_principal_may_be_written_in_any_case() -> None:
    answer = await put(json.dumps(document()).encode(), PATH.replace(SERVICE_PRINCIPAL, SERVICE_PRINCIPAL.upper()))

    assert answer.status_code == 201


async def test_every_problem_is_told_with_its_place() -> None:
    body = document({"/id": "another", "/source/servicePrincipalId": OTHER, "/interval": "PT1S", "/nmae": 1})

    answer = await put(json.dumps(body).encode())

    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, "InvalidConfiguration")
    assert {each["target"] for each in error["details"]} == {
        "/id",
        "/interval",
        "/nmae",
        "/source/servicePrincipalId",
    }
    assert {each["code"] for each in error["details"]} == {"InvalidValue"}


@pytest.mark.parametrize(
    ("changes", "target"),
    [({"/id": "another"}, "/id"), ({"/source/servicePrincipalId": OTHER}, "/source/servicePrincipalId")],
)
async def test_a_document_of_another_job_is_refused(changes: dict[str, str], target: str) -> None:
    answer = await put(json.dumps(document(changes)).encode())

    assert [each["target"] for each in error_of(answer)["details"]] == [target]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"id":' * 5000 + b"1" + b"}" * 5000, id="deep objects"),
        pytest.param(b'{"id": ' + b"9" * 100_000 + b"}", id="a huge number"),
        pytest.param(b'{"id": 1e999}', id="infinity"),
        pytest.param(b'{"id": NaN}', id="no number"),
        pytest.param(b'{"id": "\xff"}', id="not UTF-8"),
        pytest.param(json.dumps(document()).encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"id": "\\ud800"}', id="half a character"),
        pytest.param(json.dumps(document({"/id": 7})).encode(), id="a number as id"),
        pytest.param(json.dumps(document({"/source": []})).encode(), id="a list as source"),
        pytest.param(json.dumps(document({"/source": ABSENT})).encode(), id="no source"),
        pytest.param(json.dumps(document()).encode()[:-1] + b', "id": "contoso-fabrikam"}', id="an id twice"),
    ],
)
async def test_hostile_documents_are_refused_with_a_reason(body: bytes) -> None:
    answer = await put(body)

    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, "InvalidConfiguration")
    assert error["details"]


async def test_a_byte_order_mark_is_no_problem() -> None:
    answer = await put(b"\xef\xbb\xbf" + json.dumps(document()).encode())

    assert answer.status_code == 201


async def test_a_document_above_one_mebibyte_is_not_read() -> None:
    answer = await put(b'{"id": "' + b"x" * 1024 * 1024 + b'"}')

    assert (answer.status_code, error_of(answer)["code"]) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
        ({"Content-Type": "APPLICATION/JSON"}, 201),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Encoding": "gzip"}, 415),
    ],
)
async def test_only_plain_json_is_read(headers: dict[str, str], status: int) -> None:
    answer = await put(json.dumps(document()).encode(), **headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("if_match", "status"),
    [('"1"', 200), ('W/"1"', 200), ('"7", "1"', 200), ("*", 200), ('"2"', 412), ("1", 400), ("", 400)],
)
async def test_only_the_expected_version_is_replaced(if_match: str, status: int) -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    async with administrating(engine) as client:
        answer = await client.put(PATH, json=document({"/interval": "PT20M"}), headers={"If-Match": if_match})

    assert answer.status_code == status


async def test_nothing_is_created_where_something_is_expected() -> None:
    answer = await put(json.dumps(document()).encode(), **{"If-Match": "*"})

    assert (answer.status_code, error_of(answer)["code"]) == (412, "PreconditionFailed")


async def test_a_configuration_is_not_moved_to_another_service_principal() -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    async with administrating(engine) as client:
        path = PATH.replace(SERVICE_PRINCIPAL, OTHER)
        answer = await client.put(path, json=document({"/source/servicePrincipalId": OTHER}))

    assert [each["target"] for each in error_of(answer)["details"]] == ["/source/servicePrincipalId"]


@pytest.mark.parametrize("path", [f"{JOBS}/unknown/configuration", PATH.replace(SERVICE_PRINCIPAL, OTHER)])
async def test_a_job_is_found_only_under_its_service_principal(path: str) -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    async with administrating(engine) as client:
        answer = await client.get(path)

    assert (answer.status_code, error_of(answer)["code"]) == (404, "ResourceNotFound")
