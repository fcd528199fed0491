"""How is one request sent to one tenant, and its answer received?

The SDK authenticates, addresses and transports. It does not retry (it would repeat a POST after a 504), follow
redirects, or build its models (3.6 ms for each user).
"""

import asyncio
import re
import uuid
from datetime import timedelta
from random import Random

import httpx
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity import CredentialUnavailableError
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.middleware.user_agent_handler import UserAgentHandler
from kiota_http.observability_options import ObservabilityOptions
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from shared.adapters.graph.answer import Answer, decoded
from shared.adapters.graph.calls import GraphCalls, following, relative_url
from shared.adapters.graph.credentials import RenewableCredential
from shared.adapters.graph.errors import raise_failure
from shared.adapters.graph.links import relative_link
from shared.adapters.graph.observing import GraphObserver
from shared.adapters.graph.options import GraphOptions
from shared.adapters.graph.token_roles import roles_of
from shared.orchestration.ports import Clock, Forbidden, Unavailable

_LEAST_TIMEOUT = timedelta(seconds=5)
_ENTRA_CODE = re.compile("AADSTS[0-9]{4,9}")


class GraphClient:
    """Graph as one tenant shows it to us."""

    def __init__(
        self,
        options: GraphOptions,
        credential: RenewableCredential,
        clock: Clock,
        random: Random,
        transport: httpx.AsyncBaseTransport | None = None,
        observer: GraphObserver | None = None,
    ) -> None:
        self.clock = clock
        self.observer = observer or GraphObserver()
        self._base_url = options.base_url
        self._credential = credential
        self._scope = f"https://{options.host}/.default"
        self._random = random
        self._timeout = max(clock.real(options.request_timeout), _LEAST_TIMEOUT).total_seconds()
        # kept because the SDK's wrapper does not close what it wraps
        self._transport = transport or httpx.AsyncHTTPTransport(http2=True)
        self._adapter = _adapter(options, credential, self._transport, self._timeout)
        self.calls = GraphCalls(GraphServiceClient(request_adapter=self._adapter))

    async def aclose(self) -> None:
        await self._transport.aclose()
        await self._credential.close()

    async def granted(self) -> frozenset[str] | None:
        """Return the application permissions that the token holds, None if it does not show them."""
        try:
            token = await self._credential.get_token(self._scope)
        except AzureError:
            return None
        return roles_of(token.token)

    async def send(self, call: RequestInformation, *, decodes: bool = True) -> Answer:
        """Send once and return the answer, whatever it says. Raises Unavailable and Forbidden where there is none."""
        with self.observer.request(call) as span:
            answer = await self._answer(call, decodes=decodes)
            span.note(status_code=answer.status)
        self.observer.answered({"": call}, {"": answer})
        return answer

    async def read(self, call: RequestInformation) -> Answer:
        """Send and return the answer if it is a success; raises the port's errors if it is not."""
        answer = await self.send(call)
        if answer.status != 200:
            raise_failure(answer, self.clock.now(), self.guessed_wait())
        return answer

    async def content(self, call: RequestInformation) -> bytes:
        """Send and return the body of a success undecoded; raises the port's errors if it is none."""
        answer = await self.send(call, decodes=False)
        if answer.status != 200:
            raise_failure(answer, self.clock.now(), self.guessed_wait())
        return answer.content

    def follow(self, call: RequestInformation, link: str) -> RequestInformation:
        """Return the request for a link of Graph's; raises UnexpectedAnswer if it leads to another host."""
        return following(call, relative_link(link, self._base_url))

    def check(self, link: str) -> None:
        """Raise UnexpectedAnswer if the link leads to another host: it is not even kept."""
        relative_link(link, self._base_url)

    def guessed_wait(self) -> timedelta:
        """Return how long to wait after a 429 of a read that does not say."""
        return timedelta(seconds=self._random.uniform(5, 15))

    async def _answer(self, call: RequestInformation, *, decodes: bool) -> Answer:
        response = await self._exchange(call)
        if response.status_code == 401 and "claims=" not in response.headers.get("www-authenticate", ""):
            # with a claims challenge the SDK has asked for a new token and sent again already
            await self._credential.renew()
            response = await self._exchange(call)
        return Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=decoded(response.content) if decodes or response.status_code != 200 else None,
            content=b"" if decodes else response.content,
        )

    async def _exchange(self, call: RequestInformation) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._native(self._request(call))
        except CredentialUnavailableError as error:
            raise Unavailable(f"No token could be had ({type(error).__name__}).") from error
        except ClientAuthenticationError as error:
            raise Forbidden("InvalidAuthenticationToken", _said_by_entra(error)) from error
        # ValueError: a claims challenge that is not base64
        except (AzureError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Unavailable(f"Graph did not answer ({type(error).__name__}).") from error

    async def _native(self, request: RequestInformation) -> httpx.Response:
        # with the native handler the primitive type does not matter; the stubs do not know it
        response: object = await self._adapter.send_primitive_async(request, "bytes", None)
        if not isinstance(response, httpx.Response):
            raise httpx.RemoteProtocolError("The SDK returned no response.")
        return response

    def _request(self, call: RequestInformation) -> RequestInformation:
        request = RequestInformation(call.http_method)
        request.url = self._base_url + relative_url(call)
        request.headers.add_all(call.headers.get_all())
        request.headers.add("client-request-id", str(uuid.UUID(int=self._random.getrandbits(128), version=4)))
        request.headers.try_add("Accept", "application/json")
        request.content = call.content
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        return request


def _said_by_entra(error: ClientAuthenticationError) -> str:
    """Of Entra's message only the code, which is documented: the rest may name people and addresses.

    https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    """
    code = _ENTRA_CODE.search(str(error.message))
    return f"Microsoft Entra ID gave no token for this tenant{f' ({code[0]})' if code else ''}."


def _adapter(
    options: GraphOptions, credential: RenewableCredential, transport: httpx.AsyncBaseTransport, timeout: float
) -> GraphRequestAdapter:
    http_client = httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False)
    # neither the SDK's retry nor its redirects are among the middleware: both would send a write again
    http_client = KiotaClientFactory.create_with_custom_middleware([UserAgentHandler()], client=http_client)
    # one host, or kiota would give the token to every host
    authentication = AzureIdentityAuthenticationProvider(
        credential, scopes=[f"https://{options.host}/.default"], allowed_hosts=[options.host]
    )
    adapter = GraphRequestAdapter(authentication, http_client)
    adapter.base_url = options.base_url
    # URLs hold ids and tokens of delta links: not into spans
    adapter.observability_options = ObservabilityOptions(include_euii_attributes=False)
    return adapter
