"""How fast does a plain program with the SDK create people? One client, its typed models, 16 calls in flight.

It does what it must for the same end: an invitation, then an update with the attributes.
"""

import asyncio
import time

from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.user import User
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

IN_FLIGHT = 16
PEOPLE = 320


async def people_per_second(endpoint: str, tenant_id: str, people: int = PEOPLE) -> float:
    """Create so many people in a simulated tenant; some before the clock starts, for models load when first used."""
    client = _client(endpoint, tenant_id)
    await _create_all(client, "warm", IN_FLIGHT)
    began = time.monotonic()
    await _create_all(client, "peer", people)
    return people / (time.monotonic() - began)


def _client(endpoint: str, tenant_id: str) -> GraphServiceClient:
    http = KiotaClientFactory.get_default_client()
    http.headers["Authorization"] = f"Bearer sandbox.{tenant_id}"
    client = GraphClientFactory.create_with_default_middleware(options=options, client=http)
    adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client=client)
    adapter.base_url = f"{endpoint}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


async def _create_all(client: GraphServiceClient, name: str, people: int) -> None:
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one(number: int) -> None:
        async with slots:
            await _create(client, f"{name}{number}@lindenhof.example", number)

    await asyncio.gather(*(one(number) for number in range(people)))


async def _create(client: GraphServiceClient, mail: str, number: int) -> None:
    invited = await client.invitations.post(
        Invitation(
            invited_user_email_address=mail,
            invite_redirect_url="https://myapplications.microsoft.com",
            send_invitation_message=False,
        )
    )
    if invited is None or invited.invited_user is None or invited.invited_user.id is None:
        raise RuntimeError("The invitation was answered without a user.")
    await client.users.by_user_id(invited.invited_user.id).patch(_attributes(number))


def _attributes(number: int) -> User:
    return User(
        display_name=f"Person {number}",
        given_name="Person",
        surname=f"Number {number}",
        job_title="Weaver",
        department="Dyeing",
        company_name="Lindenhof Mills",
        employee_id=str(number),
        street_address="Straße des 17. Juni 5",
        city="Leipzig",
        postal_code="04109",
        country="Germany",
        office_location="1.01",
        mobile_phone="+49 170 1234567",
        preferred_language="de-DE",
        usage_location="DE",
        user_type="Member",
    )
